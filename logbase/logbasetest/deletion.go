package logbasetest

import (
	"context"
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
		if n != 0 || err == nil {
			t.Errorf("Delete of %q: %d removed, error %v", p.String(), n, err)
		}
		if _, ok := logbase.CodeOf(err); !ok {
			t.Errorf("Delete of %q: an error without a code: %v", p.String(), err)
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
	for { // until it has begun
		list, err := b.store.Deletions(t.Context())
		if err != nil {
			t.Fatalf("Deletions: %v", err)
		}
		if len(list) > 0 {
			break
		}
	}
	cancel()
	if err := <-result; err != nil {
		if _, ok := logbase.CodeOf(err); !ok {
			t.Errorf("Delete: an error without a code: %v", err)
		}
	}
	b.restart()
	b.awaitDeletions()
	b.model.delete(d)
	b.check(rng, 20)
	b.checkRecords(aggregate.Period{})
}

// awaitDeletions waits until every deletion has ended.
func (b *base) awaitDeletions() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	for {
		list, err := b.store.Deletions(ctx)
		if err != nil {
			b.t.Fatalf("Deletions: %v", err)
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
