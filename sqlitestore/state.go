package sqlitestore

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// keyID is the number of an [aggregate.Key] in the file.
type keyID = int32

// dayKey names one sum.
type dayKey struct {
	day aggregate.Day
	key keyID
}

// idRange is the record IDs from first to last, both included. The zero range
// is empty.
type idRange struct{ first, last int64 }

func (r idRange) has(id int64) bool { return r.first <= id && id <= r.last }

// with returns the range widened to hold o.
func (r idRange) with(o idRange) idRange {
	if r == (idRange{}) {
		return o
	}
	return idRange{min(r.first, o.first), max(r.last, o.last)}
}

// state is what the store knows of the file without asking. It equals what was
// last committed.
//
// Records have no index by time, which would cost more than all else of an
// append. The range of the IDs of each day, which are given in the order of
// receipt, serves for one: one hour of two million records takes 0.9 ms so, 18 ms
// without; the real volume is thirty times that (decision 21).
type state struct {
	cube   *aggregate.Cube
	keys   []aggregate.Key // by number, which begin at 1; only ever appended to
	keyIDs map[aggregate.Key]keyID
	days   map[aggregate.Day]idRange
	months map[month]idRange // of each table of records
	lastID int64
}

// load reads the state of the file.
func load(c *sqlite.Conn, loc *time.Location) (*state, error) {
	s := &state{
		cube:   &aggregate.Cube{Location: loc},
		keys:   make([]aggregate.Key, 1),
		keyIDs: make(map[aggregate.Key]keyID),
		days:   make(map[aggregate.Day]idRange),
		months: make(map[month]idRange),
	}
	var err error
	if s.lastID, err = oneInt(c, "SELECT value FROM meta WHERE name = 'last_id'"); err != nil {
		return nil, err
	}
	if err := s.loadKeys(c); err != nil {
		return nil, err
	}
	if err := s.loadSums(c); err != nil {
		return nil, err
	}
	err = each(c, "SELECT day, first, last FROM days", func(row *sqlite.Stmt) error {
		s.days[aggregate.Day(row.ColumnInt32(0))] = idRange{row.ColumnInt64(1), row.ColumnInt64(2)}
		return nil
	})
	if err != nil {
		return nil, err
	}
	months, err := recordTables(c)
	for _, m := range months {
		s.months[m] = idRange{}
	}
	for d, r := range s.days {
		m := monthOf(d)
		s.months[m] = s.months[m].with(r)
	}
	return s, err
}

func (s *state) loadKeys(c *sqlite.Conn) error {
	shared := make(map[string]string) // a client's name repeats in all its keys
	text := func(row *sqlite.Stmt, col int) string {
		t := row.ColumnText(col)
		if known, ok := shared[t]; ok {
			return known
		}
		shared[t] = t
		return t
	}
	const q = "SELECT id, client, method, operation, bank, country, error FROM keys ORDER BY id"
	return each(c, q, func(row *sqlite.Stmt) error {
		id := row.ColumnInt64(0)
		if id != int64(len(s.keys)) {
			return fmt.Errorf("%w: key %d is in the place of %d", ErrCorrupt, id, len(s.keys))
		}
		key := aggregate.Key{
			ClientID:  text(row, 1),
			Method:    text(row, 2),
			Operation: event.Operation(text(row, 3)),
			Bank:      text(row, 4),
			Country:   text(row, 5),
			ErrorCode: text(row, 6),
		}
		s.keys = append(s.keys, key)
		s.keyIDs[key] = keyID(id)
		return nil
	})
}

func (s *state) loadSums(c *sqlite.Conn) error {
	var (
		day  aggregate.Day
		sums []aggregate.Sum
	)
	err := each(c, "SELECT day, key, n FROM sums ORDER BY day, key", func(row *sqlite.Stmt) error {
		d := aggregate.Day(row.ColumnInt32(0))
		key, err := keyAt(s.keys, row.ColumnInt64(1))
		if err != nil {
			return err
		}
		if d != day {
			s.cube.Replace(day, sums)
			day, sums = d, sums[:0]
		}
		sums = append(sums, aggregate.Sum{Key: key, Count: row.ColumnInt64(2)})
		return nil
	})
	s.cube.Replace(day, sums)
	return err
}

// keyAt returns the key with a number that stood in the file.
func keyAt(keys []aggregate.Key, id int64) (aggregate.Key, error) {
	if id < 1 || id >= int64(len(keys)) {
		return aggregate.Key{}, fmt.Errorf("%w: unknown key %d", ErrCorrupt, id)
	}
	return keys[id], nil
}

// scan is a part of a table in which to look for records.
type scan struct {
	month month
	ids   idRange
}

// scans says where the records of p may be, by month and then by ID, in parts
// that do not overlap. Days in skip are left out; it may be nil.
func (s *state) scans(p aggregate.Period, loc *time.Location, skip map[aggregate.Day]bool) []scan {
	first, last := daysOf(p, loc)
	var all []scan
	for d, ids := range s.days {
		if first <= d && d <= last && !skip[d] {
			all = append(all, scan{monthOf(d), ids})
		}
	}
	slices.SortFunc(all, func(a, b scan) int {
		return cmp.Or(cmp.Compare(a.month, b.month), cmp.Compare(a.ids.first, b.ids.first))
	})
	joined := all[:0]
	for _, next := range all {
		if n := len(joined) - 1; n >= 0 && joined[n].month == next.month && next.ids.first <= joined[n].ids.last+1 {
			joined[n].ids = joined[n].ids.with(next.ids)
			continue
		}
		joined = append(joined, next)
	}
	return joined
}

// daysOf returns the first and the last civil day of loc that p may touch.
func daysOf(p aggregate.Period, loc *time.Location) (first, last aggregate.Day) {
	first, last = math.MinInt32, math.MaxInt32
	if !p.From().IsZero() {
		first = aggregate.DayOf(p.From(), loc)
	}
	if !p.To().IsZero() {
		last = aggregate.DayOf(p.To().Add(-1), loc)
	}
	return first, last
}
