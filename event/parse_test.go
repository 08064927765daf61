package event_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
)

// The three examples of the specification, section 2.1, with a date where it
// says <kuupäeva formaat>.
const (
	specStart = `{
"time" : "2018-04-28",
"clientId" : "openIdDemo",
"method" : "banklink",
"bank" : "SEB",
"operation" : "START_AUTH"
}`
	specSuccess = `{
"time" : "2018-04-28",
"clientId" : "openIdDemo",
"method" : "banklink",
"bank" : "SEB",
"operation" : "SUCCESSFUL_AUTH"
}`
	specError = `{
"time" : "2018-04-28",
"clientId" : "openIdDemo",
"method" : "banklink",
"bank" : "SEB",
"operation" : "ERROR",
"error" : "INTERNAL_ERROR",
}`
)

func spec(op event.Operation, text string) event.Event {
	return event.Event{
		Time:      time.Date(2018, 4, 28, 0, 0, 0, 0, event.DefaultLocation()),
		TimeText:  "2018-04-28",
		ClientID:  "openIdDemo",
		Method:    event.MethodBankLink,
		Bank:      "SEB",
		Operation: op,
		Error:     text,
	}
}

// with returns a good record with members put before its end. Of a member that
// stands twice the last one counts.
func with(members ...string) string {
	const head = `{"time":"2018-04-28T10:11:12.345","clientId":"a","method":"idcard","operation":"START_AUTH"`
	return strings.Join(append([]string{head}, members...), ",") + "}"
}

// without returns the good record less the member named.
func without(name string) string { return strings.Replace(with(), `"`+name+`"`, `"-"`, 1) }

func TestParseSpecification(t *testing.T) {
	tests := map[string]struct {
		payload string
		want    event.Event
	}{
		"first example":  {specStart, spec(event.OpStart, "")},
		"second example": {specSuccess, spec(event.OpSuccess, "")},
		"third example without its comma too many":   {strings.Replace(specError, `R",`+"\n}", `R"}`, 1), spec(event.OpFailure, "INTERNAL_ERROR")},
		"bank of another method, space all around":   {" \r\n\t" + strings.Replace(specStart, "banklink", "x", 1) + "\n\x20", func() event.Event { e := spec(event.OpStart, ""); e.Method = "x"; return e }()},
		"unknown members of every type are left out": {strings.Replace(specStart, "{", `{"a":null,"b":[true,false,{"time":-1.5e+3},1E5],"c":{},"d":[],"ocsp":"http://x",`, 1), spec(event.OpStart, "")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			got, err := event.Parse([]byte(tt.payload))
			is.NoErr(err)
			is.Equal(cmp.Diff(tt.want, got), "")
			is.NoErr(got.Validate())
		})
	}
}

