package mongostore

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"math"
	"slices"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Records gives every record of p: by the month of the event, in the zone of
// the store, and within a month by ID. Records of others than us come with an
// ID made of their ObjectId, which is always the same. Those whose time cannot
// be read do not come. What is appended meanwhile may come or not.
//
// It adopts first what is still to be adopted. An error ends it, and carries
// ERR-02, ERR-01 or ERR-04.
func (s *Store) Records(ctx context.Context, p aggregate.Period) iter.Seq2[logbase.Record, error] {
	return func(yield func(logbase.Record, error) bool) {
		err := s.alive(ctx)
		if err == nil {
			err = s.adoptAll(ctx)
		}
		more := true
		for _, m := range s.months(p) {
			if err == nil && more {
				more, err = s.yieldMonth(ctx, m, p, yield)
			}
		}
		if err != nil {
			yield(logbase.Record{}, s.fail(ctx, logbase.CodeReadFailed, "records", err))
		}
	}
}

// months returns the months of p that have records, as their first and last
// day with any.
func (s *Store) months(p aggregate.Period) [][2]aggregate.Day {
	var months [][2]aggregate.Day
	for _, d := range sorted(s.held(p)) {
		if n := len(months); n > 0 && numberOf(months[n-1][0])/100 == numberOf(d)/100 {
			months[n-1][1] = d
		} else {
			months = append(months, [2]aggregate.Day{d, d})
		}
	}
	return months
}

// yieldMonth merges the records with numbers for IDs with those of ObjectIds.
func (s *Store) yieldMonth(ctx context.Context, m [2]aggregate.Day, p aggregate.Period, yield func(logbase.Record, error) bool) (more bool, err error) {
	days := bson.E{Key: fieldDay, Value: bson.D{
		{Key: "$gte", Value: numberOf(m[0])}, {Key: "$lte", Value: numberOf(m[1])},
	}}
	nextNumber, stopNumbers := iter.Pull2(s.ordered(ctx, bson.D{days, {Key: fieldID, Value: bson.D{{Key: "$gte", Value: int64(math.MinInt64)}}}}))
	defer stopNumbers()
	nextOther, stopOthers := iter.Pull2(s.ordered(ctx, append(bson.D{days}, foreignIDs()...)))
	defer stopOthers()
	a, errA, isA := nextNumber()
	b, errB, isB := nextOther()
	for isA || isB {
		if err := cmp.Or(errA, errB); err != nil {
			return false, err
		}
		var k kept
		if isA && (!isB || a.ID <= b.ID) {
			k = a
			a, errA, isA = nextNumber()
		} else {
			k = b
			b, errB, isB = nextOther()
		}
		if p.Contains(k.Time) && !yield(k.Record, nil) {
			return false, nil
		}
	}
	return true, nil
}

// errEnough ends a reading early.
var errEnough = errors.New("enough")

// ordered gives records by ID. The server sorts them by _id, with its disk if a
// month does not fit its memory; ObjectIds come in the order of their seconds
// then, IDs of one second in any.
func (s *Store) ordered(ctx context.Context, filter bson.D) iter.Seq2[kept, error] {
	return func(yield func(kept, error) bool) {
		var second []kept
		flush := func() error {
			slices.SortFunc(second, func(a, b kept) int { return cmp.Compare(a.ID, b.ID) })
			for _, k := range second {
				if !yield(k, nil) {
					return errEnough
				}
			}
			second = second[:0]
			return nil
		}
		err := s.drain(ctx, func(ctx context.Context) (*mongo.Cursor, error) {
			return s.reading.Aggregate(ctx, bson.A{
				bson.D{{Key: "$match", Value: filter}},
				bson.D{{Key: "$sort", Value: bson.D{{Key: fieldID, Value: 1}}}},
			}, options.Aggregate().SetAllowDiskUse(true))
		}, func(raw bson.Raw) error {
			k, err := s.codec.decode(raw)
			if err == nil && len(second) > 0 && second[0].ID/idsPerSecond != k.ID/idsPerSecond {
				err = flush()
			}
			second = append(second, k)
			return err
		})
		if err == nil {
			err = flush()
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(kept{}, err)
		}
	}
}
