package mongostore

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
)

// each calls f for every document that filter finds. Each answer of the server
// has [Options.ScanTimeout]; the whole is bounded by ctx alone. The document
// is valid during the call only.
func (s *Store) each(ctx context.Context, c *mongo.Collection, filter bson.D, o *options.FindOptions, f func(bson.Raw) error) error {
	bounded, cancel := s.long(ctx)
	cur, err := c.Find(bounded, filter, o)
	cancel()
	if err != nil {
		return err
	}
	return s.drain(ctx, cur, f)
}

// drain calls f for every document of a cursor.
func (s *Store) drain(ctx context.Context, cur *mongo.Cursor, f func(bson.Raw) error) (err error) {
	defer func() {
		bounded, cancel := s.short(context.WithoutCancel(ctx))
		defer cancel()
		if cerr := cur.Close(bounded); err == nil {
			err = cerr
		}
	}()
	for {
		more, err := s.next(ctx, cur)
		if err != nil || !more {
			return err
		}
		if err := f(cur.Current); err != nil {
			return err
		}
	}
}

func (s *Store) next(ctx context.Context, cur *mongo.Cursor) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if cur.RemainingBatchLength() > 0 {
		return cur.Next(ctx), cur.Err()
	}
	bounded, cancel := s.long(ctx)
	defer cancel()
	return cur.Next(bounded), cur.Err()
}

// count counts the documents that filter finds.
func (s *Store) count(ctx context.Context, c *mongo.Collection, filter bson.D) (int64, error) {
	ctx, cancel := s.long(ctx)
	defer cancel()
	return c.CountDocuments(ctx, filter)
}

// greatest returns the greatest positive whole number that field has, or 0.
func greatest(ctx context.Context, c *mongo.Collection, filter bson.D, field string) (int64, error) {
	o := options.FindOne().SetSort(bson.D{{Key: field, Value: -1}}).SetProjection(bson.D{{Key: field, Value: 1}})
	raw, err := c.FindOne(ctx, filter, o).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, _ := raw.Lookup(field).AsInt64OK()
	return n, nil
}

// findLastID looks for the greatest ID that was ever given.
func (s *Store) findLastID(ctx context.Context) error {
	ctx, cancel := s.long(ctx)
	defer cancel()
	numbers := bson.D{{Key: fieldID, Value: bson.D{{Key: "$gt", Value: int64(0)}}}}
	n, err := greatest(ctx, s.records, numbers, fieldID)
	s.sawID(n)
	return err
}

// onDays finds the records of these days.
func onDays(days []aggregate.Day) bson.D {
	if n := len(days); n > 0 && int(days[n-1]-days[0]) == n-1 {
		return bson.D{{Key: fieldDay, Value: bson.D{
			{Key: "$gte", Value: numberOf(days[0])}, {Key: "$lte", Value: numberOf(days[n-1])},
		}}}
	}
	return bson.D{{Key: fieldDay, Value: bson.D{{Key: "$in", Value: numbersOf(days)}}}}
}

// counts are the events of some records, by day, writer and key.
type counts map[aggregate.Day]map[writer]*ledger

// tally counts the records that filter finds, to be written as whole ledgers.
func (s *Store) tally(ctx context.Context, filter bson.D) (counts, error) {
	out := make(counts)
	fields := options.Find().SetProjection(bson.D{
		{Key: fieldID, Value: 0}, {Key: fieldTime, Value: 0}, {Key: fieldInstant, Value: 0}, {Key: fieldNanos, Value: 0},
	})
	err := s.each(ctx, s.records, filter, fields, func(raw bson.Raw) error {
		k, err := s.codec.decode(raw)
		if err != nil || k.day == noDay {
			return err
		}
		d, w := k.day.day(), k.batch.writer()
		if out[d] == nil {
			out[d] = make(map[writer]*ledger)
		}
		if out[d][w] == nil {
			out[d][w] = newLedger()
			out[d][w].whole = true
		}
		out[d][w].add(aggregate.KeyOf(k.Event), 1)
		return nil
	})
	return out, err
}

// held returns how many records the sums have for each day of p that they have
// any for. Days that p cuts are whole.
func (s *Store) held(p aggregate.Period) map[aggregate.Day]int64 {
	loc := s.opts.Location
	var from, to time.Time
	if !p.From().IsZero() {
		from = aggregate.EachDay.Start(p.From().In(loc))
	}
	if !p.To().IsZero() {
		to = aggregate.EachDay.Add(p.To().Add(-1).In(loc), 1)
	}
	out := make(map[aggregate.Day]int64)
	rows := s.cube.Rows(aggregate.Query{Period: aggregate.Between(from, to, loc), Step: aggregate.EachDay})
	for _, r := range rows {
		out[s.codec.day(r.Start)] = r.Count
	}
	return out
}
