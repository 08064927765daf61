package logbase_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

func TestCodeTexts(t *testing.T) {
	is := is.New(t)
	got := map[string]string{}
	for _, c := range logbase.Codes() {
		got[c.String()] = c.Text(logbase.Estonian)
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
	for i, c := range logbase.Codes() {
		is.Equal(c, logbase.Code(i+1)) // none left out, in order
		for _, lang := range []logbase.Lang{logbase.Estonian, logbase.English} {
			for _, text := range []string{c.Text(lang), c.Advice(lang)} {
				is.True(text != "")
				is.True(!seen[text]) // none stands for two
				seen[text] = true
			}
		}
		is.Equal(c.Text("ru"), c.Text(logbase.Estonian))
	}
	is.Equal(logbase.Code(0).Text(logbase.English), "")
	is.Equal(logbase.Code(99).Advice(logbase.Estonian), "")
	is.Equal(logbase.Code(99).String(), "ERR-99")
}

func TestCodeOf(t *testing.T) {
	is := is.New(t)
	_, errParse := event.Parse([]byte("hello"))
	for _, tt := range []struct {
		err  error
		code logbase.Code
		ok   bool
	}{
		{nil, 0, false},
		{io.EOF, 0, false},
		{errParse, logbase.CodeMalformed, true},
		{fmt.Errorf("frame 5: %w", errParse), logbase.CodeMalformed, true},
		{logbase.WithCode(logbase.CodeReadFailed, io.EOF), logbase.CodeReadFailed, true},
		{fmt.Errorf("statistics: %w", logbase.WithCode(logbase.CodeRefused, io.EOF)), logbase.CodeRefused, true},
		{errors.Join(io.EOF, logbase.WithCode(logbase.CodeWriteFailed, io.EOF)), logbase.CodeWriteFailed, true},
	} {
		code, ok := logbase.CodeOf(tt.err)
		is.Equal(code, tt.code)
		is.Equal(ok, tt.ok)
	}
}

func TestWithCode(t *testing.T) {
	is := is.New(t)
	is.Equal(logbase.WithCode(logbase.CodeReadFailed, nil), nil)

	err := logbase.WithCode(logbase.CodeUnreachable, io.EOF)
	is.Equal(err.Error(), "ERR-01: EOF")
	is.True(errors.Is(err, io.EOF))

	outer := logbase.WithCode(logbase.CodeWriteFailed, fmt.Errorf("append: %w", err))
	code, _ := logbase.CodeOf(outer)
	is.Equal(code, logbase.CodeUnreachable) // the code nearest to the cause stays
	is.Equal(outer.Error(), "append: ERR-01: EOF")

	_, malformed := event.Parse(nil)
	code, _ = logbase.CodeOf(logbase.WithCode(logbase.CodeWriteFailed, malformed))
	is.Equal(code, logbase.CodeMalformed)

	is.Equal((&logbase.CodeError{Code: logbase.CodeBadPeriod}).Error(), "ERR-07") // without a cause
}

func ExampleCode_Text() {
	fmt.Println(logbase.CodeUnreachable, logbase.CodeUnreachable.Text(logbase.Estonian))
	fmt.Println(logbase.CodeUnreachable, logbase.CodeUnreachable.Text(logbase.English))
	// Output:
	// ERR-01 Logibaasiga ühendumine ebaõnnestus
	// ERR-01 Connecting to the log base failed
}

func ExampleWithCode() {
	err := fmt.Errorf("count records: %w", logbase.WithCode(logbase.CodeReadFailed, io.ErrUnexpectedEOF))
	code, _ := logbase.CodeOf(err)
	fmt.Println(code.Text(logbase.English)) // for people
	fmt.Println(err)                        // for the log
	// Output:
	// Reading from the log base failed
	// count records: ERR-02: unexpected EOF
}

func TestCodeText(t *testing.T) {
	is := is.New(t)
	for _, c := range logbase.Codes() {
		text, err := c.MarshalText()
		is.NoErr(err)
		var back logbase.Code
		is.NoErr(back.UnmarshalText(text))
		is.Equal(back, c)
	}
	var c logbase.Code
	is.True(c.UnmarshalText([]byte("ERR-99")) != nil)
}
