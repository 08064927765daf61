package sqlitestore_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/sqlitestore"
)

func TestReopenedStoreAnswersAlike(t *testing.T) {
	is := is.New(t)
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "events.db")
	records := traffic(20_000)

	s := open(t, path, sqlitestore.Options{})
	is.NoErr(s.Append(ctx, records))
	is.NoErr(s.Append(ctx, records[100:200])) // a replay counts nothing
	for _, text := range []string{"", "2018-04-01", "2018-04-01T01", "2018-04-01T01:1"} {
		q := aggregate.Query{Period: period(t, text), By: aggregate.ByAll, Step: aggregate.EachDay}
		want := aggregate.Count(events(records), q)
		got, err := s.Sums(ctx, q)
		is.NoErr(err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	before, err := s.Bounds(ctx)
	is.NoErr(err)
	is.NoErr(s.Ping(ctx))
	is.NoErr(s.Close())

	s = open(t, path, sqlitestore.Options{})
	after, err := s.Bounds(ctx)
	is.NoErr(err)
	is.Equal(before, after)
	id, err := s.LastID(ctx)
	is.NoErr(err)
	is.Equal(id, int64(20_000))
}

func period(t *testing.T, text string) aggregate.Period {
	t.Helper()
	p, err := aggregate.ParsePeriod(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func events(records []event.Record) func(func(event.Event) bool) {
	return func(yield func(event.Event) bool) {
		for _, r := range records {
			if !yield(r.Event) {
				return
			}
		}
	}
}
