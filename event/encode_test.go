package event_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
)

func ExampleAppendJSON() {
	line := event.AppendJSON(nil, event.Event{
		TimeText:  "2018-04-28T10:11:12.345",
		ClientID:  "openIdDemo",
		Method:    event.MethodBankLink,
		Bank:      "SEB",
		Operation: event.OpStart,
	})
	fmt.Printf("%s\n", line)
	// Output:
	// {"time":"2018-04-28T10:11:12.345","clientId":"openIdDemo","method":"banklink","bank":"SEB","operation":"START_AUTH"}
}

func TestAppendJSON(t *testing.T) {
	const head = `{"time":"2018-04-28","clientId":"a","method":`
	base := event.Event{TimeText: "2018-04-28", ClientID: "a"}
	tests := map[string]struct {
		change func(*event.Event)
		want   string
	}{
		"optional members left out": {
			func(e *event.Event) { e.Method, e.Operation = event.MethodIDCard, event.OpSuccess },
			head + `"idcard","operation":"SUCCESSFUL_AUTH"}`,
		},
		"every member in order": {
			func(e *event.Event) {
				e.Method, e.Bank, e.Country = event.MethodEIDAS, "SEB", "LV"
				e.Operation, e.Error = event.OpFailure, "INTERNAL_ERROR"
			},
			head + `"eIDAS","bank":"SEB","country":"LV","operation":"ERROR","error":"INTERNAL_ERROR"}`,
		},
		"escapes": {
			func(e *event.Event) { e.Method = "\"\\/\n\r\t\b\x00\x1f\x7f" },
			head + `"\"\\/\n\r\t\u0008\u0000\u001f` + "\x7f" + `","operation":""}`,
		},
		"no escaping for HTML": {
			func(e *event.Event) { e.Method = "<a href='x'>&\u2028𝄞õ" },
			head + "\"<a href='x'>&\u2028𝄞õ\"" + `,"operation":""}`,
		},
		"broken UTF-8": {
			func(e *event.Event) { e.Method = "a\xffb\xc3" },
			head + "\"a\uFFFDb\uFFFD\"" + `,"operation":""}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			e := base
			tt.change(&e)
			got := event.AppendJSON([]byte("before "), e)
			is.Equal(cmp.Diff("before "+tt.want, string(got)), "")
			is.True(json.Valid(got[len("before "):]))
		})
	}
}

// FuzzAppendJSON holds the writer to encoding/json for any event, and the
// parser to the writer for any valid one.
func FuzzAppendJSON(f *testing.F) {
	f.Fuzz(func(t *testing.T, time, client, method, bank, country, operation, text string) {
		e := event.Event{
			TimeText: time, ClientID: client, Method: method, Bank: bank, Country: country,
			Operation: event.Operation(operation), Error: text,
		}
		line := event.AppendJSON(nil, e)
		var got map[string]string
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		want := map[string]string{
			"time": asUTF8(time), "clientId": asUTF8(client), "method": asUTF8(method), "operation": asUTF8(operation),
		}
		for name, v := range map[string]string{"bank": bank, "country": country, "error": text} {
			if v != "" {
				want[name] = asUTF8(v)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q:\n%s", line, diff)
		}
		e.Time, _ = event.ParseTime(time, event.DefaultLocation())
		if e.Validate() != nil {
			return
		}
		back, err := event.Parse(line)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		e.Error = event.MaskText(e.Error)
		if len(e.Error) > event.DefaultMaxFieldBytes { // a blank may be longer than what it hides
			e.Error, back.Error = "", ""
		}
		if diff := cmp.Diff(e, back); diff != "" {
			t.Errorf("%q:\n%s", line, diff)
		}
	})
}

// asUTF8 replaces each broken byte, as JSON text cannot carry it.
func asUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}
