package mongostore

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
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
	LastID   int64              `bson:"lastID"`   // the greatest ID among them
	Records  int64              `bson:"records"`
	Done     bool               `bson:"done"`
	Steps    int64              `bson:"steps"` // grows as long as somebody works on it
}

const (
	fieldDone   = "done"
	fieldLastID = "lastID"
)

// period is the period as it was asked for.
func (d deletion) period(loc *time.Location) aggregate.Period {
	if zone, err := time.LoadLocation(d.Zone); err == nil {
		loc = zone
	}
	p, err := aggregate.ParseCivil(d.Period, loc)
	if err != nil || !p.From().Equal(d.From) || !p.To().Equal(d.To) {
		p = aggregate.Between(d.From, d.To, loc)
	}
	return p
}

// Deletions returns every deletion that was ever begun, newest first. Errors
// carry ERR-02, ERR-01 or ERR-04.
func (s *Store) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	return ask(ctx, s, "deletions", func() ([]logbase.Deletion, error) {
		rows, err := s.audit(ctx, bson.D{})
		out := make([]logbase.Deletion, len(rows))
		for i, row := range rows {
			out[i] = logbase.Deletion{
				Period: row.period(s.opts.Location), UpTo: row.UpTo, By: row.By,
				At: row.At, Records: row.Records, Done: row.Done,
			}
		}
		return out, err
	})
}

// audit reads rows of the audit, newest first.
func (s *Store) audit(ctx context.Context, filter bson.D) ([]deletion, error) {
	ctx, cancel := s.short(ctx)
	defer cancel()
	return find[deletion](ctx, s, s.deletions, filter, options.Find().SetSort(bson.D{{Key: fieldID, Value: -1}}))
}

// Delete removes the records of d.Period whose ID is at most d.UpTo and
// returns how many it removed. The audit is told first, and again when all is
// removed and counted. A deletion that was interrupted is ended by whichever
// instance notices, after 30 polls.
//
// The period must be bounded, else nothing happens and the error is
// [logbase.ErrPeriod], with ERR-07. Other errors carry ERR-06, ERR-01 or ERR-04.
func (s *Store) Delete(ctx context.Context, d logbase.Deletion) (int64, error) {
	err := s.alive(ctx)
	if err == nil && !d.Period.Bounded() {
		err = logbase.ErrPeriod
	}
	var n int64
	if err == nil {
		n, err = s.begin(ctx, d)
	}
	return n, s.fail(ctx, logbase.CodeDeleteFailed, "delete "+d.Period.String(), err)
}

func (s *Store) begin(ctx context.Context, d logbase.Deletion) (int64, error) {
	if d.At.IsZero() {
		d.At = time.Now()
	}
	row := deletion{
		ID: primitive.NewObjectID(), Period: d.Period.String(), Zone: d.Period.Location().String(),
		From: d.Period.From(), To: d.Period.To(), UpTo: d.UpTo, By: d.By, At: d.At,
	}
	if err := s.adoptAll(ctx); err != nil {
		return 0, err
	}
	err := s.matching(ctx, s.within(d.Period), row, func(k kept) error {
		row.Expected++
		row.LastID = max(row.LastID, k.ID)
		return nil
	})
	if err != nil {
		return 0, err
	}
	bounded, cancel := s.short(ctx)
	_, err = s.deletions.InsertOne(bounded, row)
	cancel()
	if err != nil {
		return 0, err
	}
	if err := s.run(ctx, row); err != nil {
		return 0, err
	}
	return row.Expected, nil
}

// matching calls f for the records found by filter that a deletion is to remove.
func (s *Store) matching(ctx context.Context, filter bson.D, row deletion, f func(kept) error) error {
	p := row.period(s.opts.Location)
	o := options.Find().SetProjection(bson.D{
		{Key: fieldDay, Value: 1}, {Key: fieldTime, Value: 1}, {Key: fieldInstant, Value: 1}, {Key: fieldNanos, Value: 1},
	})
	return s.eachRecord(ctx, s.records, filter, o, func(k kept) error {
		if k.Time.IsZero() || !p.Contains(k.Time) || k.ID > row.UpTo {
			return nil
		}
		return f(k)
	})
}

// run removes the records of a deletion, counts the days again, a few at a
// time, and says that it is done. It may be run again at any time, and by
// several at once.
func (s *Store) run(ctx context.Context, row deletion) error {
	days, err := s.daysIn(ctx, row.period(s.opts.Location))
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(days, daysAtOnce) {
		var ids bson.A
		err := s.matching(ctx, onDays(chunk), row, func(k kept) error {
			if ids = append(ids, k.ownID()); len(ids) < deleteAtOnce {
				return nil
			}
			err := s.remove(ctx, row, ids)
			ids = ids[:0]
			return err
		})
		if err == nil {
			err = s.remove(ctx, row, ids)
		}
		if err == nil {
			err = s.recount(ctx, chunk, nil)
		}
		if err != nil {
			return err
		}
	}
	return s.mark(ctx, row, bson.D{{Key: "$set", Value: bson.D{{Key: fieldDone, Value: true}, {Key: "records", Value: row.Expected}}}})
}

// remove removes records and shows that somebody is at work.
func (s *Store) remove(ctx context.Context, row deletion, ids bson.A) error {
	if len(ids) == 0 {
		return nil
	}
	bounded, cancel := s.long(ctx)
	defer cancel()
	if _, err := s.records.DeleteMany(bounded, in(fieldID, ids)); err != nil {
		return err
	}
	return s.mark(ctx, row, bson.D{{Key: "$inc", Value: bson.D{{Key: "steps", Value: int64(1)}}}})
}

func (s *Store) mark(ctx context.Context, row deletion, change bson.D) error {
	ctx, cancel := s.short(ctx)
	defer cancel()
	_, err := s.deletions.UpdateByID(ctx, row.ID, change)
	return err
}

// progress is what was seen of a deletion that is not done.
type progress struct {
	steps int64
	since time.Time
}

// resumeDeletions ends the deletions at which nobody has worked for some time.
func (s *Store) resumeDeletions(ctx context.Context) error {
	rows, err := s.audit(ctx, bson.D{{Key: fieldDone, Value: false}})
	if err != nil {
		return err
	}
	was := s.pending
	s.pending = make(map[primitive.ObjectID]progress)
	for _, row := range rows {
		seen, ok := was[row.ID]
		if !ok || seen.steps != row.Steps {
			seen = progress{row.Steps, time.Now()}
		}
		s.pending[row.ID] = seen
		if time.Since(seen.since) < s.silence() {
			continue
		}
		s.opts.Logger.Info("log base: resuming a deletion", "period", row.Period, "records", row.Expected)
		if err := s.run(ctx, row); err != nil {
			return fmt.Errorf("delete %s: %w", row.Period, err)
		}
	}
	return nil
}
