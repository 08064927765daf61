package sqlitestore

import (
	"context"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// Extent says what a deletion of p would remove at this moment. Any period may
// be asked about. Errors carry ERR-02.
func (s *Store) Extent(ctx context.Context, p aggregate.Period) (aggregate.Extent, error) {
	var (
		extent aggregate.Extent
		edges  []section // where the oldest and the newest record are; nil when that is not known
	)
	byDays := s.byDays(aggregate.Query{Period: p})
	take := func(st *state) {
		extent.UpTo = st.lastID
		if !byDays {
			return
		}
		whole := p // everything may come in another zone
		if p.Everything() {
			whole = aggregate.Between(time.Time{}, time.Time{}, s.opts.Location)
		}
		rows, _ := st.cube.Rows(aggregate.Query{Period: whole, Step: aggregate.EachDay})
		for _, r := range rows {
			extent.Records += r.Count
		}
		if len(rows) > 0 {
			edges = s.day(st, rows[0].Start)
			if last := rows[len(rows)-1].Start; !last.Equal(rows[0].Start) {
				edges = append(edges, s.day(st, last)...)
			}
		}
	}
	err := s.read(ctx, p, take, func(snap *snapshot) error {
		if byDays {
			snap.part = edges
		}
		return snap.scan(newMatcher(p), func(_ month, t instant, _ kind) {
			if !byDays {
				extent.Records++
			}
			at := t.time().In(p.Location())
			if extent.First.IsZero() || at.Before(extent.First) {
				extent.First = at
			}
			if extent.Last.IsZero() || at.After(extent.Last) {
				extent.Last = at
			}
		})
	})
	if err != nil {
		return aggregate.Extent{}, fail(ctx, event.ReadFailed, "extent", err)
	}
	return extent, nil
}

// day returns where the records of the civil day that begins at start may be.
func (s *Store) day(st *state, start time.Time) []section {
	return st.sections(aggregate.Of(aggregate.EachDay, start, s.opts.Location), s.opts.Location)
}
