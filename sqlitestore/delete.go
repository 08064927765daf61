package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Delete removes the records of a bounded period whose IDs are at most d.UpTo,
// and returns how many it removed. The audit knows of it before the first
// record goes.
//
// Records go in transactions of [Options.DeleteBatch], with a pause between,
// so that Append is not held up; a month that goes as a whole is one
// transaction. An end of ctx, a crash or an error stops it between two of them:
// what is left goes when the store is opened the next time.
//
// Errors carry ERR-06, or ERR-07 and [logbase.ErrPeriod] for a period that is not
// bounded, of which the audit learns nothing.
func (s *Store) Delete(ctx context.Context, d logbase.Deletion) (int64, error) {
	if !d.Period.Bounded() {
		return 0, fail(ctx, logbase.DeleteFailed, "delete", logbase.ErrPeriod)
	}
	job := deletion{Deletion: d}
	err := s.write(ctx, func(c *sqlite.Conn) (func(*state), error) {
		var err error
		job.id, err = record(c, d)
		return nil, err
	})
	if err != nil {
		return 0, fail(ctx, logbase.DeleteFailed, "delete: write the audit", err)
	}
	n, err := s.carryOut(ctx, job)
	return n, fail(ctx, logbase.DeleteFailed, "delete", err)
}

// resume goes on with the deletions that were begun and not ended.
func (s *Store) resume(jobs []deletion) {
	for _, job := range jobs {
		log := s.opts.Logger.With("period", job.Period.String(), "removed_before", job.Records)
		log.Info("log base: a deletion is resumed")
		n, err := s.carryOut(s.closing, job)
		if err != nil {
			log.Error("log base: a deletion could not be ended", "removed", n, "err", err)
			continue
		}
		log.Info("log base: a deletion has ended", "removed", n)
	}
}

