package mongostore

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
)

const (
	adoptAtOnce = 5000 // records that are given their day with one look
	adoptLooks  = 10   // looks before the days they touched are counted
	adoptUpdate = 500  // records that one update changes, so that none takes long
)

// adoptAll adopts every record that has no day.
func (s *Store) adoptAll(ctx context.Context) error {
	for {
		if n, err := s.adopt(ctx); err != nil || n == 0 {
			return err
		}
	}
}

// adopt gives records without a day theirs, and counts them. Those are the
// records of the old service and what people inserted at the shell: whatever
// no Store wrote. The day is all that is added to them. It returns how many
// there were, 0 when none is left. It can be broken off anywhere and done by
// several at once.
//
// Without the day in the record, hardly anything could be asked of the server
// about these records, since their times are texts in several forms; with it,
// one index serves all records, and finds those that lack it at no cost.
func (s *Store) adopt(ctx context.Context) (int, error) {
	total := 0
	touched := make(map[aggregate.Day]struct{})
	for range adoptLooks {
		n, err := s.adoptSome(ctx, touched)
		total += n
		if err != nil {
			return total, err
		}
		if n < adoptAtOnce {
			break
		}
	}
	if total == 0 {
		return 0, nil
	}
	s.opts.Logger.Info("log base: counting records that it was not given by us", "records", total)
	return total, s.recount(ctx, sorted(touched), nil)
}

// adoptSome gives up to adoptAtOnce records their day. The sums of the days
// that were not touched yet are opened before, and stay so until they are
// counted.
func (s *Store) adoptSome(ctx context.Context, touched map[aggregate.Day]struct{}) (int, error) {
	n := 0
	byDay := make(map[dayNumber]bson.A)
	o := options.Find().SetLimit(adoptAtOnce).SetProjection(bson.D{{Key: fieldTime, Value: 1}})
	err := s.eachRecord(ctx, s.records, withoutDay(), o, func(k kept) error {
		d := noDay
		if !k.Time.IsZero() {
			d = numberOf(s.codec.day(k.Time))
		}
		byDay[d] = append(byDay[d], k.ownID())
		n++
		return nil
	})
	if err != nil {
		return 0, err
	}
	for d, ids := range byDay {
		if _, known := touched[d.day()]; !known && d != noDay {
			if err := s.openForNobody(ctx, d); err != nil {
				return 0, err
			}
			touched[d.day()] = struct{}{}
		}
		for chunk := range slices.Chunk(ids, adoptUpdate) {
			day := bson.D{{Key: "$set", Value: bson.D{{Key: fieldDay, Value: d}}}}
			if err := s.updateAll(ctx, s.records, in(fieldID, chunk), day); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

// openForNobody opens the document of nobody's sums of a day.
func (s *Store) openForNobody(ctx context.Context, d dayNumber) error {
	ctx, cancel := s.short(ctx)
	defer cancel()
	b := blank(d.day(), nobody)
	fresh := bson.D{{Key: fieldDay, Value: b.Day}, {Key: fieldWriter, Value: b.Writer}, {Key: fieldSums, Value: b.Sums}}
	_, err := s.sums.UpdateByID(ctx, b.ID, append(raised(), bson.E{Key: "$setOnInsert", Value: fresh}), options.Update().SetUpsert(true))
	return err
}

// withoutDay finds the records that were not adopted yet.
func withoutDay() bson.D { return bson.D{{Key: fieldDay, Value: nil}} }
