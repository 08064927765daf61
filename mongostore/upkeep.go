package mongostore

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// idlePolls is for how many polls nothing must come for a day before its
// ledger is dropped from memory and the day is no longer told as open.
const idlePolls = 10

// beat tells the others that we live, whatever else takes its time.
func (s *Store) beat() {
	s.every(s.opts.Poll, func() {
		if err := s.tell(s.closing); err != nil {
			s.log().Debug("log base: cannot give a sign of life", "err", scrub(err, s.secrets))
		}
	})
}

// keepUp publishes our sums, takes over those of the others, and finds out
// what went wrong.
func (s *Store) keepUp() {
	resume := true
	var checked time.Time
	s.every(s.opts.Poll, func() {
		ctx := s.closing
		err := s.round(ctx)
		s.setHealth(ctx, err)
		if err != nil {
			return
		}
		if resume {
			resume = false
			s.loops.Go(s.resumeDeletions)
		}
		if s.opts.Check > 0 && time.Since(checked) >= s.opts.Check {
			if err := s.check(ctx); err != nil && ctx.Err() == nil {
				s.log().Warn("log base: cannot compare records with sums", "err", scrub(err, s.secrets))
			}
			checked = time.Now()
		}
	})
}

// every calls f at once and then time and again until Close.
func (s *Store) every(d time.Duration, f func()) {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		f()
		select {
		case <-t.C:
		case <-s.closing.Done():
			return
		}
	}
}

// setHealth keeps why the last look failed, for those who ask for sums.
func (s *Store) setHealth(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	err = s.fail(ctx, event.ReadFailed, "look at the log base", err)
	s.mu.Lock()
	was := s.health
	s.health = err
	s.mu.Unlock()
	switch {
	case err != nil && was == nil:
		s.log().Error("log base: lost", "err", err)
	case err == nil && was != nil:
		s.log().Info("log base: found again")
	}
}

// round is one turn of keepUp.
func (s *Store) round(ctx context.Context) error {
	if err := s.upkeep.take(ctx); err != nil {
		return err
	}
	defer s.upkeep.give()
	if s.expelled.Load() {
		if err := s.comeBack(ctx); err != nil {
			return err
		}
	}
	if err := s.recountUnsure(ctx); err != nil {
		return err
	}
	if err := s.publish(ctx); err != nil {
		return err
	}
	if err := s.look(ctx); err != nil {
		return err
	}
	if err := s.takeOver(ctx); err != nil {
		return err
	}
	if err := s.settle(ctx, nil); err != nil {
		return err
	}
	return s.release(ctx)
}

// publish writes what changed in our ledgers to the base.
func (s *Store) publish(ctx context.Context) error {
	s.mu.Lock()
	var out publication
	for _, d := range sorted(s.own) {
		l := s.own[d]
		if !l.pending() {
			continue
		}
		out.models = append(out.models, l.writes(d, s.mine.Writer, s.mine.Writer, s.revision+1)...)
		out.sent = append(out.sent, sent{l, l.changed, l.whole})
		l.changed, l.whole = make(map[int]struct{}), false
		l.parts = max(l.parts, (len(l.sums)+sumsPerPart-1)/sumsPerPart)
	}
	s.mu.Unlock()
	err := s.writeParts(ctx, out)
	if err != nil {
		s.mu.Lock()
		for _, o := range out.sent {
			maps.Copy(o.ledger.changed, o.changed)
			o.ledger.whole = o.ledger.whole || o.whole
		}
		s.mu.Unlock()
	}
	return err
}

