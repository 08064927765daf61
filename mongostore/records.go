package mongostore

import (
	"context"
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
			err = s.yieldRecords(ctx, p, func(r logbase.Record) bool { return yield(r, nil) })
		}
		if err != nil {
			yield(logbase.Record{}, s.fail(ctx, logbase.ReadFailed, "records", err))
		}
	}
}

func (s *Store) yieldRecords(ctx context.Context, p aggregate.Period, yield func(logbase.Record) bool) error {
	months, err := s.months(ctx, p)
	if err != nil {
		return err
	}
	for _, m := range months {
		if more, err := s.yieldMonth(ctx, m, p, yield); err != nil || !more {
			return err
		}
	}
	return nil
}

// months returns the months of p that have records, as their first and last
// day with any.
func (s *Store) months(ctx context.Context, p aggregate.Period) ([][2]aggregate.Day, error) {
	if err := s.upkeep.take(ctx); err != nil {
		return nil, err
	}
	err := s.adoptAll(ctx)
	s.upkeep.give()
	if err != nil {
		return nil, err
	}
	var months [][2]aggregate.Day
	for _, d := range sorted(s.held(p)) {
		if n := len(months); n > 0 && numberOf(months[n-1][0])/100 == numberOf(d)/100 {
			months[n-1][1] = d
		} else {
			months = append(months, [2]aggregate.Day{d, d})
		}
	}
	return months, nil
}

// yieldMonth merges the records with numbers for IDs with those of ObjectIds.
func (s *Store) yieldMonth(ctx context.Context, m [2]aggregate.Day, p aggregate.Period, yield func(logbase.Record) bool) (more bool, err error) {
	days := bson.E{Key: fieldDay, Value: bson.D{
		{Key: "$gte", Value: numberOf(m[0])}, {Key: "$lte", Value: numberOf(m[1])},
	}}
	numbers, err := s.ordered(ctx, bson.D{days, {Key: fieldID, Value: bson.D{{Key: "$gte", Value: int64(math.MinInt64)}}}})
	if err != nil {
		return false, err
	}
	defer numbers.close(ctx)
	others, err := s.ordered(ctx, append(bson.D{days}, foreignIDs()...))
	if err != nil {
		return false, err
	}
	defer others.close(ctx)
	for {
		a, err := numbers.peek(ctx)
		if err != nil {
			return false, err
		}
		b, err := others.peek(ctx)
		if err != nil {
			return false, err
		}
		from := numbers
		if a == nil || (b != nil && b.ID < a.ID) {
			from, a = others, b
		}
		if a == nil {
			return true, nil
		}
		from.pop()
		if p.Contains(a.Time) && !yield(a.Record) {
			return false, nil
		}
	}
}

// stream is records in the order of their _id.
type stream struct {
	store *Store
	cur   *mongo.Cursor
	queue []kept // to be given next, sorted by ID
	ahead *kept  // read, but of a later second than those in the queue
	end   bool
}

// ordered finds records in the order of their _id. The server may use its disk
// to sort a month.
func (s *Store) ordered(ctx context.Context, filter bson.D) (*stream, error) {
	ctx, cancel := s.long(ctx)
	defer cancel()
	cur, err := s.reading.Aggregate(ctx, bson.A{
		bson.D{{Key: "$match", Value: filter}},
		bson.D{{Key: "$sort", Value: bson.D{{Key: fieldID, Value: 1}}}},
	}, options.Aggregate().SetAllowDiskUse(true))
	if err != nil {
		return nil, err
	}
	return &stream{store: s, cur: cur}, nil
}

// peek returns the next record, or nil at the end.
func (r *stream) peek(ctx context.Context) (*kept, error) {
	if err := r.fill(ctx); err != nil || len(r.queue) == 0 {
		return nil, err
	}
	return &r.queue[0], nil
}

func (r *stream) pop() { r.queue = r.queue[1:] }

// fill sees that the queue holds the records of one second at least: ObjectIds
// come in the order of their seconds, IDs of one second in any.
func (r *stream) fill(ctx context.Context) error {
	if len(r.queue) > 0 {
		return nil
	}
	r.queue = r.queue[:0]
	for !r.end {
		if r.ahead != nil {
			r.queue = append(r.queue, *r.ahead)
			r.ahead = nil
		}
		more, err := r.store.next(ctx, r.cur)
		if err != nil {
			return err
		}
		if !more {
			r.end = true
			break
		}
		k, err := r.store.codec.decode(append(bson.Raw(nil), r.cur.Current...))
		if err != nil {
			return err
		}
		if len(r.queue) > 0 && r.queue[0].ID/idsPerSecond != k.ID/idsPerSecond {
			r.ahead = &k
			break
		}
		r.queue = append(r.queue, k)
	}
	slices.SortFunc(r.queue, func(a, b kept) int { return int(max(-1, min(1, a.ID-b.ID))) })
	return nil
}

func (r *stream) close(ctx context.Context) {
	ctx, cancel := r.store.short(context.WithoutCancel(ctx))
	defer cancel()
	_ = r.cur.Close(ctx) // what was read is read
}
