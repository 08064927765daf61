package sqlitestore_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/logbase/logbasetest"
	"github.com/e-gov/tarastat/sqlitestore"
)

func TestContract(t *testing.T) {
	logbasetest.Run(t, func(t *testing.T, dir string) logbase.Store {
		t.Helper()
		// Small batches and a pause give interruptions something to interrupt.
		s, err := sqlitestore.Open(context.Background(), filepath.Join(dir, "events.db"), sqlitestore.Options{}.WithDeletions(30, 100*time.Microsecond))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}, logbasetest.Options{})
}

func TestReopenedStoreAnswersAlike(t *testing.T) {
	is := is.New(t)
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "events.db")
	records := traffic(20_000)

	s := open(t, path, sqlitestore.Options{})
	is.NoErr(s.Append(ctx, records))
	is.NoErr(s.Append(ctx, records[100:200])) // a replay counts nothing
	for _, text := range []string{"", "2018-04-01", "2018-04-01T01", "2018-04-01T01:1"} {
		q := aggregate.Query{Period: period(t, text), By: aggregate.ByAll, Step: aggregate.DayUnit}
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
	ids, err := s.IDs(ctx)
	is.NoErr(err)
	is.Equal(ids.Last, int64(20_000))
}

// Readers see a batch as a whole or not at all, whichever way the answer is found.
func TestReadersSeeWholeBatches(t *testing.T) {
	const size = 50
	s := open(t, filepath.Join(t.TempDir(), "events.db"), sqlitestore.Options{})
	var writing sync.WaitGroup
	done := make(chan struct{})
	writing.Go(func() {
		defer close(done)
		for i := range int64(100) {
			if err := s.Append(t.Context(), numbered(1+i*size, size)); err != nil {
				t.Error(err)
			}
		}
	})
	queries := []aggregate.Query{{}, {Step: aggregate.Hour}, {Period: period(t, "^2018|T")}, {Period: period(t, "[0-9]$")}}
	for i := 0; ; i++ {
		rows, err := s.Sums(t.Context(), queries[i%len(queries)])
		var n int64
		for _, r := range rows {
			n += r.Count
		}
		if err != nil || n%size != 0 {
			t.Fatalf("query %d: %d events in batches of %d, error %v", i%len(queries), n, size, err)
		}
		select {
		case <-done:
			writing.Wait()
			return
		default:
		}
	}
}

// A recount mends what somebody else did to the file.
func TestRecountMends(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "events.db")
	records := numbered(1, 3000)
	s := open(t, path, sqlitestore.Options{})
	is.NoErr(s.Append(t.Context(), records))
	is.NoErr(s.Close())
	script(t, path, `DELETE FROM records_201804 WHERE id BETWEEN 100 AND 199;
		DELETE FROM sums WHERE day = 17624 AND key = 1;
		INSERT INTO sums (day, key, n) VALUES (17000, 1, 5)`)
	s = open(t, path, sqlitestore.Options{})
	n, err := s.Recount(t.Context(), period(t, "2018-04-01/2018-04-03"))
	is.NoErr(err)
	is.True(n > 0)
	n, err = s.Recount(t.Context(), aggregate.Period{})
	is.NoErr(err)
	is.True(n > 0) // the sum that stood alone, and one on another day
	sound(t, s, append(records[:99:99], records[199:]...))
	_, err = s.Recount(t.Context(), period(t, ".*"))
	is.True(errors.Is(err, logbase.ErrPeriod))
}

// A sender cannot make tables without bound, whatever times it writes.
func TestOtherYearsShareOneTable(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "events.db")
	s := open(t, path, sqlitestore.Options{})
	records := numbered(1, 3000)
	for i := range records {
		records[i].Time = records[i].Time.AddDate(i%1900-2010, 0, 0)
	}
	is.NoErr(s.Append(t.Context(), records))
	sound(t, s, records)
	is.NoErr(s.Close())
	c, err := sqlite.OpenConn(path, sqlite.OpenReadOnly)
	is.NoErr(err)
	tables := 0
	is.NoErr(sqlitex.Execute(c, "SELECT name FROM sqlite_schema WHERE name GLOB 'records_*'", &sqlitex.ExecOptions{
		ResultFunc: func(*sqlite.Stmt) error { tables++; return nil },
	}))
	is.NoErr(c.Close())
	is.Equal(tables, 1)
}

// The write-ahead log stays near its limit.
func TestWALIsBounded(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "events.db")
	const limit = 1 << 20
	s := open(t, path, sqlitestore.Options{}.WithMaxWAL(limit))
	for i := range int64(50) {
		is.NoErr(s.Append(t.Context(), numbered(1+i*1000, 1000)))
		fi, err := os.Stat(path + "-wal")
		is.NoErr(err)
		is.True(fi.Size() <= limit) // a commit over the limit is followed by a cut
	}
}

// What a record holds beside the fields of an event is nowhere in the files.
func TestNoPersonalData(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "events.db"), sqlitestore.Options{})
	const identity = "38001085718"
	e, err := event.Parse([]byte(`{"time":"2018-04-28T10:51:12","clientId":"demo","method":"idcard","operation":"ERROR",` +
		`"error":"NOT_FOUND: no user ` + identity + ` here","idCode":"` + identity + `","user":{"sub":"EE` + identity + `"}}`))
	is.NoErr(err)
	is.NoErr(s.Append(t.Context(), []logbase.Record{{ID: 1, Event: e}}))
	is.NoErr(s.Ping(t.Context()))
	found := 0
	for range 2 { // with the write-ahead log, and without it
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		is.NoErr(err)
		for _, name := range files {
			data, err := os.ReadFile(name)
			is.NoErr(err)
			is.True(!bytes.Contains(data, []byte(identity)))
			if bytes.Contains(data, []byte("NOT_FOUND")) {
				found++
			}
		}
		is.NoErr(s.Close())
		s = open(t, filepath.Join(dir, "events.db"), sqlitestore.Options{})
	}
	is.True(found >= 2) // the search finds what is there
}

func period(t *testing.T, text string) aggregate.Period {
	t.Helper()
	p, err := aggregate.ParsePeriod(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func events(records []logbase.Record) func(func(event.Event) bool) {
	return func(yield func(event.Event) bool) {
		for _, r := range records {
			if !yield(r.Event) {
				return
			}
		}
	}
}
