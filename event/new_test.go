package event_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
)

func ExampleNew() {
	e, err := event.New(event.Event{
		Time: time.Date(2018, time.April, 28, 10, 51, 12, 0, time.UTC), ClientID: "openIdDemo",
		Method: event.MethodSmartID, Operation: event.OpFailure, Error: "USER_REFUSED: 38001085718 said no",
	})
	fmt.Println(e.TimeText, e.ErrorCode(), e.Error, err)

	_, err = event.New(event.Event{Time: time.Now(), Method: event.MethodIDCard, Operation: event.OpStart})
	fmt.Println(err)
	// Output:
	// 2018-04-28T10:51:12Z USER_REFUSED USER_REFUSED: *** said no <nil>
	// missing_clientId: clientId
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// TestNew: of time and text the one that is missing is made, and both say the
// same instant; what is made by hand is what Parse gives for it.
func TestNew(t *testing.T) {
	tallinn := zone(t, "Europe/Tallinn")
	base := event.Event{ClientID: "a", Method: event.MethodIDCard, Operation: event.OpSuccess}
	for name, tt := range map[string]struct {
		time time.Time
		text string
		want string // the text, or the class of the refusal
	}{
		"UTC":                      {time.Date(2018, 4, 28, 10, 51, 12, 0, time.UTC), "", "2018-04-28T10:51:12Z"},
		"second hour of that name": {time.Date(2018, 10, 28, 1, 30, 0, 5, time.UTC).In(tallinn), "", "2018-10-28T03:30:00.000000005+02:00"},
		"local mean time":          {time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC).In(zone(t, "Africa/Monrovia")), "", "1900-01-01T00:00:00Z"},
		"text":                     {time.Time{}, "2018-04-28T10:51", "2018-04-28T10:51"},
		"both":                     {time.Date(2018, 4, 28, 7, 51, 0, 0, time.UTC), "2018-04-28T10:51", "2018-04-28T10:51"},
		"neither":                  {time.Time{}, "", "missing_time"},
		"no date":                  {time.Time{}, "yesterday", "bad_time"},
		"year of five digits":      {time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "", "bad_time"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			e := base
			e.Time, e.TimeText = tt.time, tt.text
			got, err := event.New(e)
			var fe *event.FieldError
			if errors.As(err, &fe) {
				is.Equal(string(fe.Class), tt.want)
				is.Equal(got, event.Event{})
				return
			}
			is.NoErr(err)
			is.Equal(got.TimeText, tt.want)
			parsed, err := event.Parse(event.AppendJSON(nil, e))
			is.NoErr(err)
			if d := cmp.Diff(parsed, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestNewCleansErrors(t *testing.T) {
	is := is.New(t)
	e, err := event.New(event.Event{
		Time: time.Now(), ClientID: "a", Method: event.MethodIDCard, Operation: event.OpFailure,
		Error: "CODE:\n49001010004 " + strings.Repeat("õ", event.DefaultMaxFieldBytes),
	})
	is.NoErr(err)
	is.True(len(e.Error) <= event.DefaultMaxFieldBytes)
	is.True(!strings.ContainsAny(e.Error, "\n4"))
	e.Operation = event.OpSuccess
	_, err = event.New(e)
	var fe *event.FieldError
	errors.As(err, &fe)
	is.Equal(fe.Class, event.ClassUnexpectedError)
}

// TestJSON: encoding/json writes and reads what senders write.
func TestJSON(t *testing.T) {
	is := is.New(t)
	const line = `[{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"START_AUTH"}]`
	var events []event.Event
	is.NoErr(json.Unmarshal([]byte(line), &events))
	is.Equal(events[0].Time, time.Date(2018, 4, 28, 0, 0, 0, 0, event.DefaultLocation()))
	got, err := json.Marshal(events)
	is.NoErr(err)
	is.Equal(string(got), line)

	err = json.Unmarshal([]byte(`{"time":"2018-04-28"}`), &events[0])
	is.True(errors.Is(err, event.ErrInvalid))
}
