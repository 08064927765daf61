package event_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
)

// failed returns a failure whose error text is the given JSON, without quotes.
func failed(text string) string {
	return strings.Replace(with(`"error":"`+text+`"`), "START_AUTH", "ERROR", 1)
}

func TestParseEscapes(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"none":                          {`openIdDemo`, "openIdDemo"},
		"every short one that is kept":  {`\"\\\/`, `"\/`},
		"hexadecimal, both cases":       {`\u00E4\u00f5\u20aC`, "äõ€"},
		"raw UTF-8":                     {`Tõrge €𝄞`, "Tõrge €𝄞"},
		"surrogate pair":                {`\ud834\udd1e!`, "𝄞!"},
		"two pairs":                     {`\uD83D\uDE00\uD83D\uDE01`, "😀😁"},
		"last rune of Unicode":          {`\udbff\udfff`, "\U0010FFFF"},
		"replacement character as sent": {`\ufffd` + "\uFFFD", "\uFFFD\uFFFD"},
		"escaped backslash, then u":     {`\\u0041`, `\u0041`},
		"ASCII":                         {`\u0041\u007a`, "Az"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			e, err := event.Parse([]byte(with(`"clientId":"` + tt.text + `"`)))
			is.NoErr(err)
			is.Equal(e.ClientID, tt.want)
			// A name is decoded like a value.
			e, err = event.Parse([]byte(strings.Replace(with(), `"clientId"`, `"client\u0049d"`, 1)))
			is.NoErr(err)
			is.Equal(e.ClientID, "a")
		})
	}
}

func TestParseLoneSurrogates(t *testing.T) {
	for _, text := range []string{
		`\ud834`, `\ud834x`, `\udd1e`, `\udd1e\ud834`, `\ud834\ud834`, `\ud834\u0041`, `\ud834\n`, `\ud834\\udd1e`, `a\ud834`,
	} {
		t.Run(text, func(t *testing.T) {
			is := is.New(t)
			payload := []byte(with(`"clientId":"` + text + `"`))
			_, err := event.Parse(payload)
			var fe *event.FieldError
			is.True(errors.As(err, &fe))
			is.Equal(fe.Class, event.ClassNotUTF8)
			is.Equal(fe.Field, "clientId")
			is.Equal(string(payload[fe.Offset:fe.Offset+3]), `"`+text[:2]) // where the value begins

			_, err = event.Parse([]byte(with(`"x":"` + text + `"`)))
			is.NoErr(err) // in what is dropped it does no harm
		})
	}
}

func TestParseError(t *testing.T) {
	const limit = event.DefaultMaxFieldBytes
	x := strings.Repeat("x", limit)
	tests := map[string]struct {
		text, want string
		notes      event.Notes
	}{
		"empty":                          {``, "", 0},
		"code":                           {`INTERNAL_ERROR`, "INTERNAL_ERROR", 0},
		"brace, which lost it before":    {`NO_SESSION: {`, "NO_SESSION: {", 0},
		"JSON":                           {`{\"a\":{\"b\":[1]}}`, `{"a":{"b":[1]}}`, 0},
		"closing brace":                  {`}}}`, "}}}", 0},
		"end of a tag":                   {`x]: y [1]: {`, "x]: y [1]: {", 0},
		"priority of the next message":   {`\n<38>1 - - - - - {}`, " <38>1 - - - - - {}", 0},
		"stack trace":                    {`E: x\r\n\tat ee.ria.A.b(A.java:5)`, "E: x   at ee.ria.A.b(A.java:5)", 0},
		"NUL, ESC and DEL":               {`a\u0000b\u001b[31mc\u007f`, "a b [31mc ", 0},
		"C1 and line separators":         {`a\u0085b\u2028c\u2029d`, "a b c d", 0},
		"bidirectional override":         {`a\u202eb` + "\u2066c", "a b c", 0},
		"markup":                         {`<img src=x onerror=alert(1)>`, "<img src=x onerror=alert(1)>", 0},
		"formula":                        {`=1+1`, "=1+1", 0},
		"identity code":                  {`Isikut 38001085718 ei leitud`, "Isikut *** ei leitud", event.NoteErrorMasked},
		"identity code in escapes":       {`\u0033\u0038001085718`, "***", event.NoteErrorMasked},
		"at the limit":                   {x, x, 0},
		"one over":                       {x + `y`, x, event.NoteErrorCut},
		"10 kB":                          {strings.Repeat("x", 10<<10), x, event.NoteErrorCut},
		"10 kB of words":                 {strings.Repeat("word ", 2<<10), strings.Repeat("word ", limit/5) + "word", event.NoteErrorCut},
		"cut before a rune of two bytes": {x[1:] + `õ`, x[1:], event.NoteErrorCut},
		"cut after a rune of two bytes":  {x[2:] + `õ` + `x`, x[2:] + "õ", event.NoteErrorCut},
		"cut in a rune of four bytes":    {x[3:] + `\ud834\udd1e`, x[3:], event.NoteErrorCut},
		"cut in 10 kB of runes":          {`x` + strings.Repeat("€", 3<<10), "x" + strings.Repeat("€", limit/3), event.NoteErrorCut},
		"identity code at the limit":     {x[5:] + ` 38001085718`, x[5:] + " ***", event.NoteErrorMasked},
		"identity code after the limit":  {x + ` 38001085718`, x, event.NoteErrorMasked | event.NoteErrorCut},
		"identity code where the search ends": {
			`a ` + strings.Repeat("1", 4*limit-10) + ` 38001085718`, "a *** ", event.NoteErrorMasked | event.NoteErrorCut,
		},
		"identity code where the search ends, at the limit": {
			x[14:] + ` ` + strings.Repeat("1", 3*limit+2) + ` 38001085718 ei leitud`, x[14:] + " *** ", event.NoteErrorMasked | event.NoteErrorCut,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			var p event.Parser
			e, notes, err := p.Parse([]byte(failed(tt.text)))
			is.NoErr(err)
			is.Equal(cmp.Diff(tt.want, e.Error), "")
			is.Equal(notes, tt.notes)
			is.True(utf8.ValidString(e.Error))
			is.NoErr(e.Validate())
		})
	}
}

