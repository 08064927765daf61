package mongostore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// maxInsert is how many records go to the server at once.
const maxInsert = 1000

// maxDoubtful bounds how many batches without a known outcome are remembered.
const maxDoubtful = 10_000

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
	if s.closed.Load() {
		return s.fail(ctx, logbase.WriteFailed, "append", logbase.ErrClosed)
	}
	for chunk := range slices.Chunk(batch, maxInsert) {
		if err := s.append(ctx, chunk); err != nil {
			return s.fail(ctx, logbase.WriteFailed, fmt.Sprintf("append %d records", len(batch)), err)
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
	kept, err := s.keep(bounded, batch)
	if err != nil {
		return err
	}
	for _, r := range batch {
		s.sawID(r.ID)
	}
	return s.resolve(ctx, batch, kept)
}

// keep writes the records and counts those that are new. It returns the others
// by their place.
func (s *Store) keep(ctx context.Context, batch []logbase.Record) (before []int, err error) {
	days := s.daysOf(batch)
	if err := s.openDays(ctx, days); err != nil {
		return nil, err
	}
	failed, err := s.insert(ctx, batch, days)
	if err == nil && len(failed.refused) > 0 {
		// One bad record must not hold up the others, nor a passing trouble
		// one record.
		again := make([]logbase.Record, len(failed.refused))
		for i, at := range failed.refused {
			again[i] = batch[at]
		}
		var second failures
		if second, err = s.insert(ctx, again, days); err == nil && len(second.refused) > 0 {
			err = second.cause
		}
		for _, at := range second.kept {
			failed.kept = append(failed.kept, failed.refused[at])
		}
	}
	return failed.kept, err
}

// failures are the records of a batch that were not inserted, by their place.
type failures struct {
	kept    []int // the base has the ID already
	refused []int
	cause   error // why one was refused
}

// insert writes the records and counts those that were inserted. After an
// error nothing is known of any of them.
func (s *Store) insert(ctx context.Context, batch []logbase.Record, days []aggregate.Day) (failures, error) {
	s.batches++
	number := s.batches
	s.mu.Lock()
	w := s.mine.Writer
	s.mu.Unlock()
	docs := make([]any, len(batch))
	for i, r := range batch {
		docs[i] = s.codec.encode(r, batchOf(w, number))
	}
	_, err := s.records.InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
	var bulk mongo.BulkWriteException
	if err != nil && (!errors.As(err, &bulk) || bulk.WriteConcernError != nil) {
		s.doubt(number, days)
		return failures{}, err
	}
	var f failures
	missing := make(map[int]bool, len(bulk.WriteErrors))
	for _, we := range bulk.WriteErrors {
		missing[we.Index] = true
		if we.Code == codeDuplicateKey {
			f.kept = append(f.kept, we.Index)
		} else {
			f.refused = append(f.refused, we.Index)
			f.cause = we.WriteError
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for i, r := range batch {
		if missing[i] {
			continue
		}
		d, k := s.codec.day(r.Time), aggregate.KeyOf(r.Event)
		s.own[d].add(k, 1)
		s.own[d].used = now
		s.cube.Add(d, k, 1)
	}
	return f, nil
}

// doubt remembers that the outcome of a batch is not known. Its records, as
// far as they are there, are counted as soon as the server answers again.
func (s *Store) doubt(number int64, days []aggregate.Day) {
	if len(s.doubtful) >= maxDoubtful {
		clear(s.doubtful) // the check of counts finds what this may miss
	}
	s.doubtful[number] = true
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range days {
		s.unsure[d] = struct{}{}
	}
}

// resolve sees to it that records which were kept before are counted. Those
// that came with an earlier batch of ours were counted with it, unless its
// outcome was not known. Those of another instance are counted by it, or by
// whoever finds it dead.
func (s *Store) resolve(ctx context.Context, batch []logbase.Record, kept []int) error {
	if len(kept) == 0 || len(s.doubtful) == 0 {
		return nil
	}
	ids := make(bson.A, len(kept))
	for i, at := range kept {
		ids[i] = batch[at].ID
	}
	s.mu.Lock()
	w := s.mine.Writer
	s.mu.Unlock()
	recount := make(map[aggregate.Day]struct{})
	filter := bson.D{{Key: fieldID, Value: bson.D{{Key: "$in", Value: ids}}}}
	fields := options.Find().SetProjection(bson.D{{Key: fieldBatch, Value: 1}, {Key: fieldDay, Value: 1}})
	err := s.each(ctx, s.records, filter, fields, func(raw bson.Raw) error {
		k, err := s.codec.decode(raw)
		if err == nil && k.batch.writer() == w && s.doubtful[int64(k.batch)&(1<<batchBits-1)] {
			recount[k.day.day()] = struct{}{}
		}
		return err
	})
	if err != nil || len(recount) == 0 {
		return err
	}
	return s.recountOwn(ctx, sorted(recount))
}

// daysOf returns the days of a batch, sorted.
func (s *Store) daysOf(batch []logbase.Record) []aggregate.Day {
	days := make(map[aggregate.Day]struct{})
	for _, r := range batch {
		days[s.codec.day(r.Time)] = struct{}{}
	}
	return sorted(days)
}

// openDays makes it known that records of these days are about to be written,
// so that they are counted should we die, and takes our ledgers of these days
// into memory.
func (s *Store) openDays(ctx context.Context, days []aggregate.Day) error {
	var missing, before []aggregate.Day
	s.mu.Lock()
	for _, d := range days {
		if _, ok := s.open[d]; !ok {
			missing = append(missing, d)
		}
		if _, ok := s.touched[d]; ok && s.own[d] == nil {
			before = append(before, d)
		}
	}
	s.mu.Unlock()
	if len(missing) == 0 {
		return nil
	}
	ledgers, err := s.ownLedgers(ctx, before)
	if err != nil {
		return err
	}
	s.mu.Lock()
	for _, d := range missing {
		s.open[d] = struct{}{}
		s.touched[d] = struct{}{}
		if s.own[d] == nil {
			s.own[d] = ledgers[d]
		}
		if s.own[d] == nil {
			s.own[d] = newLedger()
		}
	}
	s.mu.Unlock()
	err = s.tell(ctx)
	if err != nil { // the next batch must try again
		s.mu.Lock()
		for _, d := range missing {
			delete(s.open, d)
		}
		s.mu.Unlock()
	}
	return err
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