// carryOut removes the records of a deletion that is in the audit.
func (s *Store) carryOut(ctx context.Context, job deletion) (removed int64, err error) {
	s.view.RLock()
	parts := s.state.sections(job.Period, s.opts.Location, nil)
	s.view.RUnlock()
	for _, part := range parts {
		n, dropped, err := s.dropMonth(ctx, job, part.month)
		removed += n
		if err != nil {
			return removed, err
		}
		if dropped {
			continue
		}
		n, err = s.thin(ctx, job, part)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, s.write(ctx, func(c *sqlite.Conn) (func(*state), error) {
		cleaned, err := s.tidy(c, parts)
		if err != nil {
			return nil, err
		}
		return cleaned, exec(c, "UPDATE deletions SET done = 1 WHERE id = ?", job.id)
	})
}

// dropMonth drops the table of a month of which nothing would be left.
func (s *Store) dropMonth(ctx context.Context, job deletion, m month) (n int64, dropped bool, err error) {
	if m == odd {
		return 0, false, nil
	}
	from, to := m.bounds(s.opts.Location)
	if from.Before(job.Period.From()) || to.After(job.Period.To()) {
		return 0, false, nil
	}
	first, last := s.days(from, to)
	err = s.write(ctx, func(c *sqlite.Conn) (func(*state), error) {
		if !s.state.tables[m] || s.state.ids[m].last > job.UpTo {
			return nil, nil // a newer record has come
		}
		if n, err = oneInt(c, "SELECT sum(n) FROM sums WHERE day BETWEEN ? AND ?", int64(first), int64(last)); err != nil {
			return nil, err
		}
		if err := exec(c, "UPDATE deletions SET records = records + ? WHERE id = ?", n, job.id); err != nil {
			return nil, err
		}
		dropped = true
		return dropTable(c, m, first, last)
	})
	if err != nil {
		return 0, false, err
	}
	return n, dropped, nil
}

// days are the civil days of the time from one instant up to another.
func (s *Store) days(from, to time.Time) (first, last aggregate.Day) {
	return aggregate.DayOf(from, s.opts.Location), aggregate.DayOf(to.Add(-1), s.opts.Location)
}

// dropTable drops the records of a month with their sums and spans.
func dropTable(c *sqlite.Conn, m month, first, last aggregate.Day) (func(*state), error) {
	err := errors.Join(
		exec(c, "DELETE FROM sums WHERE day BETWEEN ? AND ?", int64(first), int64(last)),
		exec(c, "DELETE FROM spans WHERE month = ?", int64(m)),
		runScript(c, m.sql("DROP TABLE records_%d")),
	)
	return func(s *state) {
		s.cube.Drop(first, last)
		delete(s.tables, m)
		delete(s.spans, m)
		delete(s.ids, m)
	}, err
}

// thin removes the records of a deletion from a table that stays.
func (s *Store) thin(ctx context.Context, job deletion, part section) (removed int64, err error) {
	match := newMatcher(job.Period)
	for _, r := range part.ranges {
		r.last = min(r.last, job.UpTo)
		for r.first <= r.last {
			n, next, err := s.thinBatch(ctx, job, part.month, r, match)
			removed += n
			if err != nil {
				return removed, err
			}
			r.first = next
			if n > 0 {
				if err := s.pause(ctx); err != nil {
					return removed, err
				}
			}
		}
	}
	return removed, nil
}

// thinBatch looks at the next records of a range, removes those of the
// deletion, and returns where to go on.
func (s *Store) thinBatch(ctx context.Context, job deletion, m month, r idRange, match *matcher) (n, next int64, err error) {
	err = s.write(ctx, func(c *sqlite.Conn) (func(*state), error) {
		n, next = 0, r.last+1
		if !s.state.tables[m] {
			return nil, nil // another deletion dropped it
		}
		cal := calendar{loc: s.opts.Location}
		sums := make(map[dayKind]int64)
		var runs []idRange // of records that go, with none between that stays
		seen, running := 0, false
		q := m.sql("SELECT id, sec, nano, kind FROM records_%d WHERE id BETWEEN ? AND ? LIMIT ?")
		err := each(c, q, func(row *sqlite.Stmt) error {
			id, t := row.ColumnInt64(0), instant{row.ColumnInt64(1), row.ColumnInt64(2)}
			if seen++; seen == s.opts.DeleteBatch {
				next = id + 1
			}
			if !match.contains(t) {
				running = false
				return nil
			}
			if !running {
				runs = append(runs, idRange{first: id})
			}
			running, runs[len(runs)-1].last = true, id
			day, _ := cal.at(t.time())
			sums[dayKind{day, row.ColumnInt32(3)}]++
			n++
			return nil
		}, r.first, r.last, s.opts.DeleteBatch)
		if err != nil || n == 0 {
			return nil, err
		}
		for _, run := range runs {
			if err := exec(c, m.sql("DELETE FROM records_%d WHERE id BETWEEN ? AND ?"), run.first, run.last); err != nil {
				return nil, err
			}
		}
		if err := lowerSums(c, sums); err != nil {
			return nil, err
		}
		return func(st *state) {
			for dk, n := range sums {
				st.cube.Add(dk.day, st.keys[dk.kind], -n)
			}
		}, exec(c, "UPDATE deletions SET records = records + ? WHERE id = ?", n, job.id)
	})
	if err != nil {
		n = 0
	}
	return n, next, err
}

// lowerSums takes records that are gone off the sums.
func lowerSums(c *sqlite.Conn, sums map[dayKind]int64) error {
	for _, dk := range sortedSums(sums) {
		day, k, n := int64(dk.day), int64(dk.kind), sums[dk]
		if err := exec(c, "DELETE FROM sums WHERE day = ? AND kind = ? AND n = ?", day, k, n); err != nil {
			return err
		}
		if c.Changes() == 1 {
			continue
		}
		if err := exec(c, "UPDATE sums SET n = n - ? WHERE day = ? AND kind = ?", n, day, k); err != nil {
			return err
		}
		if c.Changes() != 1 {
			return fmt.Errorf("%w: no sum of day %s for a record of kind %d; a recount mends it", ErrCorrupt, dk.day, k)
		}
	}
	return nil
}

// tidy drops the tables that a deletion has left empty.
func (s *Store) tidy(c *sqlite.Conn, parts []section) (func(*state), error) {
	var changes []func(*state)
	for _, part := range parts {
		if part.month == odd || !s.state.tables[part.month] {
			continue
		}
		first, last := s.days(part.month.bounds(s.opts.Location))
		left, err := oneInt(c, "SELECT 1 FROM sums WHERE day BETWEEN ? AND ? LIMIT 1", int64(first), int64(last))
		if err != nil {
			return nil, err
		}
		if left == 0 {
			change, err := dropTable(c, part.month, first, last)
			if err != nil {
				return nil, err
			}
			changes = append(changes, change)
		}
	}
	return func(st *state) {
		for _, change := range changes {
			change(st)
		}
	}, nil
}

// pause leaves the file to others for a moment.
func (s *Store) pause(ctx context.Context) error {
	if s.opts.DeletePause < 0 {
		return nil
	}
	t := time.NewTimer(s.opts.DeletePause)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing.Done():
		return logbase.ErrClosed
	}
}
