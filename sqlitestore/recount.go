package sqlitestore

import (
	"context"
	"slices"

	"zombiezen.com/go/sqlite"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Recount makes the sums of the days that p touches from the records, and
// returns how many sums were wrong: too high, too low, missing or left over.
// It is 0 unless somebody else has changed the file. Appending goes on between
// two days.
//
// Errors carry ERR-05, or ERR-07 and [logbase.ErrPeriod] for an expression.
func (s *Store) Recount(ctx context.Context, p aggregate.Period) (changed int64, err error) {
	if err := s.alive(ctx); err != nil {
		return 0, fail(ctx, logbase.CodeWriteFailed, "recount", err)
	}
	if p.Expr() != nil {
		return 0, fail(ctx, logbase.CodeWriteFailed, "recount", logbase.ErrPeriod)
	}
	days, err := s.daysToRecount(ctx, p)
	if err != nil {
		return 0, fail(ctx, logbase.CodeWriteFailed, "recount", err)
	}
	for _, day := range days {
		n, err := s.recountDay(ctx, day)
		if err != nil {
			return changed, fail(ctx, logbase.CodeWriteFailed, "recount", err)
		}
		changed += n
	}
	if changed > 0 {
		s.opts.Logger.Warn("log base: a recount has mended sums", "period", p.String(), "sums", changed)
	}
	return changed, nil
}

// daysToRecount lists the days of p that have records, or sums that stand alone.
func (s *Store) daysToRecount(ctx context.Context, p aggregate.Period) ([]aggregate.Day, error) {
	if p.Bounded() && !p.From().Before(p.To()) {
		return nil, s.alive(ctx)
	}
	days := s.daysHeld()
	err := s.read(ctx, func(*state) []scan { return nil }, func(snap *snapshot) error {
		return each(snap.conn, "SELECT DISTINCT day FROM sums", func(row *sqlite.Stmt) error {
			days = append(days, aggregate.Day(row.ColumnInt32(0)))
			return nil
		})
	})
	first, last := daysOf(p, s.opts.Location)
	days = slices.DeleteFunc(days, func(d aggregate.Day) bool { return d < first || d > last })
	slices.Sort(days)
	return slices.Compact(days), err
}

// recountDay mends the sums of a day.
func (s *Store) recountDay(ctx context.Context, day aggregate.Day) (changed int64, err error) {
	err = s.write(ctx, func(c *sqlite.Conn) (func(*state), error) {
		want, err := s.countDay(c, day)
		if err != nil {
			return nil, err
		}
		have := make(map[keyID]int64)
		err = each(c, "SELECT key, n FROM sums WHERE day = ?", func(row *sqlite.Stmt) error {
			have[row.ColumnInt32(0)] = row.ColumnInt64(1)
			return nil
		}, int64(day))
		if err != nil {
			return nil, err
		}
		changed, err = mendSums(c, day, have, want)
		return func(st *state) {
			sums := make([]aggregate.Sum, 0, len(want))
			for k, n := range want {
				sums = append(sums, aggregate.Sum{Key: st.keys[k], Count: n})
			}
			st.cube.Replace(day, sums)
		}, err
	})
	return changed, err
}

// countDay counts the records of a day.
func (s *Store) countDay(c *sqlite.Conn, day aggregate.Day) (map[keyID]int64, error) {
	p := aggregate.Between(day.Start(s.opts.Location), (day + 1).Start(s.opts.Location), s.opts.Location)
	snap := &snapshot{conn: c, keys: s.state.keys, scans: s.state.scans(p, s.opts.Location, nil)}
	counts := make(map[keyID]int64)
	err := snap.each(p, func(_ instant, k keyID) { counts[k]++ })
	return counts, err
}

// mendSums writes the sums of a day that differ, and returns how many did.
func mendSums(c *sqlite.Conn, day aggregate.Day, have, want map[keyID]int64) (changed int64, err error) {
	for k, n := range want {
		if have[k] == n {
			continue
		}
		changed++
		if err := exec(c, "INSERT OR REPLACE INTO sums (day, key, n) VALUES (?, ?, ?)", int64(day), int64(k), n); err != nil {
			return 0, err
		}
	}
	for k := range have {
		if want[k] > 0 {
			continue
		}
		changed++
		if err := exec(c, "DELETE FROM sums WHERE day = ? AND key = ?", int64(day), int64(k)); err != nil {
			return 0, err
		}
	}
	return changed, nil
}