func TestParseErrorTextOnlyOfErrors(t *testing.T) {
	for op, want := range map[event.Operation]string{
		event.StartAuth: "", event.SuccessfulAuth: "", event.Failed: "CODE",
	} {
		is := is.New(t)
		// The member may stand before the operation that decides.
		e, err := event.Parse([]byte(with(`"error":"CODE"`, `"operation":"`+string(op)+`"`)))
		is.NoErr(err)
		is.Equal(e.Error, want)
	}
	t.Run("whatever it holds", func(t *testing.T) {
		is := is.New(t)
		var p event.Parser
		e, notes, err := p.Parse([]byte(with(`"error":"\u0000 38001085718` + strings.Repeat("x", 2<<10) + `"`)))
		is.NoErr(err)
		is.Equal(e.Error, "")
		is.Equal(notes, event.Notes(0))
	})
}

func TestParseNotes(t *testing.T) {
	tests := map[string]struct {
		payload string
		check   func(event.Event) string
		want    string
		notes   event.Notes
	}{
		"duplicate_key: the last one counts": {
			with(`"clientId":"b"`, `"clientId":"c"`), clientID, "c", event.NoteDuplicateKey,
		},
		"duplicate_key: also in escapes": {with(`"client\u0049d":"b"`), clientID, "b", event.NoteDuplicateKey},
		"duplicate_key: of an unknown member is nobody's business": {
			with(`"x":1`, `"x":2`), clientID, "a", 0,
		},
		"case_variant_key: ignored": {
			with(`"CLIENTID":"b"`, `"clientID":"c"`, `"ClientId":5`), clientID, "a", 0,
		},
		"unknown_method: kept": {
			with(`"method":"bioID"`), func(e event.Event) string { return e.Method }, "bioID",
			event.NoteDuplicateKey | event.NoteUnknownMethod,
		},
		"unknown_method: differs in case": {
			strings.Replace(with(), "idcard", "IDCARD", 1), func(e event.Event) string { return e.Method }, "IDCARD",
			event.NoteUnknownMethod,
		},
		"country of eIDAS": {
			with(`"country":"LV"`), func(e event.Event) string { return e.Country }, "LV", 0,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			var p event.Parser
			e, notes, err := p.Parse([]byte(tt.payload))
			is.NoErr(err)
			is.Equal(tt.check(e), tt.want)
			is.Equal(cmp.Diff(tt.notes.Names(), notes.Names()), "")
		})
	}
}

func clientID(e event.Event) string { return e.ClientID }

func TestParseAnOffset(t *testing.T) {
	tests := map[string]struct{ payload, want string }{
		"at the comma too many":      {specError, "}"},
		"at the second object":       {specStart + "  {}", "{}"},
		"at the broken byte":         {"{\"x\":\"õ\xff\"}", "\xff\"}"},
		"at the value of wrong type": {`{"time":"a","bank":5}`, "5}"},
		"at the bad escape":          {`{"time":"ab\q"}`, `\q"}`},
		"at the bad literal":         {`{"x": tru}`, "tru}"},
		"at the end":                 {`{"time`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			_, err := event.Parse([]byte(tt.payload))
			var fe *event.FieldError
			is.True(errors.As(err, &fe))
			is.Equal(tt.payload[fe.Offset:], tt.want)
		})
	}
}
