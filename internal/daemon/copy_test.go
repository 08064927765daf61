package daemon_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/daemon"
	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/internal/testenv/mongotest"
	"github.com/e-gov/tarastat/internal/testenv/service"
	"github.com/e-gov/tarastat/internal/traffic"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/sqlitestore"
)

var loc = event.DefaultLocation()

func open(t *testing.T) logbase.Store {
	t.Helper()
	return openFile(t, filepath.Join(t.TempDir(), "x.db"))
}

func openFile(t *testing.T, file string) logbase.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), file, sqlitestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// fill appends ten days of traffic and returns its records, some 4,000: enough
// to be interrupted, and few enough for the MongoDB server of the tests, which
// is slow.
func fill(t *testing.T, s logbase.Store) []logbase.Record {
	t.Helper()
	end := time.Date(2026, 3, 31, 12, 0, 0, 0, loc) // the clock changes on the 29th
	model := traffic.New(1, end, loc)
	var events []event.Event
	for d := range 10 {
		events = append(events, model.Day(end.AddDate(0, 0, -d), 200)...)
	}
	return keep(t, s, events)
}

// keep appends events with the IDs from 1 on.
func keep(t *testing.T, s logbase.Store, events []event.Event) (records []logbase.Record) {
	t.Helper()
	for i, e := range events {
		records = append(records, logbase.Record{ID: int64(i + 1), Event: e})
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
		ClientID: "only in the target", Method: event.MethodIDCard, Operation: event.OpStart,
	}}
	is.NoErr(to.Append(t.Context(), []logbase.Record{odd}))
	_, err := daemon.Copy(t.Context(), from, to, loc, nil)
	is.True(err != nil && strings.Contains(err.Error(), "2026-03-25"))
}

// A log base of another zone is refused and left as it is, by a check too; a
// copy brings it into the zone that is wanted.
func TestAnotherZone(t *testing.T) {
	is := is.New(t)
	cfg := daemon.Defaults()
	cfg.DataDir = t.TempDir()
	file := filepath.Join(cfg.DataDir, "tarastat.db")
	s, err := sqlitestore.Open(t.Context(), file, sqlitestore.Options{Location: time.UTC})
	is.NoErr(err)
	want := fill(t, s)
	is.NoErr(s.Close())
	before, err := os.ReadFile(file)
	is.NoErr(err)

	settings, err := cfg.Parse()
	is.NoErr(err)
	var report strings.Builder
	is.True(errors.Is(daemon.Check(t.Context(), settings, time.Now(), &report), daemon.ErrCheck))
	is.True(strings.Contains(report.String(), "counts the days of another zone: UTC, not Europe/Tallinn"))
	after, err := os.ReadFile(file)
	is.NoErr(err)
	is.True(string(before) == string(after))

	cfg.Zone = "UTC"
	settings, err = cfg.Parse()
	is.NoErr(err)
	from, err := daemon.OpenExisting(t.Context(), settings, 0, slog.Default())
	is.NoErr(err)
	defer from.Close()
	to := open(t)
	_, err = daemon.Copy(t.Context(), from, to, loc, nil) // compares the sums of every day
	is.NoErr(err)
	if diff := cmp.Diff(want, all(t, to)); diff != "" {
		t.Error(diff)
	}
}

// TestCopyToMongoDBAndBack copies the embedded log base to MongoDB and back,
// killed twice on each way, and wants every record as it was.
func TestCopyToMongoDBAndBack(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	there, back := filepath.Join(t.TempDir(), "there.db"), filepath.Join(t.TempDir(), "back.db")
	store := openFile(t, there)
	want := fill(t, store)
	is.NoErr(store.Close())
	uri := mongotest.URI(t)
	for _, way := range [][2]string{{"sqlite:" + there, uri}, {uri, "sqlite:" + back}} {
		for range 2 {
			cutCopy(t, way[0], way[1])
		}
		service.WellDone(t, []string{"copy", "-from", way[0], "-to", way[1]}, "the sums of every day are equal")
	}
	if d := cmp.Diff(want, records(t, back)); d != "" {
		t.Error(d)
	}
}

// records returns what an embedded log base that is not in use keeps, by id.
func records(t *testing.T, file string) []logbase.Record {
	t.Helper()
	s := openFile(t, file)
	defer s.Close()
	return all(t, s)
}

// cutCopy starts a copy and kills it once it has begun to copy.
func cutCopy(t *testing.T, from, to string) {
	t.Helper()
	p := testenv.Start(t, service.Command(t, "copy", "-from", from, "-to", to, "-progress", "1ms"))
	begun := regexp.MustCompile(`\d{4}-\d\d-\d\d: \d+ of \d+ records`)
	testenv.Await(t, "some days copied", func() bool { return begun.MatchString(p.Output()) })
	if p.Kill() == nil {
		t.Fatal("the copy ended before it was killed: make the base larger")
	}
}
