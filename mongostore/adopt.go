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

// adoptFirst adopts what one pass can while Open waits for it.
func (s *Store) adoptFirst(ctx context.Context) error {
	if err := s.upkeep.take(ctx); err != nil {
		return err
	}
	defer s.upkeep.give()
	_, err := s.adopt(ctx)
	return err
}

// adoptAll adopts every record that has no day. The caller holds upkeep.
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
// there were, 0 when none is left. The caller holds upkeep.
//
// Without the day in the record, hardly anything could be asked of the server
// about these records, since their times are texts in several forms; with it,
// one index serves all records, and finds those that lack it at no cost.
func (s *Store) adopt(ctx context.Context) (int, error) {
	total := 0
	for range adoptLooks {
		n, err := s.adoptSome(ctx)
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
	s.log().Info("log base: counted records that it was not given by us", "records", total)
	return total, s.settle(ctx, nil)
}

// adoptSome gives up to adoptAtOnce records their day. The days are dirty
// before, and stay so until they are settled.
func (s *Store) adoptSome(ctx context.Context) (int, error) {
	n := 0
	byDay := make(map[dayNumber]bson.A)
	o := options.Find().SetLimit(adoptAtOnce).SetProjection(bson.D{{Key: fieldTime, Value: 1}})
	err := s.each(ctx, s.records, withoutDay(), o, func(raw bson.Raw) error {
		k, err := s.codec.decode(append(bson.Raw(nil), raw...)) // its _id outlives the call
		if err != nil {
			return err
		}
		d := noDay
		if !k.Time.IsZero() {
			d = numberOf(s.codec.day(k.Time))
		}
		byDay[d] = append(byDay[d], k.id)
		n++
		return nil
	})
	if err != nil || n == 0 {
		return 0, err
	}
	days := make([]aggregate.Day, 0, len(byDay))
	for d := range byDay {
		if d != noDay {
			days = append(days, d.day())
		}
	}
	if err := s.setDirty(ctx, days); err != nil {
		return 0, err
	}
	for d, ids := range byDay {
		for chunk := range slices.Chunk(ids, adoptUpdate) {
			if err := s.giveDay(ctx, d, chunk); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

func (s *Store) giveDay(ctx context.Context, d dayNumber, ids bson.A) error {
	ctx, cancel := s.long(ctx)
	defer cancel()
	_, err := s.records.UpdateMany(ctx,
		bson.D{{Key: fieldID, Value: bson.D{{Key: "$in", Value: ids}}}},
		bson.D{{Key: "$set", Value: bson.D{{Key: fieldDay, Value: d}}}})
	return err
}

// withoutDay finds the records that were not adopted yet.
func withoutDay() bson.D { return bson.D{{Key: fieldDay, Value: nil}} }
