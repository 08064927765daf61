package mongostore

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
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
	var checked time.Time
	s.every(s.opts.Poll, func() {
		ctx := s.closing
		err := s.round(ctx)
		s.setHealth(ctx, err)
		if err != nil {
			return
		}
		if s.deleting.Swap(false) {
			s.resumeDeletions(ctx)
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
	err = s.fail(ctx, logbase.ReadFailed, "look at the log base", err)
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
