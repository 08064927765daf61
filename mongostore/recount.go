package mongostore

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// daysAtOnce bounds how many days are counted again in one go, and with it
// the memory that takes.
const daysAtOnce = 14

// recount counts all records of some days, whoever wrote them, and replaces the
// sums. It can be broken off anywhere and done by several at once: the
// documents are open meanwhile, and whoever finds them silent does it again.
// Those in closing are closed, even if they were open before.
//
// First every revision is raised. From then on no instance publishes sums of
// these days without counting its own records again. The same is true for us:
// where a document has changed since, whoever changed it has counted later.
//
// Whoever changed it may not have replaced the sums yet. So that the caller sees
// the right ones at once, unless nobody waits for them, we try again a few times.
func (s *Store) recount(ctx context.Context, days []aggregate.Day, closing map[string]bool) error {
	for chunk := range slices.Chunk(days, daysAtOnce) {
		for range recountTries {
			raced, err := s.recountSome(ctx, chunk, closing)
			if err != nil {
				return err
			}
			if !raced || closing != nil {
				break
			}
		}
	}
	return nil
}

// recountTries bounds how often instances that count the same days make each
// other count again.
const recountTries = 5

func (s *Store) recountSome(ctx context.Context, days []aggregate.Day, closing map[string]bool) (raced bool, err error) {
	before, err := s.findSums(ctx, onDays(days), withoutSums())
	if err != nil {
		return false, err
	}
	idle := make(map[string]bool) // whose writer is not at work
	for _, d := range before {
		idle[d.ID] = !d.Open || d.Writer == nobody || closing[d.ID]
	}
	if err := s.updateAll(ctx, s.sums, onDays(days), raised()); err != nil {
		return false, err
	}
	docs, err := s.findSums(ctx, onDays(days), withoutSums())
	if err != nil {
		return false, err
	}
	fresh, err := s.tally(ctx, onDays(days))
	if err != nil {
		return false, err
	}
	if err := s.turn.take(ctx); err != nil {
		return false, err
	}
	defer s.turn.give()
	for i, d := range docs {
		of := owner{d.Day.day(), d.Writer}
		docs[i].Open, docs[i].Sums = !idle[d.ID], fresh[of].encode()
		delete(fresh, of)
	}
	for of, c := range fresh { // that had no document
		d := blank(of.day, of.writer)
		d.Sums = c.encode()
		docs = append(docs, d)
	}
	for _, d := range docs {
		if d.Writer == s.writer && s.own[d.Day.day()] != nil {
			continue // counted below
		}
		switch err := s.replace(ctx, d); {
		case errors.Is(err, errRaced):
			raced = true
		case err != nil:
			return false, err
		}
	}
	for _, d := range days {
		if l := s.own[d]; l != nil {
			l.doubt = true
		}
	}
	if err := s.publish(ctx, false); err != nil {
		return false, err
	}
	return raced, s.reload(ctx, days)
}

// raised opens a document, and makes every revision known of it an old one.
func raised() bson.D {
	return bson.D{
		{Key: "$inc", Value: bson.D{{Key: fieldRev, Value: int64(1)}}},
		{Key: "$set", Value: bson.D{{Key: fieldOpen, Value: true}}},
		changedNow(),
	}
}

// recountOpen counts the days again whose documents are open and have not
// changed for some time, and closes those.
func (s *Store) recountOpen(ctx context.Context, silence time.Duration) error {
	if err := s.turn.take(ctx); err != nil {
		return err
	}
	days := make(map[aggregate.Day]struct{})
	silent := make(map[string]bool)
	for id, v := range s.versions {
		if v.open && time.Since(v.since) >= silence {
			days[v.day] = struct{}{}
			silent[id] = silence > 0
		}
	}
	s.turn.give()
	if len(days) == 0 {
		return nil
	}
	s.opts.Logger.Info("log base: counting days that an instance left open", "days", len(days))
	return s.recount(ctx, sorted(days), silent)
}

// owner is who wrote records of a day.
type owner struct {
	day    aggregate.Day
	writer primitive.ObjectID
}

// tally counts the records that filter finds.
func (s *Store) tally(ctx context.Context, filter bson.D) (map[owner]counts, error) {
	out := make(map[owner]counts)
	fields := options.Find().SetProjection(bson.D{
		{Key: fieldID, Value: 0}, {Key: fieldTime, Value: 0}, {Key: fieldInstant, Value: 0}, {Key: fieldNanos, Value: 0},
	})
	err := s.eachRecord(ctx, s.records, filter, fields, func(k kept) error {
		if k.day == noDay {
			return nil
		}
		of := owner{k.day.day(), k.writer}
		if out[of] == nil {
			out[of] = make(counts)
		}
		out[of][aggregate.KeyOf(k.Event)]++
		return nil
	})
	return out, err
}

// Recount counts the records of the days that p touches again and puts the
// sums right; of a period without an end, those of all days. It returns how
// many sums changed in what this instance shows. An expression gives
// [logbase.ErrPeriod], with ERR-07; other errors carry ERR-02, ERR-05, ERR-01
// or ERR-04.
func (s *Store) Recount(ctx context.Context, p aggregate.Period) (changed int64, err error) {
	err = s.writable(ctx)
	if err == nil && p.Expr() != nil {
		err = logbase.ErrPeriod
	}
	if err == nil {
		changed, err = s.recountPeriod(ctx, p)
	}
	return changed, s.fail(ctx, logbase.CodeReadFailed, "recount", err)
}

func (s *Store) recountPeriod(ctx context.Context, p aggregate.Period) (changed int64, err error) {
	if err := s.adoptAll(ctx); err != nil {
		return 0, err
	}
	days, err := s.daysIn(ctx, p)
	if err != nil {
		return 0, err
	}
	before := s.rowsOf(days)
	if err := s.recount(ctx, days, nil); err != nil {
		return 0, err
	}
	after := s.rowsOf(days)
	for i := range after {
		after[i].Count = -after[i].Count
	}
	for _, r := range aggregate.Regroup(append(before, after...), aggregate.ByAll) {
		if r.Count != 0 {
			changed++
		}
	}
	return changed, nil
}

// rowsOf returns every sum of some days.
func (s *Store) rowsOf(days []aggregate.Day) []aggregate.Row {
	if len(days) == 0 {
		return nil
	}
	loc := s.opts.Location
	p := aggregate.Between(days[0].Start(loc), (days[len(days)-1] + 1).Start(loc), loc)
	return s.cube.Rows(aggregate.Query{Period: p, By: aggregate.ByAll, Step: aggregate.DayUnit})
}