// look reads what the other instances tell, loads the days they changed, and
// serves their requests.
func (s *Store) look(ctx context.Context) error {
	all, err := s.entries(ctx)
	if err != nil {
		return err
	}
	var requests []*sight
	changed := make(map[aggregate.Day]struct{})
	loaded := make(map[*sight]int64)
	s.mu.Lock()
	me := s.mine.Writer
	seen := make(map[writer]bool)
	for _, e := range all {
		if e.Writer == me {
			continue
		}
		seen[e.Writer] = true
		o := s.others[e.Writer]
		if o == nil {
			o = &sight{}
			s.others[e.Writer] = o
		}
		if o.looks++; e.Beat != o.Beat {
			o.looks = 0
		}
		o.entry = e
		s.sawID(e.LastID)
		if o.Revision > o.loaded {
			loaded[o] = o.Revision
		}
		if !o.Gone && o.Ask.Number > s.mine.answered(o.Writer) {
			requests = append(requests, o)
		}
	}
	maps.DeleteFunc(s.others, func(w writer, _ *sight) bool { return !seen[w] })
	s.mu.Unlock()
	for o, revision := range loaded {
		days, err := s.changedBy(ctx, o)
		if err != nil {
			return err
		}
		for _, d := range days {
			changed[d] = struct{}{}
		}
		loaded[o] = revision
	}
	if err := s.reload(ctx, sorted(changed)); err != nil {
		return err
	}
	for o, revision := range loaded {
		o.loaded = revision
	}
	return s.answer(ctx, requests)
}

// changedBy returns the days of which another instance wrote ledgers since we
// last loaded them.
func (s *Store) changedBy(ctx context.Context, o *sight) ([]aggregate.Day, error) {
	days := make(map[aggregate.Day]struct{})
	filter := bson.D{
		{Key: fieldBy, Value: int64(o.Writer)},
		{Key: fieldRevision, Value: bson.D{{Key: "$gt", Value: o.loaded}}},
	}
	fields := options.Find().SetProjection(bson.D{{Key: fieldDay, Value: 1}})
	err := s.each(ctx, s.ledgers, filter, fields, func(raw bson.Raw) error {
		if n, ok := raw.Lookup(fieldDay).AsInt64OK(); ok {
			days[dayNumber(n).day()] = struct{}{} //nolint:gosec // written from an int32
		}
		return nil
	})
	return sorted(days), err
}

// answer counts our own records of the days that others ask for again.
func (s *Store) answer(ctx context.Context, requests []*sight) error {
	if len(requests) == 0 {
		return nil
	}
	for _, o := range requests {
		if err := s.turn.take(ctx); err != nil {
			return err
		}
		err := s.recountOwn(ctx, daysOf(o.Ask.Days))
		s.turn.give()
		if err != nil {
			return err
		}
	}
	if err := s.publish(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	answers := maps.Clone(s.mine.Answers)
	for _, o := range requests {
		answers[strconv.FormatInt(int64(o.Writer), 10)] = o.Ask.Number
	}
	maps.DeleteFunc(answers, func(w string, _ int64) bool {
		n, _ := strconv.ParseInt(w, 10, 64)
		o := s.others[writer(n)]
		return o == nil || o.Gone
	})
	s.mine.Answers = answers
	s.mu.Unlock()
	return s.tell(ctx)
}

// recountUnsure counts the days again on which the outcome of a batch was not
// known, in case that batch never comes back.
func (s *Store) recountUnsure(ctx context.Context) error {
	s.mu.Lock()
	days := sorted(s.unsure)
	s.mu.Unlock()
	if len(days) == 0 {
		return nil
	}
	if err := s.turn.take(ctx); err != nil {
		return err
	}
	defer s.turn.give()
	return s.recountOwn(ctx, days)
}

// release drops the ledgers of days on which nothing came for some time.
func (s *Store) release(ctx context.Context) error {
	if err := s.turn.take(ctx); err != nil {
		return err
	}
	defer s.turn.give()
	s.mu.Lock()
	idle := time.Now().Add(-idlePolls * s.opts.Poll)
	n := 0
	for d, l := range s.own {
		if _, unsure := s.unsure[d]; l.pending() || unsure || l.used.After(idle) {
			continue
		}
		delete(s.own, d)
		delete(s.open, d)
		n++
	}
	s.mu.Unlock()
	if n == 0 {
		return nil
	}
	return s.tell(ctx)
}

// sorted returns the keys of m in order.
func sorted[V any](m map[aggregate.Day]V) []aggregate.Day {
	return slices.Sorted(maps.Keys(m))
}

// errBusy says that another instance did not do what was asked in time.
var errBusy = errors.New("another instance does not answer")
