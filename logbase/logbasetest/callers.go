package logbasetest

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// cancelledContext: a caller who gives up harms nobody else.
func (s suite) cancelledContext(t *testing.T) {
	rng := s.rng(8)
	b := s.filled(t, rng, 200)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		batch := make([]logbase.Record, 100)
		for i := range batch {
			batch[i] = logbase.Record{ID: b.model.lastID + int64(i) + 1, Event: randomEvent(rng)}
		}
		// Whether it is kept is open, but it may always come again.
		_ = b.store.Append(gone, batch)
		b.append(batch)

		for _, q := range []aggregate.Query{{}, {Step: aggregate.Hour}, {Period: b.parse("T1[0-9]:")}} {
			if rows, err := b.store.Sums(gone, q); err == nil {
				b.equal("Sums", aggregate.Count(b.model.events(), q), nonNil(rows), nil)
			}
		}
		_, _ = b.store.Extent(gone, b.parse("2018-10-28T03"))
		_, _ = b.store.Bounds(gone)
		_, _ = b.store.IDs(gone)
		_, _ = b.store.Clients(gone)
		_, _ = b.store.Deletions(gone)
		_, _ = b.store.Recount(gone, aggregate.Period{})
		_ = b.store.Ping(gone)
		b.check(rng, 10)
	}
	b.append([]logbase.Record{{ID: b.model.lastID + 1, Event: randomEvent(rng)}})
	b.check(rng, 5)
}

// concurrent: several write while others ask. Run it with -race.
func (s suite) concurrent(t *testing.T) {
	const writers, readers = 3, 3
	b := s.base(t)
	var writing, reading sync.WaitGroup
	var mu sync.Mutex // guards the model
	for w := range writers {
		writing.Go(func() {
			rng := s.rng(100 + uint64(w))
			for i := range 10 {
				batch := make([]logbase.Record, s.o.Events/100)
				for j := range batch {
					batch[j] = logbase.Record{ID: int64((i*len(batch)+j)*writers + w + 1), Event: randomEvent(rng)}
				}
				if err := b.store.Append(t.Context(), batch); err != nil {
					t.Errorf("Append: %v", err)
				}
				mu.Lock()
				b.model.append(batch)
				mu.Unlock()
			}
		})
	}
	done := make(chan struct{})
	for r := range readers {
		reading.Go(func() {
			rng := s.rng(200 + uint64(r))
			var last int64
			for {
				select {
				case <-done:
					return
				default:
				}
				if last = b.ask(rng, last); t.Failed() {
					return
				}
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	if t.Failed() {
		return
	}
	b.check(s.rng(9), 20)
	b.checkRecords(aggregate.Period{})
}

// ask asks for this and that, and wants the number of records never to fall.
func (b *base) ask(rng *rand.Rand, before int64) (now int64) {
	ctx := b.t.Context()
	bounds, err := b.store.Bounds(ctx)
	if err != nil || bounds.Records < before {
		b.t.Errorf("Bounds: %d records after %d, error %v", bounds.Records, before, err)
	}
	if _, err := b.store.Sums(ctx, b.randomQuery(rng)); err != nil {
		b.t.Errorf("Sums: %v", err)
	}
	if _, err := b.store.Extent(ctx, b.randomPeriod(rng)); err != nil {
		b.t.Errorf("Extent: %v", err)
	}
	if err := b.store.Ping(ctx); err != nil {
		b.t.Errorf("Ping: %v", err)
	}
	return bounds.Records
}
