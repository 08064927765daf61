package daemon_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/daemon"
	"github.com/e-gov/tarastat/internal/traffic"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/sqlitestore"
)

var loc = event.DefaultLocation()

func open(t *testing.T) logbase.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), sqlitestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// fill appends some days of traffic and returns its records.
func fill(t *testing.T, s logbase.Store) []logbase.Record {
	t.Helper()
	end := time.Date(2026, 3, 31, 12, 0, 0, 0, loc) // the clock changes on the 29th
	model := traffic.New(1, end, loc)
	var records []logbase.Record
	for d := range 10 {
		for _, e := range model.Day(end.AddDate(0, 0, -d), 200) {
			records = append(records, logbase.Record{ID: int64(len(records) + 1), Event: e})
		}
	}
	for batch := range slices.Chunk(records, 1000) {
		if err := s.Append(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	return records
}

func all(t *testing.T, s logbase.Store) []logbase.Record {
	t.Helper()
	var out []logbase.Record
	for r, err := range s.Records(t.Context(), aggregate.Period{}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b logbase.Record) int { return int(a.ID - b.ID) })
	return out
}

func TestCopyGoesOnWhereItEnded(t *testing.T) {
	is := is.New(t)
	from, to := open(t), open(t)
	want := fill(t, from)

	ctx, cut := context.WithCancel(t.Context())
	_, err := daemon.Copy(ctx, from, to, loc, func(c daemon.Copying) {
		if c.Copied > int64(len(want)/2) {
			cut()
		}
	})
	is.True(errors.Is(err, context.Canceled))
	half := len(all(t, to))
	is.True(half > 0 && half < len(want))

	done, err := daemon.Copy(t.Context(), from, to, loc, nil)
	is.NoErr(err)
	is.Equal(done.Of, int64(len(want)))
	is.True(done.Present > 0)
	if d := cmp.Diff(want, all(t, to)); d != "" {
		t.Error(d)
	}
	done, err = daemon.Copy(t.Context(), from, to, loc, nil) // once more there is nothing to do
	is.NoErr(err)
	is.Equal(done, daemon.Copying{Present: int64(len(want)), Of: int64(len(want))})
}

func TestCopyTellsADifference(t *testing.T) {
	is := is.New(t)
	from, to := open(t), open(t)
	fill(t, from)
	odd := logbase.Record{ID: 1 << 40, Event: event.Event{
		Time: time.Date(2026, 3, 25, 12, 0, 0, 0, loc), TimeText: "2026-03-25T12:00",
		ClientID: "only in the target", Method: event.MethodIDCard, Operation: event.StartAuth,
	}}
	is.NoErr(to.Append(t.Context(), []logbase.Record{odd}))
	_, err := daemon.Copy(t.Context(), from, to, loc, nil)
	is.True(err != nil && strings.Contains(err.Error(), "2026-03-25"))
}
