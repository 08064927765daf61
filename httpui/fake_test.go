package httpui_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/syslogjson"
)

// now is when every test takes place: a Saturday in Tallinn, in the middle of
// a month.
var now = time.Date(2018, 4, 28, 12, 30, 0, 0, event.DefaultLocation())

// fakeStore is a log base in memory that fails, waits and counts as it is told.
type fakeStore struct {
	logbase.Memory
	fail error                                              // of every method but Ping
	lost int64                                              // records that Extent does not find any more
	wait func(ctx context.Context, q aggregate.Query) error // before each answer to Sums
}

func (s *fakeStore) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	if s.wait != nil {
		if err := s.wait(ctx, q); err != nil {
			return nil, err
		}
	}
	if s.fail != nil {
		return nil, s.fail
	}
	return s.Memory.Sums(ctx, q)
}

func (s *fakeStore) Bounds(ctx context.Context) (logbase.Bounds, error) {
	return failing(ctx, s, s.Memory.Bounds)
}

func (s *fakeStore) Clients(ctx context.Context) ([]logbase.Seen, error) {
	return failing(ctx, s, s.Memory.Clients)
}

func (s *fakeStore) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	return failing(ctx, s, s.Memory.Deletions)
}

func (s *fakeStore) Extent(ctx context.Context, p aggregate.Period) (logbase.Extent, error) {
	return failing(ctx, s, func(ctx context.Context) (logbase.Extent, error) {
		x, err := s.Memory.Extent(ctx, p)
		x.Records -= s.lost
		return x, err
	})
}

func (s *fakeStore) Delete(ctx context.Context, d logbase.Deletion) (int64, error) {
	return failing(ctx, s, func(ctx context.Context) (int64, error) { return s.Memory.Delete(ctx, d) })
}

func failing[T any](ctx context.Context, s *fakeStore, ask func(context.Context) (T, error)) (T, error) {
	if s.fail != nil {
		var none T
		return none, s.fail
	}
	return ask(ctx)
}

// records are those kept, by ID.
func (s *fakeStore) records() []logbase.Record {
	var list []logbase.Record
	for r, err := range s.Records(context.Background(), aggregate.Everything(nil)) {
		if err != nil {
			panic(err)
		}
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b logbase.Record) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func (s *fakeStore) events(yield func(event.Event) bool) {
	for _, r := range s.records() {
		if !yield(r.Event) {
			return
		}
	}
}

func (s *fakeStore) audit() []logbase.Deletion {
	list, _ := s.Memory.Deletions(context.Background())
	return list
}

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
			s.Add(at(t, text(8+n), "openIdDemo", event.MethodIDCard, "", event.StartAuth),
				at(t, text(8+n), "openIdDemo", event.MethodIDCard, "", event.SuccessfulAuth))
		}
		s.Add(at(t, text(11), "emta", event.MethodMobileID, "", event.StartAuth))
		failed := at(t, text(11), "emta", event.MethodMobileID, "", event.Failed)
		failed.Error = "USER_CANCEL: the user cancelled"
		s.Add(failed)
		if day.Before(now.AddDate(0, -3, 0)) {
			s.Add(at(t, text(10), "vana-rakendus", event.MethodBankLink, "SEB", event.SuccessfulAuth))
		}
		if day.After(now.AddDate(0, 0, -10)) {
			abroad := at(t, text(10), "uus-rakendus", event.MethodEIDAS, "", event.SuccessfulAuth)
			abroad.Country = "FI"
			s.Add(abroad)
		}
	}
	return s
}

// fakeIngester and fakeSyslog say what they were told to say.
type fakeIngester struct {
	stats   ingest.Stats
	samples []ingest.Sample
}

func (f *fakeIngester) Stats() ingest.Stats      { return f.stats }
func (f *fakeIngester) Samples() []ingest.Sample { return f.samples }

type fakeSyslog []syslogjson.PeerStats

func (f fakeSyslog) Stats() syslogjson.Stats       { return syslogjson.Stats{} }
func (f fakeSyslog) Peers() []syslogjson.PeerStats { return f }

// names is a catalogue.
type names map[string]httpui.ClientName

func (n names) Client(id string) (httpui.ClientName, bool) {
	c, ok := n[id]
	return c, ok
}

func options() httpui.Options {
	return httpui.Options{Now: func() time.Time { return now }, Version: "1.2.3"}
}
