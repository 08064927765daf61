package sqlitestore_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/sqlitestore"
)

// A process is killed again and again while it appends to one file. Nothing it
// has reported as kept may be missing, nothing may be there twice or in part.
func TestKilledWhileAppending(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "events.db")
	for range 20 {
		c := start(t, "append", path)
		for range 1 + rand.IntN(10) {
			if !c.out.Scan() {
				t.Fatalf("the child ended by itself: %s", c.out.Text())
			}
		}
		lines := []string{c.out.Text()}
		time.Sleep(rand.N(5 * time.Millisecond)) // the moment is to be any
		lines = append(lines, c.kill()...)
		acknowledged, err := strconv.ParseInt(lines[len(lines)-1], 10, 64)
		is.NoErr(err)

		s := open(t, path, sqlitestore.Options{})
		ids, err := s.IDs(t.Context())
		is.NoErr(err)
		last := ids.Last
		if last < acknowledged || last > acknowledged+batchSize || last%batchSize != 0 {
			t.Fatalf("the last ID is %d, %d was acknowledged", last, acknowledged)
		}
		sound(t, s, numbered(1, int(last)))
		is.NoErr(s.Close())
	}
}

// sound wants the store to hold these records and no others, with the sums
// that belong to them.
func sound(t *testing.T, s *sqlitestore.Store, want []logbase.Record) {
	t.Helper()
	kept := make(map[int64]logbase.Record)
	for r, err := range s.Records(t.Context(), aggregate.Period{}) {
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := kept[r.ID]; twice {
			t.Fatalf("record %d is there twice", r.ID)
		}
		kept[r.ID] = r
	}
	for _, r := range want {
		got, ok := kept[r.ID]
		if !ok || !got.Time.Equal(r.Time) || got.TimeText != r.TimeText || got.ClientID != r.ClientID {
			t.Fatalf("record %d is %+v, not %+v", r.ID, got, r)
		}
	}
	if len(kept) != len(want) {
		t.Fatalf("%d records are kept, not %d", len(kept), len(want))
	}
	q := aggregate.Query{By: aggregate.ByAll, Step: aggregate.DayUnit}
	rows, err := s.Sums(t.Context(), q)
	if diff := cmp.Diff(aggregate.Count(events(want), q), rows); err != nil || diff != "" {
		t.Fatalf("sums: %v (-want +got):\n%s", err, diff)
	}
	if n, err := s.Recount(t.Context(), aggregate.Period{}); n != 0 || err != nil {
		t.Fatalf("a recount changed %d sums: %v", n, err)
	}
}

// A process is killed while it deletes. When the file is opened again, the
// deletion has either never begun or is ended, and took what was confirmed.
func TestKilledWhileDeleting(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "events.db")
	p := period(t, doomed)
	var kept []logbase.Record
	next := int64(1)
	interrupted := 0
	for round := range 10 {
		s := open(t, path, sqlitestore.Options{})
		batch := numbered(next, 20*batchSize)
		for i := range batch { // into the same days in every round
			batch[i].Time = numbered(1+int64(i), 1)[0].Time
			batch[i].TimeText = numbered(1+int64(i), 1)[0].TimeText
		}
		next += int64(len(batch))
		is.NoErr(s.Append(t.Context(), batch))
		is.NoErr(s.Close())
		kept = append(kept, batch...)

		c := start(t, "delete", path)
		if !c.out.Scan() || c.out.Text() != "begin" {
			t.Fatalf("the child ended by itself: %s", c.out.Text())
		}
		time.Sleep(rand.N(100 * time.Millisecond)) // the moment is to be any
		finished := len(c.kill()) > 0

		s = open(t, path, sqlitestore.Options{})
		list := ended(t, s)
		begun := len(list) > 0 && list[0].UpTo == next-1-batchSize
		if finished && !begun {
			t.Fatalf("round %d: the audit knows nothing of a deletion that ended", round)
		}
		if begun {
			var removed int64
			kept, removed = without(kept, p, list[0].UpTo)
			is.Equal(list[0].Records, removed) // the audit counts right across the crash
			if !finished {
				interrupted++
			}
		}
		sound(t, s, kept)
		is.NoErr(s.Close())
	}
	t.Logf("%d of 10 deletions were begun and ended by another process", interrupted)
}

// without returns the records that a deletion leaves, and how many it takes.
func without(records []logbase.Record, p aggregate.Period, upTo int64) (left []logbase.Record, removed int64) {
	for _, r := range records {
		if r.ID <= upTo && p.Contains(r.Time) {
			removed++
			continue
		}
		left = append(left, r)
	}
	return left, removed
}

// ended waits until no deletion is running, and returns the audit.
func ended(t *testing.T, s *sqlitestore.Store) []logbase.Deletion {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		list, err := s.Deletions(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 || list[0].Done {
			return list
		}
		time.Sleep(time.Millisecond) // there is nothing to wait on
	}
}
