package sqlitestore

import (
	"context"
	"math"
	"slices"
	"time"

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
	if p.Expr() != nil {
		return 0, fail(ctx, logbase.WriteFailed, "recount", logbase.ErrPeriod)
	}
	spells, err := s.spells(ctx, p)
	if err != nil {
		return 0, fail(ctx, logbase.WriteFailed, "recount", err)
	}
	for _, days := range spells {
		n, err := s.recount(ctx, days)
		if err != nil {
			return changed, fail(ctx, logbase.WriteFailed, "recount", err)
		}
		changed += n
	}
	if changed > 0 {
		s.opts.Logger.Warn("log base: a recount has mended sums", "period", p.String(), "sums", changed)
	}
	return changed, nil
}

// spell is the days from first to last, which are recounted together.
type spell struct{ first, last aggregate.Day }

// Days in the table for odd times are recounted together, since they have no
// spans of their own. No event can have a time near these ends.
const (
	firstDay = aggregate.Day(math.MinInt32 / 2)
	lastDay  = aggregate.Day(math.MaxInt32 / 2)
)

// spells divides the days of p: one for each that has records or sums, one for
// all before and one for all after the months that have tables.
func (s *Store) spells(ctx context.Context, p aggregate.Period) ([]spell, error) {
	if err := s.alive(ctx); err != nil {
		return nil, err
	}
	if p.Bounded() && !p.From().Before(p.To()) {
		return nil, nil
	}
	loc := s.opts.Location
	from, to := firstDay, lastDay
	if !p.From().IsZero() {
		from = aggregate.DayOf(p.From(), loc)
	}
	if !p.To().IsZero() {
		to = aggregate.DayOf(p.To().Add(-1), loc)
	}
	begin, end := aggregate.Date(firstYear, time.January, 1), aggregate.Date(lastYear+1, time.January, 1)
	days := map[aggregate.Day]bool{}
	err := s.read(ctx, func(*state) []section { return nil }, func(snap *snapshot) error {
		return each(snap.conn, "SELECT DISTINCT day FROM sums WHERE day BETWEEN ? AND ?", func(row *sqlite.Stmt) error {
			days[aggregate.Day(row.ColumnInt32(0))] = true
			return nil
		}, int64(max(from, begin)), int64(min(to, end-1)))
	})
	if err != nil {
		return nil, err
	}
	s.view.RLock()
	for m, spans := range s.state.spans {
		if m == odd {
			continue
		}
		for h := range spans {
			for _, sec := range []int64{h * secondsPerHour, (h+1)*secondsPerHour - 1} {
				if d := aggregate.DayOf(time.Unix(sec, 0), loc); from <= d && d <= to {
					days[d] = true
				}
			}
		}
	}
	s.view.RUnlock()
	var spells []spell
	if from < begin {
		spells = append(spells, spell{firstDay, begin - 1})
	}
	for d := range days {
		spells = append(spells, spell{d, d})
	}
	if to >= end {
		spells = append(spells, spell{end, lastDay})
	}
	slices.SortFunc(spells, func(a, b spell) int { return int(a.first - b.first) })
	return spells, nil
}

// period is the time in which the records of the days are.
func (d spell) period(loc *time.Location) aggregate.Period {
	var from, to time.Time
	if d.first > firstDay {
		from = d.first.Start(loc)
	}
	if d.last < lastDay {
		to = (d.last + 1).Start(loc)
	}
	return aggregate.Between(from, to, loc)
}

// recount mends the sums of some days.
func (s *Store) recount(ctx context.Context, days spell) (changed int64, err error) {
	err = s.write(ctx, func(c *sqlite.Conn) (func(*state), error) {
		want, err := s.countDays(c, days)
		if err != nil {
			return nil, err
		}
		have, err := heldSums(c, days)
		if err != nil {
			return nil, err
		}
		changed, err = mendSums(c, have, want)
		return func(st *state) {
			sums := make(map[aggregate.Day][]aggregate.Sum)
			for dk, n := range want {
				sums[dk.day] = append(sums[dk.day], aggregate.Sum{Key: st.keys[dk.kind], Count: n})
			}
			st.cube.Drop(days.first, days.last)
			for day, sums := range sums {
				st.cube.Replace(day, sums)
			}
		}, err
	})
	return changed, err
}

// countDays counts the records of some days.
func (s *Store) countDays(c *sqlite.Conn, days spell) (map[dayKind]int64, error) {
	p := days.period(s.opts.Location)
	snap := &snapshot{conn: c, keys: s.state.keys, part: s.state.sections(p, s.opts.Location, nil)}
	cal := calendar{loc: s.opts.Location}
	counts := make(map[dayKind]int64)
	err := snap.scan(newMatcher(aggregate.Period{}), func(_ month, t instant, k kind) {
		if d, _ := cal.at(t.time()); days.first <= d && d <= days.last {
			counts[dayKind{d, k}]++
		}
	})
	return counts, err
}

// heldSums reads the sums of some days.
func heldSums(c *sqlite.Conn, days spell) (map[dayKind]int64, error) {
	sums := make(map[dayKind]int64)
	err := each(c, "SELECT day, kind, n FROM sums WHERE day BETWEEN ? AND ?", func(row *sqlite.Stmt) error {
		sums[dayKind{aggregate.Day(row.ColumnInt32(0)), row.ColumnInt32(1)}] = row.ColumnInt64(2)
		return nil
	}, int64(days.first), int64(days.last))
	return sums, err
}

// mendSums writes the sums that differ, and returns how many did.
func mendSums(c *sqlite.Conn, have, want map[dayKind]int64) (changed int64, err error) {
	for dk, n := range want {
		if have[dk] == n {
			continue
		}
		changed++
		const q = "INSERT OR REPLACE INTO sums (day, kind, n) VALUES (?, ?, ?)"
		if err := exec(c, q, int64(dk.day), int64(dk.kind), n); err != nil {
			return 0, err
		}
	}
	for dk := range have {
		if want[dk] > 0 {
			continue
		}
		changed++
		if err := exec(c, "DELETE FROM sums WHERE day = ? AND kind = ?", int64(dk.day), int64(dk.kind)); err != nil {
			return 0, err
		}
	}
	return changed, nil
}
