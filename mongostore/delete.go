package mongostore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// deleteAtOnce is how many records go by their _id in one call.
const deleteAtOnce = 1000

// deletion is a row of the audit in the base.
type deletion struct {
	ID       primitive.ObjectID `bson:"_id"`
	Period   string             `bson:"period"`
	Zone     string             `bson:"zone"` // of the period
	From     time.Time          `bson:"from"`
	To       time.Time          `bson:"to"`
	UpTo     int64              `bson:"upTo"`
	By       string             `bson:"by"`
	At       time.Time          `bson:"at"`
	Expected int64              `bson:"expected"` // records it had to remove when it began
	Records  int64              `bson:"records"`
	Done     bool               `bson:"done"`
	Writer   writer             `bson:"writer"` // who runs it
}

// period is the period as it was asked for.
func (d deletion) period(loc *time.Location) aggregate.Period {
	if zone, err := time.LoadLocation(d.Zone); err == nil {
		loc = zone
	}
	p, err := aggregate.ParsePeriod(d.Period, loc)
	if err != nil || !p.From.Equal(d.From) || !p.To.Equal(d.To) {
		p = aggregate.Between(d.From, d.To, loc)
	}
	return p
}

// Delete removes the records of d.Period whose ID is at most d.UpTo and
// returns how many it removed. The audit is told first, and again when all is
// removed and counted. A deletion that was interrupted is ended by the
// instance that runs, or by the next that is opened.
//
// The period must be bounded, else nothing happens and the error is
// [ErrPeriod], with ERR-07. Other errors carry ERR-06, ERR-01 or ERR-04.
func (s *Store) Delete(ctx context.Context, d aggregate.Deletion) (int64, error) {
	doing := "delete " + d.Period.String()
	if err := s.alive(ctx); err != nil {
		return 0, s.fail(ctx, event.DeleteFailed, doing, err)
	}
	if !d.Period.Bounded() {
		return 0, s.fail(ctx, event.DeleteFailed, doing, ErrPeriod)
	}
	if d.At.IsZero() {
		d.At = time.Now()
	}
	s.mu.Lock()
	w := s.mine.Writer
	s.mu.Unlock()
	row := deletion{
		ID: primitive.NewObjectID(), Period: d.Period.String(), Zone: d.Period.Location().String(),
		From: d.Period.From, To: d.Period.To, UpTo: d.UpTo, By: d.By, At: d.At, Writer: w,
	}
	n, err := s.begin(ctx, row)
	return n, s.fail(ctx, event.DeleteFailed, doing, err)
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
		s.loops.Go(s.resumeDeletions)
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

// resumeDeletions ends the deletions that nobody runs any more. It tries until
// it succeeds or the Store is closed.
func (s *Store) resumeDeletions() {
	for s.closing.Err() == nil {
		err := s.resume(s.closing)
		if err == nil {
			return
		}
		s.log().Warn("log base: cannot end a deletion yet", "err", scrub(err, s.secrets))
		select {
		case <-time.After(s.opts.Poll):
		case <-s.closing.Done():
		}
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

// Deletions returns every deletion that was ever begun, newest first. Errors
// carry ERR-02, ERR-01 or ERR-04.
func (s *Store) Deletions(ctx context.Context) ([]aggregate.Deletion, error) {
	err := s.alive(ctx)
	var rows []deletion
	if err == nil {
		rows, err = s.deletions(ctx)
	}
	if err != nil {
		return nil, s.fail(ctx, event.ReadFailed, "deletions", err)
	}
	out := make([]aggregate.Deletion, len(rows))
	for i, row := range rows {
		out[len(rows)-1-i] = aggregate.Deletion{
			Period: row.period(s.opts.Location), UpTo: row.UpTo, By: row.By,
			At: row.At, Records: row.Records, Done: row.Done,
		}
	}
	return out, nil
}

// deletions reads the audit, oldest first.
func (s *Store) deletions(ctx context.Context) ([]deletion, error) {
	ctx, cancel := s.short(ctx)
	defer cancel()
	cur, err := s.audit.Find(ctx, bson.D{})
	if err != nil {
		return nil, err
	}
	var rows []deletion
	if err := cur.All(ctx, &rows); err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b deletion) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return rows, nil
}
