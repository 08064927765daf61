package sqlitestore

import (
	"fmt"

	"zombiezen.com/go/sqlite"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// kind is the number of an [aggregate.Key] in the file.
type kind = int32

// idRange is the record IDs from first to last, both included.
type idRange struct{ first, last int64 }

func (r idRange) has(id int64) bool { return r.first <= id && id <= r.last }

// with returns the range widened to hold o. The zero range is empty.
func (r idRange) with(o idRange) idRange {
	if r == (idRange{}) {
		return o
	}
	return idRange{min(r.first, o.first), max(r.last, o.last)}
}

// hours are the spans of one month.
type hours map[int64]idRange

// state is what the store knows of the file without asking. It equals what was
// last committed.
type state struct {
	cube   *aggregate.Cube
	keys   []aggregate.Key // by kind; only ever appended to
	kinds  map[aggregate.Key]kind
	spans  map[month]hours
	ids    map[month]idRange // of all hours of the month
	tables map[month]bool
	lastID int64
}

// load reads the state of the file.
func load(c *sqlite.Conn) (*state, error) {
	s := &state{
		cube:   &aggregate.Cube{},
		keys:   make([]aggregate.Key, 1), // kinds begin at 1
		kinds:  make(map[aggregate.Key]kind),
		spans:  make(map[month]hours),
		ids:    make(map[month]idRange),
		tables: make(map[month]bool),
	}
	months, err := recordTables(c)
	if err != nil {
		return nil, err
	}
	for _, m := range months {
		s.tables[m] = true
	}
	if s.lastID, err = oneInt(c, "SELECT value FROM meta WHERE name = 'last_id'"); err != nil {
		return nil, err
	}
	if err := s.loadKinds(c); err != nil {
		return nil, err
	}
	if err := s.loadSums(c); err != nil {
		return nil, err
	}
	return s, s.loadSpans(c)
}

func (s *state) loadKinds(c *sqlite.Conn) error {
	shared := make(map[string]string) // a client's name repeats in all its kinds
	text := func(row *sqlite.Stmt, col int) string {
		t := row.ColumnText(col)
		if known, ok := shared[t]; ok {
			return known
		}
		shared[t] = t
		return t
	}
	const q = "SELECT id, client, method, operation, bank, country, error FROM kinds ORDER BY id"
	return each(c, q, func(row *sqlite.Stmt) error {
		k := row.ColumnInt32(0)
		// Numbers of kinds that were pruned stay unused, at a slot each.
		for int(k) >= len(s.keys) {
			s.keys = append(s.keys, aggregate.Key{})
		}
		s.keys[k] = aggregate.Key{
			ClientID:  text(row, 1),
			Method:    text(row, 2),
			Operation: event.Operation(text(row, 3)),
			Bank:      text(row, 4),
			Country:   text(row, 5),
			ErrorCode: text(row, 6),
		}
		s.kinds[s.keys[k]] = k
		return nil
	})
}

func (s *state) loadSums(c *sqlite.Conn) error {
	var (
		day  aggregate.Day
		sums []aggregate.Sum
	)
	err := each(c, "SELECT day, kind, n FROM sums ORDER BY day, kind", func(row *sqlite.Stmt) error {
		d, k := aggregate.Day(row.ColumnInt32(0)), row.ColumnInt64(1)
		if k < 1 || k >= int64(len(s.keys)) {
			return fmt.Errorf("%w: a sum of unknown kind %d", ErrCorrupt, k)
		}
		if d != day {
			s.cube.Replace(day, sums)
			day, sums = d, sums[:0]
		}
		sums = append(sums, aggregate.Sum{Key: s.keys[k], Count: row.ColumnInt64(2)})
		return nil
	})
	s.cube.Replace(day, sums)
	return err
}

func (s *state) loadSpans(c *sqlite.Conn) error {
	return each(c, "SELECT month, hour, first, last FROM spans", func(row *sqlite.Stmt) error {
		s.widen(month(row.ColumnInt32(0)), row.ColumnInt64(1), idRange{row.ColumnInt64(2), row.ColumnInt64(3)})
		return nil
	})
}

// widen makes the span of an hour hold r.
func (s *state) widen(m month, hour int64, r idRange) {
	if s.spans[m] == nil {
		s.spans[m] = make(hours)
	}
	s.spans[m][hour] = s.spans[m][hour].with(r)
	s.ids[m] = s.ids[m].with(r)
}
