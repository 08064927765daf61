package event_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/e-gov/tarastat/event"
)

// FuzzParse holds the parser to encoding/json, which reads into a map by exact
// name, the last one counting, as the parser must.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, payload []byte) {
		before := string(payload)
		var p event.Parser
		e, notes, err := p.Parse(payload)
		if string(payload) != before {
			t.Fatal("the payload was changed")
		}
		var members map[string]json.RawMessage
		valid := json.Unmarshal(payload, &members) == nil && members != nil
		if err != nil {
			checkRefusal(t, before, members, valid, err)
			if e != (event.Event{}) || notes != 0 {
				t.Errorf("refused, yet returned %+v, %v", e, notes.Names())
			}
			return
		}
		if !valid {
			t.Fatal("accepted what is not JSON")
		}
		checkAccepted(t, members, e, notes)
	})
}

func checkRefusal(t *testing.T, payload string, members map[string]json.RawMessage, valid bool, err error) {
	t.Helper()
	var fe *event.FieldError
	if !errors.As(err, &fe) || !errors.Is(err, event.ErrInvalid) {
		t.Fatalf("%T: %v", err, err)
	}
	if !slices.Contains(event.Classes(), fe.Class) {
		t.Errorf("%s is not in the list of classes", fe.Class)
	}
	if fe.Offset < 0 || fe.Offset > len(payload) {
		t.Errorf("%v, in %d bytes", fe, len(payload))
	}
	var wrong bool // whether what the class says is untrue
	value, isString := member(members, fe.Field)
	switch fe.Class {
	case event.ClassJSONSyntax, event.ClassJSONTrailing:
		wrong = json.Valid([]byte(payload))
	case event.ClassNoJSON:
		wrong = strings.HasPrefix(strings.TrimLeft(payload, " \t\r\n"), "{")
	case event.ClassMissingTime, event.ClassMissingClientID, event.ClassMissingMethod,
		event.ClassMissingOperation, event.ClassMissingBank:
		wrong = !valid || value != ""
	case event.ClassFieldTooLong:
		wrong = !valid || len(value) <= event.DefaultMaxFieldBytes
	case event.ClassControlChar:
		wrong = !valid || !strings.ContainsFunc(value, isControl)
	case event.ClassUnknownOperation:
		wrong = !valid || event.Operation(value).Known()
	case event.ClassBadTime:
		wrong = !valid || acceptsTime(value) && !strings.HasPrefix(value, "0001-01-01")
	case event.ClassWrongType:
		wrong = valid && isString && strings.Count(payload, fe.Field) < 2
	case event.ClassNotUTF8:
		wrong = utf8.ValidString(payload) && !strings.Contains(payload, `\u`)
	case event.ClassTooDeep:
		wrong = strings.Count(payload, "[")+strings.Count(payload, "{") <= event.DefaultMaxDepth
	case event.ClassTooManyKeys:
		wrong = strings.Count(payload, ":") < event.DefaultMaxKeys
	case event.ClassTooLong:
		wrong = len(payload) <= event.DefaultMaxBytes
	default:
		t.Errorf("unexpected class %s", fe.Class)
	}
	if wrong {
		t.Errorf("refused as %v", fe)
	}
}

// member returns the value of a member that is a string.
func member(members map[string]json.RawMessage, name string) (string, bool) {
	var s *string
	if json.Unmarshal(members[name], &s) != nil || s == nil {
		return "", false
	}
	return *s, true
}

func checkAccepted(t *testing.T, members map[string]json.RawMessage, e event.Event, notes event.Notes) {
	t.Helper()
	got := map[string]string{
		"time": e.TimeText, "clientId": e.ClientID, "method": e.Method,
		"bank": e.Bank, "country": e.Country, "operation": string(e.Operation),
	}
	want := map[string]string{}
	for name := range got {
		want[name], _ = member(members, name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if text, _ := member(members, "error"); e.Operation == event.OpFailure {
		text = strings.Map(func(r rune) rune {
			if isControl(r) {
				return ' '
			}
			return r
		}, text)
		if notes&(event.NoteErrorCut|event.NoteErrorMasked) == 0 && e.Error != text {
			t.Errorf("error text %q became %q", text, e.Error)
		}
		if notes&event.NoteErrorMasked == 0 && !strings.HasPrefix(text, e.Error) {
			t.Errorf("error text %q was cut to %q", text, e.Error)
		}
	}
	if err := e.Validate(); err != nil {
		t.Errorf("accepted, yet invalid: %v", err)
	}
	if at, err := event.ParseTime(e.TimeText, nil); err != nil || !at.Equal(e.Time) {
		t.Errorf("%q is %v, not %v", e.TimeText, at, e.Time)
	}
	again := e
	again.Error = "" // is masked a second time
	back, err := event.Parse(event.AppendJSON(nil, again))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(again, back); diff != "" {
		t.Error(diff)
	}
}

// isControl is written apart from the package's own, by Unicode's tables.
func isControl(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// FuzzParseTime holds ParseTime to package time, which is more lenient: it
// decides about the values, the expression about the form.
func FuzzParseTime(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		got, err := event.ParseTime(text, event.DefaultLocation())
		if (err == nil) != acceptsTime(text) {
			t.Fatalf("%q: %v", text, err)
		}
		if err != nil {
			return
		}
		if want, _ := parseTime(text); !got.Equal(want) {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
		back, err := event.ParseTime(got.Format(time.RFC3339Nano), nil)
		if err != nil || !back.Equal(got) {
			t.Errorf("%q: %v came back as %v, %v", text, got, back, err)
		}
	})
}

var formOfTime = regexp.MustCompile(`^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?$`)

func acceptsTime(text string) bool {
	_, err := parseTime(text)
	return err == nil && formOfTime.MatchString(text)
}

func parseTime(text string) (time.Time, error) {
	var t time.Time
	var err error
	for _, layout := range []string{
		"2006-01-02",
		"2006-01-02T15:04", "2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700",
		"2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700",
	} {
		if t, err = time.ParseInLocation(layout, text, event.DefaultLocation()); err == nil {
			return t, nil
		}
	}
	return t, err
}

// FuzzMask looks for anything that should not be shown: in a sample, and in a
// text of which the masks are the only guard.
func FuzzMask(f *testing.F) {
	eleven := regexp.MustCompile(`[0-9]{11}`)
	f.Fuzz(func(t *testing.T, payload []byte) {
		before := string(payload)
		checkMasked(t, event.Mask(payload))
		if string(payload) != before {
			t.Fatal("the payload was changed")
		}
		text := event.MaskText(before)
		if long := eleven.FindString(text); long != "" {
			t.Errorf("%q holds %s", text, long)
		}
		if utf8.ValidString(before) && !utf8.ValidString(text) {
			t.Errorf("%q is not UTF-8", text)
		}
	})
}
