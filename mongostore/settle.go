package mongostore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/e-gov/tarastat/aggregate"
)

// errBusy says that another instance did not do what was asked in time.
var errBusy = errors.New("another instance does not answer")

// settle counts all records of the dirty days again, whoever wrote them, and
// of the days given beside them. The caller holds upkeep.
//
// It can be broken off anywhere: the days stay dirty, in the base as well, and
// whoever finds them so does it again.
func (s *Store) settle(ctx context.Context, days []aggregate.Day) error {
	if len(days) > 0 {
		if err := s.setDirty(ctx, days); err != nil {
			return err
		}
	}
	s.mu.Lock()
	days = sorted(s.dirty)
	s.mu.Unlock()
	if len(days) == 0 {
		return nil
	}
	asked, err := s.ask(ctx, days)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(days, daysAtOnce) {
		if err := s.recountOthers(ctx, chunk); err != nil {
			return err
		}
		if err := s.turn.take(ctx); err != nil {
			return err
		}
		err := s.recountOwn(ctx, chunk)
		s.turn.give()
		if err != nil {
			return err
		}
	}
	if err := s.publish(ctx); err != nil {
		return err
	}
	if err := s.await(ctx, asked); err != nil {
		return err
	}
	if err := s.reload(ctx, days); err != nil {
		return err
	}
	s.mu.Lock()
	for _, d := range days {
		delete(s.dirty, d)
	}
	s.mu.Unlock()
	return s.tell(ctx)
}

// ask wants every living instance to count its own records of some days again.
// It returns the number of the request, 0 when there is nobody to ask.
func (s *Store) ask(ctx context.Context, days []aggregate.Day) (int64, error) {
	s.mu.Lock()
	if len(s.living()) == 0 {
		s.mu.Unlock()
		return 0, nil
	}
	s.mine.Ask = request{Number: s.mine.Ask.Number + 1, Days: numbersOf(days)}
	n := s.mine.Ask.Number
	s.mu.Unlock()
	return n, s.tell(ctx)
}

// await waits until all others have done what was asked, or have died.
func (s *Store) await(ctx context.Context, asked int64) error {
	if asked == 0 {
		return nil
	}
	ctx, cancel := s.long(ctx)
	defer cancel()
	for {
		if err := s.look(ctx); err != nil {
			return err
		}
		s.mu.Lock()
		me := s.mine.Writer
		waiting := slices.ContainsFunc(s.living(), func(o *sight) bool { return o.answered(me) < asked })
		s.mu.Unlock()
		if !waiting {
			return nil
		}
		select {
		case <-time.After(s.opts.Poll): // slower would delay, faster would bury the living
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", errBusy, ctx.Err())
		}
	}
}

// living returns the other instances that live. The caller holds mu.
func (s *Store) living() []*sight {
	var out []*sight
	for _, o := range s.others {
		if o.alive() {
			out = append(out, o)
		}
	}
	return out
}
