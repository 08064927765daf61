// Package e counts events by week and method, beside the period before, and
// writes CSV.
package e

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

func write(w io.Writer, events iter.Seq[event.Event], p aggregate.Period, now time.Time) error {
	current, before, ok := p.Against(aggregate.PreviousPeriod, now)
	if !ok {
		return fmt.Errorf("%s cannot be compared", p)
	}
	out := csv.NewWriter(w)
	all := slices.Collect(events)
	for _, period := range []aggregate.Period{before, current} {
		rows := aggregate.Count(slices.Values(all), aggregate.Query{
			Period: period, By: aggregate.ByMethod, Step: aggregate.Week,
			Filter: aggregate.Key{Operation: event.OpSuccess},
		})
		for _, r := range rows {
			_ = out.Write([]string{period.String(), r.Start.Format(time.DateOnly), r.Key.Method, fmt.Sprint(r.Count)})
		}
	}
	out.Flush()
	return out.Error()
}

func TestWrite(t *testing.T) {
	var events []event.Event
	for _, text := range []string{"2026-08-03T10:00:00", "2026-08-04T10:00:00", "2026-09-01T10:00:00", "2026-09-20T10:00:00"} {
		e, err := event.New(event.Event{TimeText: text, ClientID: "a", Method: event.MethodIDCard, Operation: event.OpSuccess})
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	p, err := aggregate.ParsePeriod("2026-09", nil)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	now := time.Date(2026, 9, 16, 12, 0, 0, 0, event.DefaultLocation()) // fifteen days have passed
	if err := write(&out, slices.Values(events), p, now); err != nil {
		t.Fatal(err)
	}
	want := "2026-08-01/2026-08-15,2026-08-03,idcard,2\n2026-09-01/2026-09-15,2026-08-31,idcard,1\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
