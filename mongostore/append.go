package mongostore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// maxInsert is how many records go to the server at once.
const maxInsert = 1000

// codeDuplicateKey says that the record is kept already.
const codeDuplicateKey = 11000

// Append keeps the records of batch and counts them. After nil every one of
// them is as durable as the write concern says, and counted. After an error
// some may be kept: hand over the same batch again, here or at another
// instance. Records whose ID is kept already are left out.
//
// Errors carry ERR-01 when the server does not answer within
// [Options.Timeout], ERR-04 when it refuses the account, and ERR-05 when it
// refuses the records.
func (s *Store) Append(ctx context.Context, batch []logbase.Record) error {
	if err := s.writable(ctx); err != nil {
		return s.fail(ctx, logbase.CodeWriteFailed, "append", err)
	}
	for _, r := range batch { // before the first chunk is written
		if r.ID <= 0 {
			return s.fail(ctx, logbase.CodeWriteFailed, "append", fmt.Errorf("record ID %d is not positive", r.ID))
		}
	}
	for chunk := range slices.Chunk(batch, maxInsert) {
		if err := s.append(ctx, chunk); err != nil {
			return s.fail(ctx, logbase.CodeWriteFailed, fmt.Sprintf("append %d records", len(batch)), err)
		}
	}
	return nil
}

func (s *Store) append(ctx context.Context, batch []logbase.Record) error {
	bounded, cancel := s.short(ctx) // waiting for others who append included
	defer cancel()
	if err := s.turn.take(bounded); err != nil {
		return err
	}
	defer s.turn.give()
	if s.closed.Load() {
		return logbase.ErrClosed
	}
	if err := s.openDays(bounded, s.daysOf(batch)); err != nil {
		return err
	}
	refused, again, err := s.insert(bounded, batch)
	if len(refused) > 0 {
		// One bad record must not hold up the others, nor a passing trouble one
		// record.
		_, _, err = s.insert(bounded, refused)
	}
	if err != nil {
		return err
	}
	for _, r := range batch {
		s.sawID(r.ID)
	}
	if again && s.doubted {
		// Perhaps they came with a batch of ours whose outcome was unknown.
		// Records of another are counted by it, or by whoever finds it silent.
		s.doubt(batch)
		return s.recountOwn(ctx)
	}
	return nil
}

// doubt has our records of the days of a batch counted again.
func (s *Store) doubt(batch []logbase.Record) {
	for _, d := range s.daysOf(batch) {
		s.own[d].doubt = true
	}
}

// insert writes the records and counts those that were inserted. It returns
// those that were refused, with the reason, and whether others are kept
// already. After another error nothing is known of any of them.
func (s *Store) insert(ctx context.Context, batch []logbase.Record) (refused []logbase.Record, again bool, err error) {
	docs := make([]any, len(batch))
	for i, r := range batch {
		docs[i] = s.codec.encode(r, s.writer)
	}
	_, err = s.records.InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
	var bulk mongo.BulkWriteException
	if err != nil && (!errors.As(err, &bulk) || bulk.WriteConcernError != nil) {
		s.doubted = true
		s.doubt(batch)
		return nil, false, err
	}
	err = nil
	missing := make(map[int]bool, len(bulk.WriteErrors))
	for _, we := range bulk.WriteErrors {
		missing[we.Index] = true
		if we.Code == codeDuplicateKey {
			again = true
		} else {
			refused = append(refused, batch[we.Index])
			err = we.WriteError
		}
	}
	for i, r := range batch {
		if !missing[i] {
			d, k := s.codec.day(r.Time), aggregate.KeyOf(r.Event)
			s.own[d].counts[k]++
			s.own[d].changed = true
			s.cube.Add(d, k, 1)
		}
	}
	return refused, again, err
}

// daysOf returns the days of a batch, sorted.
func (s *Store) daysOf(batch []logbase.Record) []aggregate.Day {
	days := make(map[aggregate.Day]struct{})
	for _, r := range batch {
		days[s.codec.day(r.Time)] = struct{}{}
	}
	return sorted(days)
}

// sawID raises the greatest record ID known.
func (s *Store) sawID(id int64) {
	for {
		last := s.lastID.Load()
		if id <= last || s.lastID.CompareAndSwap(last, id) {
			return
		}
	}
}
