package mongostore

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

const (
	recentDays  = 2 // that are compared each time, since they change all the time
	sampledDays = 4 // of the others that are compared each time, in turn
	catchUp     = 3 // polls after which whatever was appended elsewhere is counted here
)

// check adopts new records of others, compares the number of records with the
// sums, and counts the days again that differ. Only the instance that is
// longest there does.
func (s *Store) check(ctx context.Context) error {
	if err := s.upkeep.take(ctx); err != nil {
		return err
	}
	defer s.upkeep.give()
	s.mu.Lock()
	eldest := !slices.ContainsFunc(s.living(), func(o *sight) bool { return o.Writer < s.mine.Writer })
	s.mu.Unlock()
	if !eldest {
		return nil
	}
	if _, err := s.adopt(ctx); err != nil {
		return err
	}
	days, err := s.suspects(ctx)
	if err != nil || len(days) == 0 {
		return err
	}
	wrong, err := s.confirm(ctx, days)
	if err != nil || len(wrong) == 0 {
		return err
	}
	days = days[:0]
	for _, m := range wrong {
		days = append(days, m.Day)
	}
	s.log().Warn("log base: records were added or removed by others; counting these days again",
		"days", len(days), "first", days[0].String(), "last", days[len(days)-1].String())
	return s.settle(ctx, days)
}

// suspects returns the days on which there seem to be more or fewer records
// than the sums say.
//
// As long as all is well, that takes a few numbers: that of all records, which
// the server knows without counting, less those of the last days, is that of
// the older days. If it is not what the sums say, halving finds the days. What
// is removed and put in again in equal number is found by the days in turn.
func (s *Store) suspects(ctx context.Context) ([]aggregate.Day, error) {
	held := s.held(aggregate.Period{})
	days := sorted(held)
	recent := max(0, len(days)-recentDays)
	sample := s.sampleOf(days[:recent])
	found := make(map[aggregate.Day]struct{})
	for _, d := range slices.Concat(days[recent:], sample) {
		n, err := s.count(ctx, s.records, onDays([]aggregate.Day{d}))
		if err != nil {
			return nil, err
		}
		if n != held[d] {
			found[d] = struct{}{}
		}
	}
	if err := s.suspectOld(ctx, days, recent, held, found); err != nil {
		return nil, err
	}
	return sorted(found), nil
}

// sampleOf returns the next of the old days to compare.
func (s *Store) sampleOf(days []aggregate.Day) []aggregate.Day {
	if len(days) == 0 {
		return nil
	}
	at, found := slices.BinarySearch(days, s.sample)
	if found {
		at++
	}
	var out []aggregate.Day
	for i := range min(sampledDays, len(days)) {
		out = append(out, days[(at+i)%len(days)])
	}
	s.sample = out[len(out)-1]
	return out
}

// suspectOld compares the number of all records that are not of the recent
// days.
func (s *Store) suspectOld(ctx context.Context, days []aggregate.Day, recent int, held map[aggregate.Day]int64, found map[aggregate.Day]struct{}) error {
	rest := bson.D{{Key: fieldDay, Value: bson.D{{Key: "$in", Value: append(numbersOf(days[recent:]), noDay)}}}}
	least, err := s.count(ctx, s.records, rest)
	if err != nil {
		return err
	}
	bounded, cancel := s.long(ctx)
	all, err := s.records.EstimatedDocumentCount(bounded)
	cancel()
	if err != nil {
		return err
	}
	most, err := s.count(ctx, s.records, rest) // more may have come while we asked
	if err != nil {
		return err
	}
	old := days[:recent]
	surplus := all - s.offset - most - total(old, held)
	if surplus <= 0 && surplus+most-least >= 0 {
		return nil
	}
	if len(old) > 0 {
		if equal, err := s.halve(ctx, old, held, found); err != nil || !equal {
			return err
		}
	}
	records, err := s.countDays(ctx)
	if err != nil {
		return err
	}
	before := len(found)
	for d, n := range records {
		if _, ok := held[d]; !ok && n > 0 {
			found[d] = struct{}{}
		}
	}
	if len(found) == before {
		// The server's number is an estimate: it is off after a crash, or
		// where a sharded cluster has moved records.
		s.offset += surplus
	}
	return nil
}

func total(days []aggregate.Day, held map[aggregate.Day]int64) int64 {
	var n int64
	for _, d := range days {
		n += held[d]
	}
	return n
}

// halve finds the days that differ, and reports whether there are none.
func (s *Store) halve(ctx context.Context, days []aggregate.Day, held map[aggregate.Day]int64, found map[aggregate.Day]struct{}) (equal bool, err error) {
	filter := bson.D{{Key: fieldDay, Value: bson.D{
		{Key: "$gte", Value: numberOf(days[0])}, {Key: "$lte", Value: numberOf(days[len(days)-1])},
	}}}
	n, err := s.count(ctx, s.records, filter)
	switch {
	case err != nil:
		return false, err
	case n == total(days, held):
		return true, nil
	case n == 0 || len(days) == 1:
		for _, d := range days {
			found[d] = struct{}{}
		}
		return false, nil
	}
	half := len(days) / 2
	if _, err := s.halve(ctx, days[:half], held, found); err != nil {
		return false, err
	}
	_, err = s.halve(ctx, days[half:], held, found)
	return false, err
}

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
		return nil, s.fail(ctx, event.ReadFailed, "compare", err)
	}
	wrong, err := s.mismatches(ctx)
	return wrong, s.fail(ctx, event.ReadFailed, "compare", err)
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

// A Backlog is how many records are not in the sums.
type Backlog struct {
	Uncounted  int64 // written by others than us, and still to be counted
	Unreadable int64 // without a time that can be read, which never are counted
}

// Backlog returns how many records are not in the sums, for a page or a check
// to tell. Errors carry ERR-02, ERR-01 or ERR-04.
func (s *Store) Backlog(ctx context.Context) (Backlog, error) {
	var b Backlog
	err := s.alive(ctx)
	if err == nil {
		b.Uncounted, err = s.count(ctx, s.records, withoutDay())
	}
	if err == nil {
		b.Unreadable, err = s.count(ctx, s.records, bson.D{{Key: fieldDay, Value: noDay}})
	}
	return b, s.fail(ctx, event.ReadFailed, "backlog", err)
}
