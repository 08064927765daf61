package mongostore

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Sums answers q: what [aggregate.Count] would say of the records kept. A query
// that whole days can answer is answered from memory; hours and expressions
// take the records of the days concerned, an expression those of all days.
// What other instances have appended shows within a few polls.
//
// Errors carry ERR-02, ERR-01 when the log base is away, and ERR-04.
func (s *Store) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	return ask(ctx, s, "sums", func() ([]aggregate.Row, error) {
		if s.cube.Answers(q) {
			return s.cube.Rows(q), nil
		}
		c := aggregate.NewCounter(q)
		err := s.scan(ctx, q.Period, func(k kept) error { c.Add(k.Event); return nil })
		return c.Rows(), err
	})
}

// Bounds returns how much the base holds, as far as it is counted. It is
// answered from memory. Errors carry ERR-02, ERR-01 or ERR-04.
func (s *Store) Bounds(ctx context.Context) (logbase.Bounds, error) {
	return ask(ctx, s, "bounds", func() (logbase.Bounds, error) { return s.cube.Bounds(), nil })
}

// Clients returns every client application that has an event, with the days of
// its first and last one, sorted by name. It is answered from memory. Errors
// carry ERR-02, ERR-01 or ERR-04.
func (s *Store) Clients(ctx context.Context) ([]logbase.Seen, error) {
	return ask(ctx, s, "clients", func() ([]logbase.Seen, error) { return s.cube.Clients(), nil })
}

// scan calls f for the records that lie in p, in no order.
func (s *Store) scan(ctx context.Context, p aggregate.Period, f func(kept) error) error {
	fields := options.Find().SetProjection(bson.D{{Key: fieldHour, Value: 0}})
	return s.eachRecord(ctx, s.reading, s.within(p), fields, func(k kept) error {
		if k.Time.IsZero() || !p.Contains(k.Time) {
			return nil
		}
		return f(k)
	})
}

// within finds the records of the days that p touches. It never sends an
// expression to the server.
func (s *Store) within(p aggregate.Period) bson.D {
	var bounds bson.D
	if !p.From().IsZero() {
		bounds = append(bounds, bson.E{Key: "$gte", Value: numberOf(s.codec.day(p.From()))})
	}
	if !p.To().IsZero() {
		bounds = append(bounds, bson.E{Key: "$lte", Value: numberOf(s.codec.day(p.To().Add(-1)))})
	}
	// Comparisons with null find nothing, those with noDay what cannot be
	// read, which lies in no period.
	return bson.D{{Key: fieldDay, Value: append(bounds, bson.E{Key: "$nin", Value: bson.A{nil, noDay}})}}
}

// Extent returns what a deletion of p would remove. UpTo is the greatest
// ID there is or was. Errors carry ERR-02, ERR-01 or ERR-04.
func (s *Store) Extent(ctx context.Context, p aggregate.Period) (logbase.Extent, error) {
	return ask(ctx, s, "extent", func() (logbase.Extent, error) { return s.extent(ctx, p) })
}

func (s *Store) extent(ctx context.Context, p aggregate.Period) (logbase.Extent, error) {
	var x logbase.Extent
	var err error
	if x.UpTo, err = s.greatestID(ctx); err != nil {
		return x, err
	}
	if !s.cube.Answers(aggregate.Query{Period: p}) {
		err := s.scan(ctx, p, func(k kept) error { x.Records++; widen(&x, k); return nil })
		return x, err
	}
	held := s.held(p)
	days := sorted(held)
	if len(days) == 0 {
		return x, nil
	}
	for _, n := range held {
		x.Records += n
	}
	ends := slices.Compact([]aggregate.Day{days[0], days[len(days)-1]})
	err = s.eachRecord(ctx, s.reading, onDays(ends), nil, func(k kept) error { widen(&x, k); return nil })
	return x, err
}

// widen makes the extent reach to the time of k.
func widen(x *logbase.Extent, k kept) {
	if x.First.IsZero() || k.Time.Before(x.First) {
		x.First = k.Time
	}
	if x.Last.IsZero() || k.Time.After(x.Last) {
		x.Last = k.Time
	}
}

// greatestID is the greatest record ID that was ever given, or stands in the
// base by another way.
func (s *Store) greatestID(ctx context.Context) (int64, error) {
	n, err := s.lastAppended(ctx)
	if err != nil {
		return 0, err
	}
	o := options.Find().SetSort(bson.D{{Key: fieldID, Value: -1}}).SetLimit(1).SetProjection(bson.D{{Key: fieldID, Value: 1}})
	err = s.each(ctx, s.records, foreignIDs(), o, func(raw bson.Raw) error {
		// The order of ObjectIds is that of their seconds; the greatest ID of
		// the last second is not above this.
		if id := recordID(raw.Lookup(fieldID)); id > n {
			n = id - id%idsPerSecond + idsPerSecond - 1
		}
		return nil
	})
	return n, err
}

// foreignIDs finds the records whose _id is not a number.
func foreignIDs() bson.D {
	return bson.D{{Key: fieldID, Value: bson.D{{Key: "$not", Value: bson.D{{Key: "$type", Value: "number"}}}}}}
}
