package httpui_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
)

// now is when every test takes place: a Saturday in Tallinn, in the middle of
// a month.
var now = time.Date(2018, 4, 28, 12, 30, 0, 0, event.DefaultLocation())

// fakeStore keeps events in memory, and their sums as a real store does. What
// sums by day cannot answer is counted by the oracle.
type fakeStore struct {
	mu      sync.Mutex
	records []event.Record
	sums    *aggregate.Cube // of so many records as summed says
	summed  int
	audit   []aggregate.Deletion
	pings   int

	fail    error // of every method but Ping
	pingErr error
	wait    func(ctx context.Context, q aggregate.Query) error // before each answer to Sums
}

func (s *fakeStore) events(yield func(event.Event) bool) {
	for _, r := range s.records {
		if !yield(r.Event) {
			return
		}
	}
}

func (s *fakeStore) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	if s.wait != nil {
		if err := s.wait(ctx, q); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	if rows, ok := s.cube().Rows(q); ok {
		return rows, nil
	}
	return aggregate.Count(s.events, q), nil
}

func (s *fakeStore) cube() *aggregate.Cube {
	if s.sums == nil || s.summed != len(s.records) {
		s.sums, s.summed = new(aggregate.Cube), len(s.records)
		for _, r := range s.records {
			s.sums.Add(aggregate.DayOf(r.Time, event.DefaultLocation()), aggregate.KeyOf(r.Event), 1)
		}
	}
	return s.sums
}

func (s *fakeStore) Bounds(context.Context) (aggregate.Bounds, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cube().Bounds(), s.fail
}

func (s *fakeStore) Clients(context.Context) ([]aggregate.Seen, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cube().Clients(), s.fail
}

func (s *fakeStore) Ping(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pings++
	return s.pingErr
}

func (s *fakeStore) Extent(_ context.Context, p aggregate.Period) (e aggregate.Extent, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.records {
		e.UpTo = max(e.UpTo, r.ID)
		if !p.Contains(r.Time) {
			continue
		}
		if e.Records++; e.First.IsZero() || r.Time.Before(e.First) {
			e.First = r.Time
		}
		if r.Time.After(e.Last) {
			e.Last = r.Time
		}
	}
	return e, s.fail
}

func (s *fakeStore) Delete(_ context.Context, d aggregate.Deletion) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return 0, s.fail
	}
	if !d.Period.Bounded() {
		return 0, errors.New("not bounded")
	}
	before := len(s.records)
	s.records = slices.DeleteFunc(s.records, func(r event.Record) bool {
		return r.ID <= d.UpTo && d.Period.Contains(r.Time)
	})
	d.Records, d.Done = int64(before-len(s.records)), true
	s.audit = slices.Insert(s.audit, 0, d)
	return d.Records, nil
}

func (s *fakeStore) Deletions(context.Context) ([]aggregate.Deletion, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.audit, s.fail
}

// add appends events with growing ids.
func (s *fakeStore) add(events ...event.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range events {
		s.records = append(s.records, event.Record{ID: int64(len(s.records) + 1), Event: e})
	}
}

// readOnly hides what a store can do beyond httpui.Store.
type readOnly struct{ httpui.Store }

// at makes one event at a local time written as 2018-04-28T10:51.
func at(t testing.TB, text, client, method, bank string, op event.Operation) event.Event {
	t.Helper()
	when, err := event.ParseTime(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return event.Event{Time: when, TimeText: text, ClientID: client, Method: method, Bank: bank, Operation: op}
}

// spring is a year of events that end at now: two clients every day, one that
// stopped, one that began, banks, countries and errors.
func spring(t testing.TB) *fakeStore {
	t.Helper()
	s := &fakeStore{}
	day := time.Date(2017, 4, 1, 9, 30, 0, 0, event.DefaultLocation())
	for i := 0; day.Before(now); i, day = i+1, day.AddDate(0, 0, 1) {
		text := func(hour int) string { return fmt.Sprintf("%sT%02d:%02d", day.Format(time.DateOnly), hour, i%60) }
		for n := range 2 + i%3 {
			s.add(at(t, text(8+n), "openIdDemo", event.MethodIDCard, "", event.StartAuth),
				at(t, text(8+n), "openIdDemo", event.MethodIDCard, "", event.SuccessfulAuth))
		}
		s.add(at(t, text(11), "emta", event.MethodMobileID, "", event.StartAuth))
		failed := at(t, text(11), "emta", event.MethodMobileID, "", event.Failed)
		failed.Error = "USER_CANCEL: the user cancelled"
		s.add(failed)
		if day.Before(now.AddDate(0, -3, 0)) {
			s.add(at(t, text(10), "vana-rakendus", event.MethodBankLink, "SEB", event.SuccessfulAuth))
		}
		if day.After(now.AddDate(0, 0, -10)) {
			abroad := at(t, text(10), "uus-rakendus", event.MethodEIDAS, "", event.SuccessfulAuth)
			abroad.Country = "FI"
			s.add(abroad)
		}
	}
	return s
}

// fakeReception says what it was told to say.
type fakeReception struct {
	snapshot httpui.Snapshot
	metrics  []httpui.Metric
}

func (f fakeReception) Snapshot() httpui.Snapshot { return f.snapshot }
func (f fakeReception) Metrics() []httpui.Metric  { return f.metrics }

// names is a catalogue.
type names map[string]httpui.ClientName

func (n names) Client(id string) (httpui.ClientName, bool) {
	c, ok := n[id]
	return c, ok
}

func options() httpui.Options {
	return httpui.Options{Now: func() time.Time { return now }, Version: "1.2.3"}
}
