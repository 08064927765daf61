package mongostore

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/bson"

	"github.com/e-gov/tarastat/aggregate"
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
