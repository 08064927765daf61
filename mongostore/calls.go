package mongostore

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
)

// short bounds one short call to the server.
func (s *Store) short(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.opts.Timeout)
}

// long bounds one answer that takes the server some time.
func (s *Store) long(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.opts.ScanTimeout)
}

// each calls f for every document that filter finds. Each answer of the server
// has [Options.ScanTimeout]; the whole is bounded by ctx alone. The document
// is valid during the call only.
func (s *Store) each(ctx context.Context, c *mongo.Collection, filter bson.D, o *options.FindOptions, f func(bson.Raw) error) error {
	return s.drain(ctx, func(ctx context.Context) (*mongo.Cursor, error) { return c.Find(ctx, filter, o) }, f)
}

func (s *Store) drain(ctx context.Context, find func(context.Context) (*mongo.Cursor, error), f func(bson.Raw) error) error {
	bounded, cancel := s.long(ctx)
	cur, err := find(bounded)
	cancel()
	if err != nil {
		return err
	}
	defer func() {
		bounded, cancel := s.short(context.WithoutCancel(ctx))
		defer cancel()
		_ = cur.Close(bounded) // what was read is read
	}()
	for s.next(ctx, cur) {
		if err := f(cur.Current); err != nil {
			return err
		}
	}
	return cmp.Or(cur.Err(), ctx.Err())
}

func (s *Store) next(ctx context.Context, cur *mongo.Cursor) bool {
	if cur.RemainingBatchLength() > 0 {
		return ctx.Err() == nil && cur.Next(ctx)
	}
	bounded, cancel := s.long(ctx)
	defer cancel()
	return cur.Next(bounded)
}

// eachRecord calls f for every record that filter finds. Its _id as it stands in
// the base is valid during the call only.
func (s *Store) eachRecord(ctx context.Context, c *mongo.Collection, filter bson.D, o *options.FindOptions, f func(kept) error) error {
	return s.each(ctx, c, filter, o, func(raw bson.Raw) error {
		k, err := s.codec.decode(raw)
		if err != nil {
			return err
		}
		return f(k)
	})
}

// find reads the documents that filter finds in one of our collections.
func find[T any](ctx context.Context, s *Store, c *mongo.Collection, filter bson.D, o *options.FindOptions) ([]T, error) {
	var found []T
	err := s.each(ctx, c, filter, o, func(raw bson.Raw) error {
		doc, err := decode[T](raw)
		if err != nil {
			return fmt.Errorf("read %s: %w", c.Name(), err)
		}
		found = append(found, doc)
		return nil
	})
	return found, err
}

func decode[T any](raw bson.Raw) (doc T, err error) {
	if err = validate(raw); err == nil {
		err = bson.Unmarshal(raw, &doc)
	}
	return doc, err
}

// minDocument is the length of an empty document.
const minDocument = 5

// validate does what the driver's decoder takes for granted.
func validate(raw bson.Raw) error {
	if len(raw) < minDocument || binary.LittleEndian.Uint32(raw) != uint32(len(raw)) {
		return io.ErrUnexpectedEOF // Validate itself trusts the length
	}
	return raw.Validate()
}

// count counts the documents that filter finds.
func (s *Store) count(ctx context.Context, c *mongo.Collection, filter bson.D) (int64, error) {
	ctx, cancel := s.long(ctx)
	defer cancel()
	return c.CountDocuments(ctx, filter)
}

// greatest returns the greatest positive whole number that field has, or 0.
func (s *Store) greatest(ctx context.Context, c *mongo.Collection, field string) (int64, error) {
	ctx, cancel := s.long(ctx)
	defer cancel()
	o := options.FindOne().SetSort(bson.D{{Key: field, Value: -1}}).SetProjection(bson.D{{Key: field, Value: 1}})
	raw, err := c.FindOne(ctx, bson.D{{Key: field, Value: bson.D{{Key: "$gt", Value: int64(0)}}}}, o).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, _ := raw.Lookup(field).AsInt64OK()
	return n, nil
}

// updateAll changes the documents that filter finds.
func (s *Store) updateAll(ctx context.Context, c *mongo.Collection, filter, change bson.D) error {
	ctx, cancel := s.long(ctx)
	defer cancel()
	_, err := c.UpdateMany(ctx, filter, change)
	return err
}

// in finds the documents whose field has one of these values.
func in(field string, values any) bson.D {
	return bson.D{{Key: field, Value: bson.D{{Key: "$in", Value: values}}}}
}

// onDays finds the documents of these days.
func onDays(days []aggregate.Day) bson.D { return in(fieldDay, numbersOf(days)) }