// TestParseRefuses has every class of research/reliability.md, section 6, that
// is refused here; framing's own are the syslog layer's.
func TestParseRefuses(t *testing.T) {
	long := strings.Repeat("x", event.DefaultMaxFieldBytes+1)
	type row struct {
		name, payload string
		class         event.Class
		field         string
	}
	tests := []row{
		{"no_json: words", `hello`, event.ClassNoJSON, ""},
		{"no_json: nothing", ``, event.ClassNoJSON, ""},
		{"no_json: space", " \n", event.ClassNoJSON, ""},
		{"no_json: an array", `[` + with() + `]`, event.ClassNoJSON, ""},
		{"no_json: a byte order mark, which framing takes off", "\uFEFF" + with(), event.ClassNoJSON, ""},
		{"no_json: NUL", "\x00", event.ClassNoJSON, ""},

		{"json_syntax: third example of the specification", specError, event.ClassJSONSyntax, ""},
		{"json_syntax: cut object", with()[:60], event.ClassJSONSyntax, ""},
		{"json_syntax: cut after a name", `{"time"`, event.ClassJSONSyntax, ""},
		{"json_syntax: cut in an escape", `{"time":"\u00`, event.ClassJSONSyntax, ""},
		{"json_syntax: cut after a backslash", `{"time":"\`, event.ClassJSONSyntax, ""},
		{"json_syntax: no such escape", `{"time":"\x41"}`, event.ClassJSONSyntax, ""},
		{"json_syntax: no hexadecimal digits", `{"time":"\u00g0"}`, event.ClassJSONSyntax, ""},
		{"json_syntax: raw newline in a string", "{\"time\":\"a\nb\"}", event.ClassJSONSyntax, ""},
		{"json_syntax: no comma", `{"time":"a" "method":"b"}`, event.ClassJSONSyntax, ""},
		{"json_syntax: no colon", `{"time" "a"}`, event.ClassJSONSyntax, ""},
		{"json_syntax: bare name", `{time:"a"}`, event.ClassJSONSyntax, ""},
		{"json_syntax: single quotes", `{'time':'a'}`, event.ClassJSONSyntax, ""},
		{"json_syntax: leading comma", `{,"time":"a"}`, event.ClassJSONSyntax, ""},
		{"json_syntax: no value", `{"time":}`, event.ClassJSONSyntax, ""},
		{"json_syntax: NaN", with(`"x":NaN`), event.ClassJSONSyntax, ""},
		{"json_syntax: number with a leading zero", with(`"x":01`), event.ClassJSONSyntax, ""},
		{"json_syntax: array with a trailing comma", with(`"x":[1,]`), event.ClassJSONSyntax, ""},
		{"json_syntax: array that never ends", with(`"x":[1`)[:90], event.ClassJSONSyntax, ""},
		{"json_syntax: array closed as an object", with(`"x":[1}`), event.ClassJSONSyntax, ""},
		{"json_syntax: object without a name", with(`"x":{1:2}`), event.ClassJSONSyntax, ""},
		{"json_syntax: object without a colon", with(`"x":{"y"}`), event.ClassJSONSyntax, ""},
		{"json_syntax: kept member with no JSON for a value", with(`"bank":nil`), event.ClassJSONSyntax, ""},

		{"json_trailing: words", with() + `xyz`, event.ClassJSONTrailing, ""},
		{"json_trailing: two objects in one frame", with() + with(), event.ClassJSONTrailing, ""},
		{"json_trailing: NUL", with() + "\x00", event.ClassJSONTrailing, ""},

		{"not_utf8: byte ff", with("\"x\":\"\xff\""), event.ClassNotUTF8, ""},
		{"not_utf8: Latin-1", with("\"bank\":\"\xf5\""), event.ClassNotUTF8, ""},
		{"not_utf8: cut rune", with() + "\xe2\x82", event.ClassNotUTF8, ""},
		{"not_utf8: surrogate in bytes", with("\"x\":\"\xed\xa0\x80\""), event.ClassNotUTF8, ""},

		{"missing_time: empty object", `{}`, event.ClassMissingTime, "time"},
		{"missing_time", without("time"), event.ClassMissingTime, "time"},
		{"missing_time: empty", with(`"time":""`), event.ClassMissingTime, "time"},
		{"missing_clientId", without("clientId"), event.ClassMissingClientID, "clientId"},
		{"missing_clientId: empty", with(`"clientId":""`), event.ClassMissingClientID, "clientId"},
		{"missing_clientId: other case", strings.Replace(with(), "clientId", "clientID", 1), event.ClassMissingClientID, "clientId"},
		{"missing_method", without("method"), event.ClassMissingMethod, "method"},
		{"missing_method: empty", with(`"method":""`), event.ClassMissingMethod, "method"},
		{"missing_operation", without("operation"), event.ClassMissingOperation, "operation"},
		{"missing_operation: empty", with(`"operation":""`), event.ClassMissingOperation, "operation"},
		{"missing_bank", with(`"method":"banklink"`), event.ClassMissingBank, "bank"},
		{"missing_bank: empty", with(`"method":"banklink","bank":""`), event.ClassMissingBank, "bank"},

		{"too_deep: at any depth", with(`"x":` + strings.Repeat("[", 60_000)), event.ClassTooDeep, ""},

		{"bad_time", with(`"time":"x"`), event.ClassBadTime, "time"},
		{"bad_time: 30 Feb", with(`"time":"2018-02-30"`), event.ClassBadTime, "time"},
		{"bad_time: 25:00", with(`"time":"2018-04-28T25:00"`), event.ClassBadTime, "time"},
		{"bad_time: as the specification writes it", with(`"time":"<kuupäeva formaat>"`), event.ClassBadTime, "time"},

		{"unknown_operation", with(`"operation":"HACK"`), event.ClassUnknownOperation, "operation"},
		{"unknown_operation: other case", with(`"operation":"start_auth"`), event.ClassUnknownOperation, "operation"},
		{"unknown_operation: space", with(`"operation":"ERROR "`), event.ClassUnknownOperation, "operation"},

		{"field_too_long: time", with(`"time":"` + long + `"`), event.ClassFieldTooLong, "time"},
		{"field_too_long: clientId", with(`"clientId":"` + long + `"`), event.ClassFieldTooLong, "clientId"},
		{"field_too_long: method", with(`"method":"` + long + `"`), event.ClassFieldTooLong, "method"},
		{"field_too_long: bank", with(`"bank":"` + long + `"`), event.ClassFieldTooLong, "bank"},
		{"field_too_long: country", with(`"country":"` + long + `"`), event.ClassFieldTooLong, "country"},
		{"field_too_long: operation", with(`"operation":"` + long + `"`), event.ClassFieldTooLong, "operation"},
	}
	for _, name := range kept {
		for kind, value := range wrongTypes {
			tests = append(tests, row{"wrong_type_" + name + ": " + kind, with(fmt.Sprintf("%q:%s", name, value)), event.ClassWrongType, name})
		}
		if name == "error" {
			continue
		}
		for _, c := range controls {
			tests = append(tests, row{"control_char: " + c + " in " + name, with(fmt.Sprintf("%q:\"a%sb\"", name, c)), event.ClassControlChar, name})
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			var p event.Parser
			got, notes, err := p.Parse([]byte(tt.payload))
			var fe *event.FieldError
			is.True(errors.As(err, &fe))
			is.Equal(fe.Class, tt.class)
			is.Equal(fe.Field, tt.field)
			is.True(errors.Is(err, event.ErrInvalid))
			is.Equal(cmp.Diff(event.Event{}, got), "") // nothing is returned
			is.Equal(notes, event.Notes(0))
		})
	}
}

var kept = []string{"time", "clientId", "method", "bank", "country", "operation", "error"}

var wrongTypes = map[string]string{
	"number":               `5`,
	"number out of range":  `1e999`,
	"true":                 `true`,
	"null":                 `null`,
	"array":                `["a"]`,
	"object":               `{"a":"b"}`,
	"operator of MongoDB":  `{"$gt":""}`,
	"expression operator":  `{"$regex":".*"}`,
	"code for the MongoDB": `{"$where":"sleep(1000)"}`,
}

// controls are written as a sender must, escaped.
var controls = []string{
	`\u0000`, `\n`, `\r`, `\t`, `\b`, `\f`, `\u001b`, `\u001F`, `\u007f`, // C0 and DEL
	`\u0085`, `\u009b`, "\u009b", // C1
	`\u2028`, `\u2029`, // separators
	`\u200e`, `\u202e`, "\u202e", `\u2066`, `\u061c`, // bidirectional marks
}

func TestParseLimits(t *testing.T) {
	nested := func(depth int) string { // with the record itself
		return with(`"x":` + strings.Repeat(`[{"y":`, (depth-1)/2) + strings.Repeat(`[`, (depth-1)%2) + `1` +
			strings.Repeat(`]`, (depth-1)%2) + strings.Repeat(`}]`, (depth-1)/2))
	}
	members := func(n int) string { return with(strings.Split(strings.Repeat(`"x":1 `, n-4), " ")[:n-4]...) }
	sized := func(n int) string { return with() + strings.Repeat(" ", n-len(with())) }
	field := func(name string, n int) string { return with(fmt.Sprintf(`"%s":"%s"`, name, strings.Repeat("x", n))) }
	tests := []struct {
		name     string
		parser   event.Parser
		at, over string
		class    event.Class
	}{
		{"payload", event.Parser{}, sized(event.DefaultMaxBytes), sized(event.DefaultMaxBytes + 1), event.ClassTooLong},
		{"payload, own", event.Parser{MaxBytes: 100}, sized(100), sized(101), event.ClassTooLong},
		{"clientId", event.Parser{}, field("clientId", event.DefaultMaxFieldBytes), field("clientId", event.DefaultMaxFieldBytes+1), event.ClassFieldTooLong},
		{"clientId of two-byte runes", event.Parser{MaxFieldBytes: 24}, with(`"clientId":"ääääääääääää"`), with(`"clientId":"äääääääääääää"`), event.ClassFieldTooLong},
		{"clientId of escapes counts decoded", event.Parser{MaxFieldBytes: 24}, with(`"clientId":"` + strings.Repeat(`\u00e4`, 12) + `"`), with(`"clientId":"` + strings.Repeat(`\u00e4`, 13) + `"`), event.ClassFieldTooLong},
		{"country, own", event.Parser{MaxFieldBytes: 30}, field("country", 30), field("country", 31), event.ClassFieldTooLong},
		{"depth", event.Parser{}, nested(event.DefaultMaxDepth), nested(event.DefaultMaxDepth + 1), event.ClassTooDeep},
		{"depth, own", event.Parser{MaxDepth: 1}, nested(1), nested(2), event.ClassTooDeep},
		{"keys", event.Parser{}, members(event.DefaultMaxKeys), members(event.DefaultMaxKeys + 1), event.ClassTooManyKeys},
		{"keys, own", event.Parser{MaxKeys: 5}, members(5), members(6), event.ClassTooManyKeys},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			_, _, err := tt.parser.Parse([]byte(tt.at))
			is.NoErr(err) // at the limit
			_, _, err = tt.parser.Parse([]byte(tt.over))
			var fe *event.FieldError
			is.True(errors.As(err, &fe)) // one over
			is.Equal(fe.Class, tt.class)
		})
	}
}

// TestParseOwnsItsResult writes over the payload after reading it.
func TestParseOwnsItsResult(t *testing.T) {
	for _, payload := range []string{
		specStart,
		with(`"method":"new","country":"LV","bank":"LHV","operation":"ERROR","error":"CODE: text"`),
		with(`"method":"n\u0065w","operation":"ERROR","error":"CODE:\ttext 38001085718"`),
	} {
		is := is.New(t)
		data := []byte(payload)
		got, err := event.Parse(data)
		is.NoErr(err)
		is.Equal(string(data), payload) // the payload is as it was
		want, err := event.Parse([]byte(payload))
		is.NoErr(err)
		copy(data, bytes.Repeat([]byte("#"), len(data)))
		is.Equal(cmp.Diff(want, got), "")
	}
}

func TestParserConcurrent(t *testing.T) {
	is := is.New(t)
	var p event.Parser
	want, _, err := p.Parse([]byte(specStart))
	is.NoErr(err)
	results := make(chan string)
	for range 4 {
		go func() {
			got, _, err := p.Parse([]byte(specStart))
			results <- cmp.Diff(want, got) + fmt.Sprint(err)
		}()
	}
	for range 4 {
		is.Equal(<-results, "<nil>")
	}
}

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
		event.OpStart: "", event.OpSuccess: "", event.OpFailure: "CODE",
	} {
		is := is.New(t)
		// The member may stand before the operation that decides.
		e, err := event.Parse([]byte(with(`"error":"CODE"`, `"operation":"`+string(op)+`"`)))
		is.NoErr(err)
		is.Equal(e.Error, want)
	}
	is := is.New(t)
	var p event.Parser
	e, notes, err := p.Parse([]byte(with(`"error":"\u0000 38001085718` + strings.Repeat("x", 2<<10) + `"`)))
	is.NoErr(err)
	is.Equal(e.Error, "") // whatever it held
	is.Equal(notes, event.Notes(0))
}

func TestParseNotes(t *testing.T) {
	tests := map[string]struct {
		payload string
		check   func(event.Event) string
		want    string
		notes   event.Notes
	}{
		"duplicate_key: the last one counts":                       {with(`"clientId":"b"`, `"clientId":"c"`), clientID, "c", event.NoteDuplicateKey},
		"duplicate_key: also in escapes":                           {with(`"client\u0049d":"b"`), clientID, "b", event.NoteDuplicateKey},
		"duplicate_key: of an unknown member is nobody's business": {with(`"x":1`, `"x":2`), clientID, "a", 0},
		"case_variant_key: ignored":                                {with(`"CLIENTID":"b"`, `"clientID":"c"`, `"ClientId":5`), clientID, "a", 0},
		"unknown_method: kept":                                     {with(`"method":"bioID"`), method, "bioID", event.NoteDuplicateKey | event.NoteUnknownMethod},
		"unknown_method: differs in case":                          {strings.Replace(with(), "idcard", "IDCARD", 1), method, "IDCARD", event.NoteUnknownMethod},
		"country of eIDAS":                                         {with(`"country":"LV"`), country, "LV", 0},
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
func method(e event.Event) string   { return e.Method }
func country(e event.Event) string  { return e.Country }

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
