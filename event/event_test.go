package event_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
)

func TestValidate(t *testing.T) {
	over := strings.Repeat("x", event.DefaultMaxFieldBytes+1)
	type change = func(*event.Event)
	tests := map[string]struct {
		change change
		class  event.Class
		field  string
	}{
		"good":                    {func(*event.Event) {}, "", ""},
		"good without a bank":     {func(e *event.Event) { e.Method, e.Bank = "idcard", "" }, "", ""},
		"good with everything":    {func(e *event.Event) { e.Operation, e.Error, e.Country = event.OpFailure, "E: x", "LV" }, "", ""},
		"good failure, no text":   {func(e *event.Event) { e.Operation = event.OpFailure }, "", ""},
		"good in any script":      {func(e *event.Event) { e.ClientID = "Tõrge €𝄞 Ελλάδα" }, "", ""},
		"good at the limit":       {func(e *event.Event) { e.ClientID = over[1:] }, "", ""},
		"nothing":                 {func(e *event.Event) { *e = event.Event{} }, event.ClassMissingTime, "time"},
		"no text of the time":     {func(e *event.Event) { e.TimeText = "" }, event.ClassMissingTime, "time"},
		"no instant":              {func(e *event.Event) { e.Time = time.Time{} }, event.ClassBadTime, "time"},
		"no client":               {func(e *event.Event) { e.ClientID = "" }, event.ClassMissingClientID, "clientId"},
		"no method":               {func(e *event.Event) { e.Method = "" }, event.ClassMissingMethod, "method"},
		"no operation":            {func(e *event.Event) { e.Operation = "" }, event.ClassMissingOperation, "operation"},
		"unknown operation":       {func(e *event.Event) { e.Operation = "HACK" }, event.ClassUnknownOperation, "operation"},
		"no bank of a bank link":  {func(e *event.Event) { e.Bank = "" }, event.ClassMissingBank, "bank"},
		"error text of a success": {func(e *event.Event) { e.Error = "x" }, event.ClassUnexpectedError, "error"},
		"long time":               {func(e *event.Event) { e.TimeText = over }, event.ClassFieldTooLong, "time"},
		"long client":             {func(e *event.Event) { e.ClientID = over }, event.ClassFieldTooLong, "clientId"},
		"long method":             {func(e *event.Event) { e.Method = over }, event.ClassFieldTooLong, "method"},
		"long bank":               {func(e *event.Event) { e.Bank = over }, event.ClassFieldTooLong, "bank"},
		"long country":            {func(e *event.Event) { e.Country = over }, event.ClassFieldTooLong, "country"},
		"long error text":         {func(e *event.Event) { e.Operation, e.Error = event.OpFailure, over }, event.ClassFieldTooLong, "error"},
		"newline in the client":   {func(e *event.Event) { e.ClientID = "a\n" }, event.ClassControlChar, "clientId"},
		"DEL in the bank":         {func(e *event.Event) { e.Bank = "a\x7f" }, event.ClassControlChar, "bank"},
		"C1 behind a letter":      {func(e *event.Event) { e.Country = "õ\u0085" }, event.ClassControlChar, "country"},
		"override in the method":  {func(e *event.Event) { e.Method = "x\u202eidcard" }, event.ClassControlChar, "method"},
		"NUL in the error text":   {func(e *event.Event) { e.Operation, e.Error = event.OpFailure, "\x00" }, event.ClassControlChar, "error"},
		"broken UTF-8":            {func(e *event.Event) { e.ClientID = "a\xff" }, event.ClassNotUTF8, "clientId"},
		"a rune cut off":          {func(e *event.Event) { e.Bank = "\xe2\x82" }, event.ClassNotUTF8, "bank"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			e := spec(event.OpStart, "")
			tt.change(&e)
			err := e.Validate()
			if tt.class == "" {
				is.NoErr(err)
				return
			}
			var fe *event.FieldError
			is.True(errors.As(err, &fe))
			is.Equal(fe.Class, tt.class)
			is.True(slices.Contains(event.Classes(), fe.Class))
			is.Equal(fe.Field, tt.field)
		})
	}
}

func TestValidateOffset(t *testing.T) {
	is := is.New(t)
	e := spec(event.OpStart, "")
	for _, text := range []string{"ab\nc", "õ\x1b"} {
		e.ClientID = text
		var fe *event.FieldError
		is.True(errors.As(e.Validate(), &fe))
		is.Equal(fe.Offset, 2)
	}
}

func TestErrorCode(t *testing.T) {
	const n = event.MaxErrorCodeBytes
	for text, want := range map[string]string{
		"":                                  "",
		"INTERNAL_ERROR":                    "INTERNAL_ERROR",
		"NOT_FOUND: no such person":         "NOT_FOUND",
		"NOT_FOUND:a:b":                     "NOT_FOUND",
		"  spaced  : x":                     "spaced",
		": nothing before":                  "",
		"two words, a comma":                "two words, a comma",
		strings.Repeat("x", n) + ":":        strings.Repeat("x", n),
		strings.Repeat("x", n+1):            strings.Repeat("x", n),
		strings.Repeat("x", n-1) + "õ":      strings.Repeat("x", n-1),
		" " + strings.Repeat("x", n) + " y": strings.Repeat("x", n),
		strings.Repeat("x", n-1) + " y":     strings.Repeat("x", n-1), // no space left where it was cut
	} {
		t.Run(text, func(t *testing.T) {
			is.New(t).Equal(event.Event{Error: text}.ErrorCode(), want)
		})
	}
}

func TestKnown(t *testing.T) {
	is := is.New(t)
	for _, op := range []event.Operation{"START_AUTH", "SUCCESSFUL_AUTH", "ERROR"} {
		is.True(op.Known())
	}
	for _, op := range []event.Operation{"", "error", "HACK"} {
		is.True(!op.Known())
	}
	for _, m := range []string{"idcard", "mID", "smartid", "eIDAS", "banklink"} {
		is.True(event.KnownMethod(m))
	}
	for _, m := range []string{"", "mid", "OTHER"} {
		is.True(!event.KnownMethod(m))
	}
}

func TestNotesNames(t *testing.T) {
	is := is.New(t)
	is.Equal(len(event.Notes(0).Names()), 0)
	all := event.NoteDuplicateKey | event.NoteErrorCut | event.NoteErrorMasked |
		event.NoteUnknownMethod | event.NoteTimeFuture | event.NoteTimeOld
	is.Equal(cmp.Diff([]string{
		"duplicate_key", "error_cut", "error_masked", "unknown_method", "time_future", "time_old",
	}, all.Names()), "")
	is.Equal(cmp.Diff([]string{"error_cut", "time_old"}, (event.NoteErrorCut|event.NoteTimeOld).Names()), "")
}

func TestFieldError(t *testing.T) {
	for name, tt := range map[string]struct {
		err          event.FieldError
		text, reason string
	}{
		"of the payload": {
			event.FieldError{Class: event.ClassNoJSON},
			"no_json", "no_json",
		},
		"at a place": {
			event.FieldError{Class: event.ClassJSONSyntax, Offset: 12},
			"json_syntax at byte 12", "json_syntax",
		},
		"of a field": {
			event.FieldError{Class: event.ClassMissingBank, Field: "bank"},
			"missing_bank: bank", "missing_bank",
		},
		"of a type": {
			event.FieldError{Class: event.ClassWrongType, Field: "clientId", Offset: 20},
			"wrong_type: clientId at byte 20", "wrong_type_clientId",
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(tt.err.Error(), tt.text)
			is.Equal(tt.err.Reason(), tt.reason)
		})
	}
}
