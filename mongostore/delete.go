package mongostore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// deleteAtOnce is how many records go by their _id in one call.
const deleteAtOnce = 1000

// Delete removes the records of d.Period whose ID is at most d.UpTo and
// returns how many it removed. The audit is told first, and again when all is
// removed and counted. A deletion that was interrupted is ended by the
// instance that runs, or by the next that is opened.
//
// The period must be bounded, else nothing happens and the error is
// [logbase.ErrPeriod], with ERR-07. Other errors carry ERR-06, ERR-01 or ERR-04.
func (s *Store) Delete(ctx context.Context, d logbase.Deletion) (int64, error) {
	doing := "delete " + d.Period.String()
	if err := s.alive(ctx); err != nil {
		return 0, s.fail(ctx, logbase.DeleteFailed, doing, err)
	}
	if !d.Period.Bounded() {
		return 0, s.fail(ctx, logbase.DeleteFailed, doing, logbase.ErrPeriod)
	}
	if d.At.IsZero() {
		d.At = time.Now()
	}
	s.mu.Lock()
	w := s.mine.Writer
	s.mu.Unlock()
	row := deletion{
		ID: primitive.NewObjectID(), Period: d.Period.String(), Zone: d.Period.Location().String(),
		From: d.Period.From(), To: d.Period.To(), UpTo: d.UpTo, By: d.By, At: d.At, Writer: w,
	}
	n, err := s.begin(ctx, row)
	return n, s.fail(ctx, logbase.DeleteFailed, doing, err)
}

func (s *Store) begin(ctx context.Context, row deletion) (int64, error) {
	if err := s.upkeep.take(ctx); err != nil {
		return 0, err
	}
	defer s.upkeep.give()
	if err := s.adoptAll(ctx); err != nil {
		return 0, err
	}
	p := row.period(s.opts.Location)
	err := s.matching(ctx, p, row.UpTo, func(kept) error { row.Expected++; return nil })
	if err != nil {
		return 0, err
	}
	bounded, cancel := s.short(ctx)
	_, err = s.audit.InsertOne(bounded, row)
	cancel()
	if err != nil {
		return 0, err
	}
	err = s.run(ctx, row)
	if err != nil {
		s.deleting.Store(true)
		return 0, err
	}
	return row.Expected, nil
}

// matching calls f for the records that a deletion is to remove.
func (s *Store) matching(ctx context.Context, p aggregate.Period, upTo int64, f func(kept) error) error {
	o := options.Find().SetProjection(bson.D{
		{Key: fieldDay, Value: 1}, {Key: fieldTime, Value: 1}, {Key: fieldInstant, Value: 1}, {Key: fieldNanos, Value: 1},
	})
	return s.each(ctx, s.records, s.within(p), o, func(raw bson.Raw) error {
		k, err := s.codec.decode(append(bson.Raw(nil), raw...)) // its _id outlives the call
		if err != nil || k.Time.IsZero() || !p.Contains(k.Time) || k.ID > upTo {
			return err
		}
		return f(k)
	})
}

// run removes the records of a deletion, counts the days again, and says that
// it is done. It may be run again at any time. The caller holds upkeep.
func (s *Store) run(ctx context.Context, row deletion) error {
	p := row.period(s.opts.Location)
	days := sorted(s.held(p))
	if err := s.setDirty(ctx, days); err != nil {
		return err
	}
	var ids bson.A
	err := s.matching(ctx, p, row.UpTo, func(k kept) error {
		if ids = append(ids, k.id); len(ids) < deleteAtOnce {
			return nil
		}
		err := s.remove(ctx, ids)
		ids = ids[:0]
		return err
	})
	if err == nil && len(ids) > 0 {
		err = s.remove(ctx, ids)
	}
	// What is removed is removed, so the sums follow also after a failure.
	if err = errors.Join(err, s.settle(ctx, nil)); err != nil {
		return err
	}
	bounded, cancel := s.short(ctx)
	defer cancel()
	_, err = s.audit.UpdateByID(bounded, row.ID, bson.D{{Key: "$set", Value: bson.D{
		{Key: "done", Value: true}, {Key: "records", Value: row.Expected},
	}}})
	return err
}

func (s *Store) remove(ctx context.Context, ids bson.A) error {
	ctx, cancel := s.long(ctx)
	defer cancel()
	_, err := s.records.DeleteMany(ctx, bson.D{{Key: fieldID, Value: bson.D{{Key: "$in", Value: ids}}}})
	return err
}

// resumeDeletions ends the deletions that nobody runs any more. What fails is
// tried again in the next round.
func (s *Store) resumeDeletions(ctx context.Context) {
	if err := s.resume(ctx); err != nil {
		s.deleting.Store(true)
		s.log().Warn("log base: cannot end a deletion yet", "err", scrub(err, s.secrets))
	}
}

func (s *Store) resume(ctx context.Context) error {
	if err := s.upkeep.take(ctx); err != nil {
		return err
	}
	defer s.upkeep.give()
	rows, err := s.deletions(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		s.mu.Lock()
		o := s.others[row.Writer]
		elsewhere := o != nil && o.alive()
		s.mu.Unlock()
		if row.Done || elsewhere {
			continue
		}
		s.log().Info("log base: resuming a deletion", "period", row.Period, "records", row.Expected)
		if err := s.run(ctx, row); err != nil {
			return fmt.Errorf("delete %s: %w", row.Period, err)
		}
	}
	return nil
}
