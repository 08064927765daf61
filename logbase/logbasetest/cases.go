package logbasetest

import (
	"strings"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// empty: a new base holds nothing, and says so without an error.
func (s suite) empty(t *testing.T) {
	b := s.base(t)
	rng := s.rng(1)
	if err := b.store.Append(t.Context(), nil); err != nil {
		t.Fatalf("Append of nothing: %v", err)
	}
	if err := b.store.Ping(t.Context()); err != nil {
		t.Fatalf("Ping: %v", err)
	}
	b.check(rng, 20)
	b.restart()
	b.check(rng, 20)
}

// append: batches are kept once, whatever part of them comes again.
func (s suite) append(t *testing.T) {
	b := s.base(t)
	rng := s.rng(2)
	batch := make([]logbase.Record, 50)
	for i := range batch {
		batch[i] = logbase.Record{ID: int64(10 + i), Event: randomEvent(rng)}
	}
	changed := append([]logbase.Record(nil), batch[:5]...)
	for i := range changed {
		changed[i].Event = randomEvent(rng) // the ID decides, not the content
	}
	for _, part := range [][]logbase.Record{batch[10:30], batch[10:30], batch[20:], batch, changed} {
		b.append(part)
		b.check(rng, 10)
	}
	b.append([]logbase.Record{{ID: 1, Event: randomEvent(rng)}}) // a replay may come late
	b.append([]logbase.Record{{ID: 1 << 62, Event: randomEvent(rng)}, {ID: 1 << 62, Event: randomEvent(rng)}})
	b.check(rng, 10)
	b.restart()
	b.append(batch)
	b.check(rng, 20)
	b.checkRecords(aggregate.Period{})
}

// oddValues: whatever an event may hold comes back as it was.
func (s suite) oddValues(t *testing.T) {
	b := s.base(t)
	everything := "\u00a0äöõü ŠŽ €𝄞👩‍👧 \u200d\ufeff\ufffd\U0010ffff '\"`;--%_\\{}[]$.:"
	long := strings.Repeat("õ", event.DefaultMaxFieldBytes/2)
	demo := event.Event{TimeText: "2018-04-28T10:51:12", ClientID: "demo", Method: event.MethodIDCard, Operation: event.OpStart}
	vary := func(change func(*event.Event)) event.Event {
		e := demo
		change(&e)
		return e
	}
	list := []event.Event{
		vary(func(e *event.Event) {
			e.ClientID, e.Method, e.Bank, e.Country = everything, everything, everything, everything
		}),
		vary(func(e *event.Event) { e.ClientID, e.Method, e.Bank, e.Country = long, long, long, long }),
		vary(func(e *event.Event) { e.Operation, e.Error = event.OpFailure, everything }),
		vary(func(e *event.Event) { e.Operation, e.Error = event.OpFailure, long }),
		vary(func(e *event.Event) { e.Operation, e.Error = event.OpFailure, ":" }),
		vary(func(e *event.Event) { e.Operation, e.Error = event.OpFailure, " CODE " }),
		vary(func(e *event.Event) { e.Operation = event.OpFailure }),
		vary(func(e *event.Event) { e.ClientID = " demo" }),
		vary(func(e *event.Event) { e.ClientID = "$where" }),
		vary(func(e *event.Event) { e.Method = event.MethodEIDAS; e.Country = "FI" }),
	}
	for _, text := range []string{
		"0001-01-02", "0001-12-31T23:59:59.999999999", "9999-12-31T23:59:59.999999999", "1969-12-31T23:59:59.9", "1970-01-01",
		"2038-01-19T03:14:08Z", "1999-12-31T23:59:59.999999999", "2000-01-01", "2099-12-31T23:59:59.999999999", "2100-01-01",
		"2018-04-28", "2018-04-28T10:51", "2018-04-28T10:51:12.1", "2018-04-28T10:51:12.123456789", "2018-04-28T10:51:12Z",
		"2018-04-28T10:51:12+03:00", "2018-04-28T10:51:12-1130", "2018-03-25T03:30", "2018-10-28T03:30", "2018-10-28T03:30:00+02:00",
		"2018-10-28T03:30:00+03:00",
	} {
		list = append(list, vary(func(e *event.Event) { e.TimeText = text }))
	}
	batch := make([]logbase.Record, len(list))
	for i, e := range list {
		var err error
		if e.Time, err = event.ParseTime(e.TimeText, event.DefaultLocation()); err != nil {
			t.Fatalf("the suite wrote the time %q: %v", e.TimeText, err)
		}
		if err := e.Validate(); err != nil {
			t.Fatalf("the suite wrote a wrong event %+v: %v", e, err)
		}
		batch[i] = logbase.Record{ID: int64(i + 1), Event: e}
	}
	b.append(batch)
	for range 2 {
		b.checkState()
		b.checkRecords(aggregate.Period{})
		b.checkExtent(aggregate.Period{})
		for step := aggregate.Whole; step <= aggregate.Year; step++ {
			b.checkQuery(aggregate.Query{By: aggregate.ByAll, Step: step})
		}
		for _, e := range list {
			k := aggregate.KeyOf(e)
			b.checkQuery(aggregate.Query{Filter: k})
		}
		b.restart()
	}
}

// forms are periods of every form, many of them where civil time is odd.
var forms = []string{
	"", "2018", "2018-10", "2018-10-28", "2018-Q4", "2018-W43", "2020-W53", "2021-W01",
	"2018-03-25T02", "2018-03-25T03", "2018-03-25T04", "2018-10-28T02", "2018-10-28T03", "2018-10-28T04",
	"2018-10-27/2018-10-28", "2018-10-28T03/2018-10-28T05", "2018-03/2018-Q4", "2018/2018-10-28T03", "2020-W53/2021",
	"1999", "2100", "1999-12-31T23", "1999/2100", "9999", "2017", "1999-12-31/2000-01-01", "1918-01-31", "1918-02-01T00",
	"2018-10-28T03:3", "^....-(03|10)-2", ":[0-5][0-9]$", "28", "no such text",
}

// edges returns an event at each side of both ends of a period.
func edges(p aggregate.Period) []event.Event {
	if !p.Bounded() {
		return nil
	}
	var list []event.Event
	for _, t := range []time.Time{p.From().Add(-1), p.From(), p.To().Add(-1), p.To()} {
		list = append(list, event.Event{
			Time: t, TimeText: t.UTC().Format(time.RFC3339Nano),
			ClientID: "edge", Method: event.MethodIDCard, Operation: event.OpStart,
		})
	}
	return list
}

// periods: every form of a period is understood, to the nanosecond.
func (s suite) periods(t *testing.T) {
	b := s.filled(t, s.rng(3), 500)
	for _, text := range forms {
		for _, e := range edges(b.parse(text)) {
			b.append([]logbase.Record{{ID: b.model.lastID + 1, Event: e}})
		}
	}
	for _, text := range forms {
		p := b.parse(text)
		b.checkExtent(p)
		b.checkRecords(p)
		for step := aggregate.Whole; step <= aggregate.Year; step++ {
			b.checkQuery(aggregate.Query{Period: p, By: aggregate.ByStat, Step: step})
		}
	}
	// A period may be of another zone than the base, even one with half hours.
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("", 5*60*60+30*60)} {
		for _, text := range []string{"2018-10-28", "2018-W43", "2018-10-28T03", "2018-10"} {
			p, err := aggregate.ParsePeriod(text, zone)
			if err != nil {
				t.Fatal(err)
			}
			b.checkExtent(p)
			for step := aggregate.Whole; step <= aggregate.Year; step++ {
				b.checkQuery(aggregate.Query{Period: p, By: aggregate.ByClient, Step: step})
			}
		}
	}
}
