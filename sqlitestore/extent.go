package sqlitestore

import (
	"context"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Extent says what a deletion of p would remove at this moment. Any period may
// be asked about. Errors carry ERR-02.
func (s *Store) Extent(ctx context.Context, p aggregate.Period) (logbase.Extent, error) {
	var extent logbase.Extent
	byDays := s.byDays(aggregate.Query{Period: p})
	look := func(st *state) []section {
		extent.UpTo = st.lastID
		if !byDays {
			return st.sections(p, s.opts.Location, nil)
		}
		// The sums know how many there are; the first and the last record are
		// looked for on the first and the last day.
		q := aggregate.Query{Period: aggregate.Between(p.From(), p.To(), s.opts.Location), Step: aggregate.EachDay}
		rows := st.cube.Rows(q)
		for _, r := range rows {
			extent.Records += r.Count
		}
		var edges []section
		for i, r := range rows {
			if i == 0 || i == len(rows)-1 {
				day := aggregate.Of(aggregate.EachDay, r.Start, s.opts.Location)
				edges = append(edges, st.sections(day, s.opts.Location, nil)...)
			}
		}
		return edges
	}
	err := s.read(ctx, look, func(snap *snapshot) error {
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
		return logbase.Extent{}, fail(ctx, logbase.ReadFailed, "extent", err)
	}
	return extent, nil
}
