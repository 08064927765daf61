package mongostore

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

const (
	recentDays  = 2 // that are compared each time, since they change all the time
	sampledDays = 4 // of the others that are compared each time, in turn
	catchUp     = 3 // polls after which whatever was appended elsewhere is counted here
)

// check adopts new records of others, compares the number of records with the
// sums, and counts the days again that differ, every [Options.Check].
func (s *Store) check(ctx context.Context) error {
	if s.opts.Check < 0 || time.Since(s.checked) < s.opts.Check {
		return nil
	}
	if n, err := s.adopt(ctx); err != nil || n >= adoptAtOnce {
		return err // go on with the next ones before comparing
	}
	s.checked = time.Now()
	days, surplus, err := s.suspects(ctx)
	if err != nil {
		return err
	}
	wrong, err := s.differing(ctx, days)
	if err != nil {
		return err
	}
	if len(wrong) == 0 {
		// The server's number is an estimate: it is off after a crash, or where a
		// sharded cluster has moved records.
		s.offset += surplus
		return nil
	}
	s.opts.Logger.Warn("log base: records were added or removed by others; counting these days again",
		"days", len(wrong), "first", wrong[0].String(), "last", wrong[len(wrong)-1].String())
	return s.recount(ctx, wrong, nil)
}

// suspects returns the days to be compared.
//
// As long as all is well, that is the last days, and a few others in turn. What
// the server knows without counting, the number of all records, less those of
// the last days, is that of the older days. If there is a surplus (or, below 0,
// a lack) of records beside what the sums say, all days are suspect.
func (s *Store) suspects(ctx context.Context) (days []aggregate.Day, surplus int64, err error) {
	held := s.held(aggregate.Period{})
	days = sorted(held)
	old, recent := days[:max(0, len(days)-recentDays)], days[max(0, len(days)-recentDays):]
	rest := in(fieldDay, append(numbersOf(recent), noDay))
	least, err := s.count(ctx, s.records, rest)
	if err != nil {
		return nil, 0, err
	}
	bounded, cancel := s.long(ctx)
	defer cancel()
	all, err := s.records.EstimatedDocumentCount(bounded)
	if err != nil {
		return nil, 0, err
	}
	most, err := s.count(ctx, s.records, rest) // more may have come while we asked
	if err != nil {
		return nil, 0, err
	}
	surplus = all - most - s.offset
	for _, d := range old {
		surplus -= held[d]
	}
	if surplus > 0 || surplus+most-least < 0 {
		days, err = s.daysIn(ctx, aggregate.Period{})
		return days, surplus, err
	}
	for i := range min(sampledDays, len(old)) {
		recent = append(recent, old[(s.sample+i)%len(old)])
	}
	s.sample += sampledDays
	return recent, 0, nil
}

// differing returns the days whose sums are wrong. What other instances have
// appended reaches our sums a moment later, so a day is wrong when its records
// number less than its sums did before, or more than they do after some polls.
func (s *Store) differing(ctx context.Context, days []aggregate.Day) ([]aggregate.Day, error) {
	before := s.held(aggregate.Period{})
	records := make(map[aggregate.Day]int64)
	for _, d := range days {
		n, err := s.count(ctx, s.records, onDays([]aggregate.Day{d}))
		if err != nil {
			return nil, err
		}
		if n != before[d] {
			records[d] = n
		}
	}
	if len(records) == 0 {
		return nil, nil
	}
	select {
	case <-time.After(catchUp * s.opts.Poll):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	after := s.held(aggregate.Period{})
	return slices.DeleteFunc(sorted(records), func(d aggregate.Day) bool {
		return records[d] >= before[d] && records[d] <= after[d]
	}), nil
}

// held returns how many records the sums have for each day of p that they have
// any for. Days that p cuts are whole.
func (s *Store) held(p aggregate.Period) map[aggregate.Day]int64 {
	loc := s.opts.Location
	var from, to time.Time
	if !p.From().IsZero() {
		from = aggregate.DayUnit.Start(p.From().In(loc))
	}
	if !p.To().IsZero() {
		to = aggregate.DayUnit.Add(p.To().Add(-1).In(loc), 1)
	}
	out := make(map[aggregate.Day]int64)
	for _, r := range s.cube.Rows(aggregate.Query{Period: aggregate.Between(from, to, loc), Step: aggregate.DayUnit}) {
		out[s.codec.day(r.Start)] = r.Count
	}
	return out
}

// daysIn returns the days that p touches and that have records or sums.
func (s *Store) daysIn(ctx context.Context, p aggregate.Period) ([]aggregate.Day, error) {
	bounded, cancel := s.long(ctx)
	defer cancel()
	values, err := s.records.Distinct(bounded, fieldDay, s.within(p))
	if err != nil {
		return nil, err
	}
	days := s.held(p)
	for _, v := range values {
		if n, ok := v.(int32); ok {
			days[dayNumber(n).day()] = 0
		}
	}
	return sorted(days), nil
}

// Backlog returns how many records are not in the sums, for a page or a check
// to tell. Errors carry ERR-02, ERR-01 or ERR-04.
func (s *Store) Backlog(ctx context.Context) (logbase.Backlog, error) {
	return ask(ctx, s, "backlog", func() (b logbase.Backlog, err error) {
		if b.Uncounted, err = s.count(ctx, s.records, withoutDay()); err == nil {
			b.Unreadable, err = s.count(ctx, s.records, bson.D{{Key: fieldDay, Value: noDay}})
		}
		return b, err
	})
}
