package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Delete removes the records of a bounded period whose IDs are at most d.UpTo,
// and returns how many it removed. The audit knows of it before the first
// record goes.
//
// Records go in transactions of some thousands, with a pause between, so that
// Append is not held up; a month that goes as a whole is one transaction. An end
// of ctx, a crash or an error stops it between two of them: what is left goes
// when the store is opened the next time.
//
// Errors carry ERR-06, or ERR-07 and [logbase.ErrPeriod] for a period that is not
// bounded, of which the audit learns nothing.
func (s *Store) Delete(ctx context.Context, d logbase.Deletion) (int64, error) {
	err := s.alive(ctx)
	if err == nil && !d.Period.Bounded() {
		err = logbase.ErrPeriod
	}
	if err != nil {
		return 0, fail(ctx, logbase.CodeDeleteFailed, "delete", err)
	}
	job := deletion{Deletion: d}
	err = s.write(ctx, func(c *sqlite.Conn) (_ func(*state), err error) {
		job.id, err = insertDeletion(c, d)
		return nil, err
	})
	if err != nil {
		return 0, fail(ctx, logbase.CodeDeleteFailed, "delete: write the audit", err)
	}
	n, err := s.carryOut(ctx, job)
	return n, fail(ctx, logbase.CodeDeleteFailed, "delete", err)
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

// carryOut removes the records of a deletion that is in the audit: first the
// months of which nothing would be left, then what else is in the period.
func (s *Store) carryOut(ctx context.Context, job deletion) (removed int64, err error) {
	for _, m := range s.monthsWithin(job.Period) {
		n, err := s.deleteMonth(ctx, job, m)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	s.view.RLock()
	scans := s.state.scans(job.Period, s.opts.Location, nil)
	s.view.RUnlock()
	for _, part := range scans {
		n, err := s.deleteScan(ctx, job, part)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, s.write(ctx, func(c *sqlite.Conn) (func(*state), error) {
		return s.finishDeletion(c, job)
	})
}

// monthsWithin lists the months with a table that lie wholly in p.
func (s *Store) monthsWithin(p aggregate.Period) []month {
	s.view.RLock()
	defer s.view.RUnlock()
	var within []month
	for m := range s.state.months {
		first, last := m.days()
		from, to := first.Start(s.opts.Location), (last + 1).Start(s.opts.Location)
		if m != otherYears && !from.Before(p.From()) && !to.After(p.To()) {
			within = append(within, m)
		}
	}
	slices.Sort(within)
	return within
}

// deleteMonth drops the table of a month, unless a record has come that is to
// stay.
func (s *Store) deleteMonth(ctx context.Context, job deletion, m month) (n int64, err error) {
	err = s.write(ctx, func(c *sqlite.Conn) (func(*state), error) {
		ids, exists := s.state.months[m]
		if !exists || ids.last > job.UpTo {
			return nil, nil
		}
		first, last := m.days()
		if n, err = oneInt(c, "SELECT sum(n) FROM sums WHERE day BETWEEN ? AND ?", int64(first), int64(last)); err != nil {
			return nil, err
		}
		if err := addRemoved(c, job.id, n); err != nil {
			return nil, err
		}
		return func(s *state) { s.dropMonth(m) }, dropMonth(c, m)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// dropMonth drops the records of a month with all that is known of its days.
func dropMonth(c *sqlite.Conn, m month) error {
	first, last := m.days()
	return errors.Join(
		exec(c, "DELETE FROM sums WHERE day BETWEEN ? AND ?", int64(first), int64(last)),
		exec(c, "DELETE FROM days WHERE day BETWEEN ? AND ?", int64(first), int64(last)),
		sqlitex.ExecuteTransient(c, m.sql("DROP TABLE records_%d"), nil),
	)
}

// dropMonth does to the state what the function of that name does to the file.
func (s *state) dropMonth(m month) {
	first, last := m.days()
	s.cube.Drop(first, last)
	delete(s.months, m)
	maps.DeleteFunc(s.days, func(d aggregate.Day, _ idRange) bool { return first <= d && d <= last })
}

// deleteScan removes the records of a deletion from a part of a table.
func (s *Store) deleteScan(ctx context.Context, job deletion, part scan) (removed int64, err error) {
	part.ids.last = min(part.ids.last, job.UpTo)
	for part.ids.first <= part.ids.last {
		n, next, err := s.deleteBatch(ctx, job, part)
		removed += n
		if err != nil {
			return removed, err
		}
		part.ids.first = next
		if n > 0 {
			if err := s.pause(ctx); err != nil {
				return removed, err
			}
		}
	}
	return removed, nil
}

// deleteBatch looks at the next records of a scan, removes those of the deletion,
// and returns the ID at which to go on.
func (s *Store) deleteBatch(ctx context.Context, job deletion, part scan) (n, next int64, err error) {
	p := job.Period
	err = s.write(ctx, func(c *sqlite.Conn) (func(*state), error) {
		n, next = 0, part.ids.last+1
		if _, exists := s.state.months[part.month]; !exists {
			return nil, nil // another deletion dropped it
		}
		past, err := oneInt(c, part.month.sql("SELECT id FROM records_%d WHERE id BETWEEN ? AND ? LIMIT 1 OFFSET ?"),
			part.ids.first, part.ids.last, s.opts.deleteBatch)
		if err != nil {
			return nil, err
		}
		if past > 0 {
			next = past
		}
		sums := make(map[dayKey]int64)
		cal := calendar{loc: s.opts.Location}
		q := part.month.sql(`DELETE FROM records_%d WHERE id BETWEEN ? AND ?
			AND (sec, nano) >= (?, ?) AND (sec, nano) < (?, ?) RETURNING sec, key`)
		err = each(c, q, func(row *sqlite.Stmt) error {
			day, _ := cal.at(row.ColumnInt64(0))
			sums[dayKey{day, row.ColumnInt32(1)}]++
			n++
			return nil
		}, part.ids.first, next-1, p.From().Unix(), p.From().Nanosecond(), p.To().Unix(), p.To().Nanosecond())
		if err != nil || n == 0 {
			return nil, err
		}
		if err := lowerSums(c, sums); err != nil {
			return nil, err
		}
		return func(st *state) {
			for dk, n := range sums {
				st.cube.Add(dk.day, st.keys[dk.key], -n)
			}
		}, addRemoved(c, job.id, n)
	})
	if err != nil {
		n = 0
	}
	return n, next, err
}

// lowerSums takes records that are gone off the sums.
func lowerSums(c *sqlite.Conn, sums map[dayKey]int64) error {
	for _, dk := range sortedSums(sums) {
		day, k, n := int64(dk.day), int64(dk.key), sums[dk]
		if err := exec(c, "DELETE FROM sums WHERE day = ? AND key = ? AND n = ?", day, k, n); err != nil {
			return err
		}
		if c.Changes() == 1 {
			continue
		}
		if err := exec(c, "UPDATE sums SET n = n - ? WHERE day = ? AND key = ?", n, day, k); err != nil {
			return err
		}
		if c.Changes() != 1 {
			return fmt.Errorf("%w: no sum of day %s for a record with key %d; a recount mends it", ErrCorrupt, dk.day, k)
		}
	}
	return nil
}

// finishDeletion drops the tables that a deletion has left empty, and says in
// the audit that it is done.
func (s *Store) finishDeletion(c *sqlite.Conn, job deletion) (func(*state), error) {
	from, to := daysOf(job.Period, s.opts.Location)
	var empty []month
	for m := range s.state.months {
		first, last := m.days()
		if m == otherYears || last < from || first > to {
			continue
		}
		left, err := oneInt(c, "SELECT 1 FROM sums WHERE day BETWEEN ? AND ? LIMIT 1", int64(first), int64(last))
		if err != nil {
			return nil, err
		}
		if left == 0 {
			empty = append(empty, m)
			if err := dropMonth(c, m); err != nil {
				return nil, err
			}
		}
	}
	return func(st *state) {
		for _, m := range empty {
			st.dropMonth(m)
		}
	}, exec(c, "UPDATE deletions SET done = 1 WHERE id = ?", job.id)
}

// pause leaves the file to others for a moment.
func (s *Store) pause(ctx context.Context) error {
	t := time.NewTimer(s.opts.deletePause)
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

// deletion is one line of the audit.
type deletion struct {
	id int64
	logbase.Deletion
}

// Deletions returns every deletion that was ever begun, the newest first.
// Nothing removes an entry. Errors carry ERR-02.
func (s *Store) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	c, err := s.reader(ctx)
	if err != nil {
		return nil, fail(ctx, logbase.CodeReadFailed, "deletions", err)
	}
	defer s.readers.Put(c)
	audit, err := deletions(c, s.opts.Location)
	if err != nil {
		return nil, fail(ctx, logbase.CodeReadFailed, "deletions", err)
	}
	list := make([]logbase.Deletion, len(audit))
	for i, d := range audit {
		list[len(audit)-1-i] = d.Deletion
	}
	return list, nil
}

// deletions reads the audit, the oldest first.
func deletions(c *sqlite.Conn, loc *time.Location) ([]deletion, error) {
	var list []deletion
	err := each(c, "SELECT * FROM deletions ORDER BY id", func(row *sqlite.Stmt) error {
		at := func(sec, nano string) time.Time {
			return instant{row.GetInt64(sec), row.GetInt64(nano)}.time().In(loc)
		}
		list = append(list, deletion{row.GetInt64("id"), logbase.Deletion{
			Period:  writtenPeriod(row.GetText("period"), at("from_sec", "from_nano"), at("to_sec", "to_nano"), loc),
			UpTo:    row.GetInt64("up_to"),
			By:      row.GetText("by"),
			At:      at("at_sec", "at_nano"),
			Records: row.GetInt64("records"),
			Done:    row.GetBool("done"),
		}})
		return nil
	})
	return list, err
}

// writtenPeriod returns the period between two instants under the text it was
// written with, if that means the same: it does not when the period was one of
// another zone than the store's.
func writtenPeriod(text string, from, to time.Time, loc *time.Location) aggregate.Period {
	p, err := aggregate.ParseCivil(text, loc)
	if err == nil && p.Bounded() && p.From().Equal(from) && p.To().Equal(to) {
		return p
	}
	return aggregate.Between(from, to, loc)
}

// insertDeletion writes the first line about a deletion and returns its number.
func insertDeletion(c *sqlite.Conn, d logbase.Deletion) (int64, error) {
	const q = `INSERT INTO deletions (period, from_sec, from_nano, to_sec, to_nano, up_to, by, at_sec, at_nano, records, done)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0) RETURNING id`
	p := d.Period
	return oneInt(c, q, p.String(), p.From().Unix(), p.From().Nanosecond(), p.To().Unix(), p.To().Nanosecond(),
		d.UpTo, d.By, d.At.Unix(), d.At.Nanosecond())
}

// addRemoved counts records that are gone, in the audit.
func addRemoved(c *sqlite.Conn, id, n int64) error {
	return exec(c, "UPDATE deletions SET records = records + ? WHERE id = ?", n, id)
}
