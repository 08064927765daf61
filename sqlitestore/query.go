package sqlitestore

import (
	"context"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Sums answers q: what [aggregate.Count] would say of the records kept. A query
// that whole days can answer is answered from memory; hours and expressions
// take the records of the time concerned. Errors carry ERR-02.
func (s *Store) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	if err := s.alive(ctx); err != nil {
		return nil, fail(ctx, logbase.ReadFailed, "sums", err)
	}
	if s.byDays(q) {
		s.view.RLock()
		defer s.view.RUnlock()
		rows := s.state.cube.Rows(q)
		return rows, nil
	}
	rows, err := s.count(ctx, q)
	return rows, fail(ctx, logbase.ReadFailed, "sums", err)
}

// byDays reports whether the sums by day can answer q. Days of another zone
// than the store's own are none that it has sums of.
func (s *Store) byDays(q aggregate.Query) bool {
	if !q.ByDays() {
		return false
	}
	return s.sameZone(q.Period) || (q.Period.Everything() && q.Step == aggregate.Whole)
}

func (s *Store) sameZone(p aggregate.Period) bool {
	loc := p.Location()
	return loc == s.opts.Location || (loc.String() == s.opts.Location.String() && loc.String() != "")
}

// count answers q from the records, as far as it must.
func (s *Store) count(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	var rows []aggregate.Row
	plan := s.plan(q)
	look := func(st *state) []section {
		for _, days := range plan.whole {
			whole := q
			whole.Period = days
			part := st.cube.Rows(whole) // whole days in the store's zone
			rows = aggregate.Merge(rows, part)
		}
		return st.sections(q.Period, s.opts.Location, plan.hours)
	}
	err := s.read(ctx, look, func(snap *snapshot) error {
		c := counter{step: q.Step, loc: q.Period.Location(), counts: make(map[stepKind]int64)}
		cal := calendar{loc: s.opts.Location}
		err := snap.scan(newMatcher(q.Period), func(m month, t instant, k kind) {
			// Records of settled days may lie among those that are read.
			if day, _ := cal.at(t.time()); !plan.settled[day] {
				c.add(m, t, k)
			}
		})
		if err != nil {
			return err
		}
		rows = aggregate.Merge(rows, c.rows(snap.keys, q))
		return nil
	})
	return rows, err
}

// counter counts records by step and kind; the texts of a kind are only looked
// at when the rows are made.
type counter struct {
	step     aggregate.Unit
	loc      *time.Location
	from, to int64 // the step of the last record: from ≤ Unix time < to
	start    int64 // its beginning, in Unix time
	counts   map[stepKind]int64
}

type stepKind struct {
	start int64
	kind  kind
}

func (c *counter) add(m month, t instant, k kind) {
	if c.step != aggregate.Whole && (t.sec < c.from || t.sec >= c.to) {
		start := c.step.Start(t.time().In(c.loc))
		c.start = start.Unix()
		c.from, c.to = 0, 0
		if m != odd { // far from our time clocks differ by minutes and seconds
			c.from, c.to = c.start, c.step.Add(start, 1).Unix()
		}
	}
	c.counts[stepKind{c.start, k}]++
}

func (c *counter) rows(keys []aggregate.Key, q aggregate.Query) []aggregate.Row {
	rows := make([]aggregate.Row, 0, len(c.counts))
	for sk, n := range c.counts {
		if !q.Filter.Match(keys[sk.kind]) {
			continue
		}
		r := aggregate.Row{Key: keys[sk.kind], Count: n}
		if q.Step != aggregate.Whole {
			r.Start = time.Unix(sk.start, 0).In(c.loc)
		}
		rows = append(rows, r)
	}
	return aggregate.Regroup(rows, q.By)
}
