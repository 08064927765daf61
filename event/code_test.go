package event_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
)

func TestCodeTexts(t *testing.T) {
	is := is.New(t)
	got := map[string]string{}
	for _, c := range event.Codes() {
		got[c.String()] = c.Text(event.Estonian)
	}
	is.Equal(cmp.Diff(map[string]string{ // the specification, section 3.2; the last is ours
		"ERR-01": "Logibaasiga ühendumine ebaõnnestus",
		"ERR-02": "Viga logibaasist lugemisel",
		"ERR-03": "Valesti moodustatud logikirje",
		"ERR-04": "Logibaasi poole pöörduja autentimine ebaõnnestus",
		"ERR-05": "Kirjutamine logibaasi ebaõnnestus",
		"ERR-06": "Kustutamine ebaõnnestus",
		"ERR-07": "Vigane perioodi muster",
	}, got), "")
}

func TestCodesAreCompleteInBothLanguages(t *testing.T) {
	is := is.New(t)
	seen := map[string]bool{}
	for i, c := range event.Codes() {
		is.Equal(c, event.Code(i+1)) // none left out, in order
		for _, lang := range []event.Lang{event.Estonian, event.English} {
			for _, text := range []string{c.Text(lang), c.Advice(lang)} {
				is.True(text != "")
				is.True(!seen[text]) // none stands for two
				seen[text] = true
			}
		}
		is.Equal(c.Text("ru"), c.Text(event.Estonian))
	}
	is.Equal(event.Code(0).Text(event.English), "")
	is.Equal(event.Code(99).Advice(event.Estonian), "")
	is.Equal(event.Code(99).String(), "ERR-99")
}

func TestCodeOf(t *testing.T) {
	is := is.New(t)
	_, errParse := event.Parse([]byte("hello"))
	for _, tt := range []struct {
		err  error
		code event.Code
		ok   bool
	}{
		{nil, 0, false},
		{io.EOF, 0, false},
		{errParse, event.Malformed, true},
		{fmt.Errorf("frame 5: %w", errParse), event.Malformed, true},
		{event.WithCode(event.ReadFailed, io.EOF), event.ReadFailed, true},
		{fmt.Errorf("statistics: %w", event.WithCode(event.Refused, io.EOF)), event.Refused, true},
		{errors.Join(io.EOF, event.WithCode(event.WriteFailed, io.EOF)), event.WriteFailed, true},
	} {
		code, ok := event.CodeOf(tt.err)
		is.Equal(code, tt.code)
		is.Equal(ok, tt.ok)
	}
}

func TestWithCode(t *testing.T) {
	is := is.New(t)
	is.Equal(event.WithCode(event.ReadFailed, nil), nil)

	err := event.WithCode(event.Unreachable, io.EOF)
	is.Equal(err.Error(), "ERR-01: EOF")
	is.True(errors.Is(err, io.EOF))

	outer := event.WithCode(event.WriteFailed, fmt.Errorf("append: %w", err))
	code, _ := event.CodeOf(outer)
	is.Equal(code, event.Unreachable) // the code nearest to the cause stays
	is.Equal(outer.Error(), "append: ERR-01: EOF")

	_, malformed := event.Parse(nil)
	code, _ = event.CodeOf(event.WithCode(event.WriteFailed, malformed))
	is.Equal(code, event.Malformed)

	is.Equal((&event.CodeError{Code: event.BadPeriod}).Error(), "ERR-07") // without a cause
}
