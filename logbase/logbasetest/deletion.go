package logbasetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// filled opens a base with so many random records.
func (s suite) filled(t *testing.T, rng *rand.Rand, n int) *base {
	t.Helper()
	b := s.base(t)
	batch := make([]logbase.Record, n)
	for i := range batch {
		batch[i] = logbase.Record{ID: int64(i + 1), Event: randomEvent(rng)}
	}
	b.append(batch)
	return b
}

// confirmed is the deletion of a period as somebody who saw its extent would
// confirm it.
func (b *base) confirmed(p aggregate.Period) logbase.Deletion {
	b.t.Helper()
	x, err := b.store.Extent(b.t.Context(), p)
	b.equal("Extent of "+p.String(), b.model.extent(p), x, err)
	return logbase.Deletion{Period: p, UpTo: x.UpTo, By: "127.0.0.1", At: time.UnixMilli(1_600_000_000_123)}
}

// deletion: any bounded period may go, and nothing else goes with it.
func (s suite) deletion(t *testing.T) {
	rng := s.rng(4)
	b := s.filled(t, rng, s.o.Events/4)
	for _, text := range []string{
		"2018-10-28T03", "2018-03-25T03", "2018-05-01", "2020-W53", "2018-10", "2018-10", "2018-04-30T12/2018-06",
		"2018-Q3", "1999", "2100/9999", "2018", "2016", "1583/9999",
	} {
		d := b.confirmed(b.parse(text))
		n, err := b.store.Delete(t.Context(), d)
		b.equal("Delete of "+text, b.model.delete(d), n, err)
		b.check(rng, 10)
	}
	b.restart()
	b.check(rng, 10)
	b.append([]logbase.Record{{ID: b.model.lastID + 1, Event: randomEvent(rng)}})
	b.check(rng, 10)
}

// deletionRefused: a period without an end, or an expression, is never deleted,
// and leaves no trace in the audit.
func (s suite) deletionRefused(t *testing.T) {
	rng := s.rng(5)
	b := s.filled(t, rng, 50)
	noon := time.Date(2018, 10, 28, 12, 0, 0, 0, event.DefaultLocation())
	for _, p := range []aggregate.Period{
		{},
		b.parse(""), b.parse("2018|2020"), b.parse(".*"),
		aggregate.Between(noon, time.Time{}, noon.Location()), aggregate.Between(time.Time{}, noon, noon.Location()),
	} {
		n, err := b.store.Delete(t.Context(), logbase.Deletion{Period: p, UpTo: 50, By: "127.0.0.1"})
		if n != 0 || !errors.Is(err, logbase.ErrPeriod) {
			t.Errorf("Delete of %q: %d removed, error %v instead of ErrPeriod", p.String(), n, err)
		}
		hasCode(t, "Delete of "+p.String(), err, logbase.CodeBadPeriod)
		if p.Expr() != nil {
			_, err := b.store.Recount(t.Context(), p)
			if !errors.Is(err, logbase.ErrPeriod) {
				t.Errorf("Recount of %q: %v instead of ErrPeriod", p.String(), err)
			}
			hasCode(t, "Recount of "+p.String(), err, logbase.CodeBadPeriod)
		}
	}
	b.check(rng, 5)
	b.checkRecords(aggregate.Period{})
}

// deletionUpTo: what came after the confirmation stays.
func (s suite) deletionUpTo(t *testing.T) {
	rng := s.rng(6)
	b := s.filled(t, rng, 200)
	for _, text := range []string{"2018-10-28", "2018-10", "2018"} {
		d := b.confirmed(b.parse(text))
		later := make([]logbase.Record, 50)
		for i := range later {
			later[i] = logbase.Record{ID: b.model.lastID + int64(i) + 1, Event: randomEvent(rng)}
		}
		b.append(later)
		n, err := b.store.Delete(t.Context(), d)
		b.equal("Delete of "+text, b.model.delete(d), n, err)
		b.check(rng, 10)
	}
}

// deletionInterrupted: a deletion whose context ends is ended later, after the
// base was opened again at the latest.
func (s suite) deletionInterrupted(t *testing.T) {
	rng := s.rng(7)
	b := s.filled(t, rng, s.o.Events)
	ctx, cancel := context.WithCancel(t.Context())
	d := b.confirmed(b.parse("2018-03-02/2020-W53"))
	result := make(chan error, 1)
	go func() {
		_, err := b.store.Delete(ctx, d)
		result <- err
	}()
	ended, err := b.awaitBegun(result)
	cancel()
	if !ended {
		err = <-result // the guard bounds it
	}
	if err != nil {
		hasCode(t, "Delete that was broken off", err, logbase.CodeDeleteFailed, logbase.CodeUnreachable)
	}
	b.restart()
	b.awaitDeletions()
	b.model.delete(d)
	b.check(rng, 20)
	b.checkRecords(aggregate.Period{})
}

// awaitBegun waits until the audit knows of a deletion. Nothing may be gone before
// that. It returns the outcome when the deletion has ended by then.
func (b *base) awaitBegun(result <-chan error) (ended bool, err error) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), b.suite.o.Patience)
	defer cancel()
	for all := int64(len(b.model.records)); ; {
		bounds, err := b.store.Bounds(ctx)
		list, told := b.store.Deletions(ctx)
		if err := errors.Join(err, told); err != nil {
			b.t.Fatalf("waiting until the audit tells of a deletion under way: %v", err)
		}
		if len(list) > 0 {
			return false, nil
		}
		select {
		case err := <-result:
			if list, _ := b.store.Deletions(ctx); len(list) == 0 {
				b.t.Fatalf("a deletion has ended (%v) of which the audit tells nothing", err)
			}
			return true, err
		default:
			if bounds.Records < all {
				if list, _ := b.store.Deletions(ctx); len(list) == 0 {
					b.t.Fatalf("%d records are gone before the audit tells of the deletion", all-bounds.Records)
				}
			}
		}
	}
}

// awaitDeletions waits until every deletion has ended.
func (b *base) awaitDeletions() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), b.suite.o.Patience)
	defer cancel()
	for {
		list, err := b.store.Deletions(ctx)
		if err != nil {
			b.t.Fatalf("waiting until a deletion that was broken off is ended: %v", err)
		}
		done := true
		for _, d := range list {
			done = done && d.Done
		}
		if done {
			return
		}
		time.Sleep(time.Millisecond) // the contract has nothing to wait on
	}
}
