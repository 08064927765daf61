package mongostore

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// A Mismatch is a day whose sums do not fit its records.
type Mismatch struct {
	Day     aggregate.Day
	Records int64 // in the base
	Counted int64 // in the sums
}

// confirm compares again, with patience: what other instances have appended
// reaches our sums a moment later. A day is wrong when its records number
// less than its sums did before, or more than they do after.
func (s *Store) confirm(ctx context.Context, days []aggregate.Day) ([]Mismatch, error) {
	before := s.held(aggregate.Period{})
	records := make(map[aggregate.Day]int64)
	if len(days) <= daysAtOnce {
		for _, d := range days {
			n, err := s.count(ctx, s.records, onDays([]aggregate.Day{d}))
			if err != nil {
				return nil, err
			}
			records[d] = n
		}
	} else {
		var err error
		if records, err = s.countDays(ctx); err != nil {
			return nil, err
		}
	}
	for range catchUp {
		select {
		case <-time.After(s.opts.Poll):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if err := s.look(ctx); err != nil {
			return nil, err
		}
	}
	after := s.held(aggregate.Period{})
	var wrong []Mismatch
	for _, d := range days {
		if n := records[d]; n < before[d] || n > after[d] {
			wrong = append(wrong, Mismatch{Day: d, Records: n, Counted: after[d]})
		}
	}
	return wrong, nil
}

// countDays counts the records of every day, from the index alone.
func (s *Store) countDays(ctx context.Context) (map[aggregate.Day]int64, error) {
	out := make(map[aggregate.Day]int64)
	filter := bson.D{{Key: fieldDay, Value: bson.D{{Key: "$nin", Value: bson.A{nil, noDay}}}}}
	o := options.Find().SetProjection(bson.D{{Key: fieldID, Value: 0}, {Key: fieldDay, Value: 1}})
	err := s.each(ctx, s.records, filter, o, func(raw bson.Raw) error {
		if n, ok := raw.Lookup(fieldDay).AsInt64OK(); ok {
			out[dayNumber(n).day()]++ //nolint:gosec // written from an int32
		}
		return nil
	})
	return out, err
}

// Mismatches compares the number of records of every day with the sums and
// returns the days that differ, sorted. In the background the same happens
// all the time, and days that differ are counted again, so that there are none
// unless somebody has just inserted or removed records by hand. It takes a few
// seconds and reads the whole index of days. Errors carry ERR-02, ERR-01 or
// ERR-04.
func (s *Store) Mismatches(ctx context.Context) ([]Mismatch, error) {
	if err := s.alive(ctx); err != nil {
		return nil, s.fail(ctx, logbase.ReadFailed, "compare", err)
	}
	wrong, err := s.mismatches(ctx)
	return wrong, s.fail(ctx, logbase.ReadFailed, "compare", err)
}

func (s *Store) mismatches(ctx context.Context) ([]Mismatch, error) {
	if err := s.upkeep.take(ctx); err != nil {
		return nil, err
	}
	defer s.upkeep.give()
	records, err := s.countDays(ctx)
	if err != nil {
		return nil, err
	}
	days := make(map[aggregate.Day]struct{})
	held := s.held(aggregate.Period{})
	for d, n := range records {
		if held[d] != n {
			days[d] = struct{}{}
		}
	}
	for d := range held {
		if records[d] == 0 {
			days[d] = struct{}{}
		}
	}
	if len(days) == 0 {
		return nil, nil
	}
	return s.confirm(ctx, sorted(days))
}

// Backlog returns how many records are not in the sums, for a page or a check
// to tell. Errors carry ERR-02, ERR-01 or ERR-04.
func (s *Store) Backlog(ctx context.Context) (logbase.Backlog, error) {
	var b logbase.Backlog
	err := s.alive(ctx)
	if err == nil {
		b.Uncounted, err = s.count(ctx, s.records, withoutDay())
	}
	if err == nil {
		b.Unreadable, err = s.count(ctx, s.records, bson.D{{Key: fieldDay, Value: noDay}})
	}
	return b, s.fail(ctx, logbase.ReadFailed, "backlog", err)
}
