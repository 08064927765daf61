package sqlitestore

import (
	"context"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// Sums answers q: what [aggregate.Count] would say of the records kept. A query
// that whole days can answer is answered from memory; hours and expressions
// take the records of the time concerned. Errors carry ERR-02.
func (s *Store) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	if err := s.alive(ctx); err != nil {
		return nil, fail(ctx, event.ReadFailed, "sums", err)
	}
	if s.byDays(q) {
		s.view.RLock()
		defer s.view.RUnlock()
		rows, _ := s.state.cube.Rows(q) // byDays has made sure that it can
		return rows, nil
	}
	rows, err := s.count(ctx, q)
	return rows, fail(ctx, event.ReadFailed, "sums", err)
}

// byDays reports whether the sums by day can answer q. Days of another zone
// than the store's own are none that it has sums of.
func (s *Store) byDays(q aggregate.Query) bool {
	if !q.ByDays() {
		return false
	}
	return q.Period.Location().String() == s.opts.Location.String() ||
		(q.Period.Everything() && q.Step == aggregate.Whole)
}

// count answers q from the records.
func (s *Store) count(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	var rows []aggregate.Row
	err := s.read(ctx, q.Period, nil, func(snap *snapshot) error {
		c := counter{step: q.Step, loc: q.Period.Location(), counts: make(map[stepKind]int64)}
		if err := snap.scan(newMatcher(q.Period), c.add); err != nil {
			return err
		}
		rows = c.rows(snap.keys, q)
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
