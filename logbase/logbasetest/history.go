package logbasetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// histories plays random histories and looks after every step.
func (s suite) histories(t *testing.T) {
	for i := range s.o.Histories {
		seed := s.o.Seed + uint64(i)
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			h := history{base: s.base(t), rng: newRand(seed, 0)}
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("logbasetest.Options{Seed: %d, Histories: 1, Events: %d} plays it again; its last steps were %q",
						seed, s.o.Events, h.steps[max(0, len(h.steps)-10):])
				}
			})
			h.play()
		})
	}
}

// history is one run of random steps.
type history struct {
	*base
	rng     *rand.Rand
	nextID  int64
	batches [][]logbase.Record // handed over before
	steps   []string
}

func (h *history) play() {
	size := h.suite.o.Events / 20
	for sent := 0; sent < h.suite.o.Events; {
		switch n := h.rng.IntN(20); {
		case n < 9 || len(h.batches) == 0:
			sent += h.fresh(1 + h.rng.IntN(2*size))
		case n < 12:
			h.replay()
		case n < 16:
			h.delete()
		case n < 18:
			h.step("restart")
			h.restart()
		case n < 19:
			h.recount()
		default:
			h.step("ping")
			if err := h.store.Ping(h.t.Context()); err != nil {
				h.t.Fatalf("Ping: %v", err)
			}
		}
		h.check(h.rng, 6)
	}
	h.restart()
	h.check(h.rng, 40)
	h.checkRecords(aggregate.Period{})
}

func (h *history) step(format string, args ...any) {
	h.steps = append(h.steps, fmt.Sprintf(format, args...))
}

// fresh hands over a batch of new records, mostly in the order of their IDs.
func (h *history) fresh(n int) int {
	batch := make([]logbase.Record, n)
	for i := range batch {
		h.nextID += 1 + h.rng.Int64N(3)
		batch[i] = logbase.Record{ID: h.nextID, Event: randomEvent(h.rng)}
	}
	if h.rng.IntN(4) == 0 {
		h.rng.Shuffle(n, func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
	}
	h.step("append %d", n)
	h.append(batch)
	h.batches = append(h.batches, batch)
	return n
}

// replay hands over a batch again, or a part of it among new records.
func (h *history) replay() {
	batch := pick(h.rng, h.batches)
	h.step("replay of %d", len(batch))
	if h.rng.IntN(2) == 0 {
		batch = append([]logbase.Record(nil), batch[h.rng.IntN(len(batch)):]...)
		for range h.rng.IntN(10) {
			h.nextID++
			batch = append(batch, logbase.Record{ID: h.nextID, Event: randomEvent(h.rng)})
		}
	}
	h.append(batch)
}

// delete removes a random period, sometimes less than all of it.
func (h *history) delete() {
	p := h.randomPeriod(h.rng)
	for !p.Bounded() {
		p = h.randomPeriod(h.rng)
	}
	x, err := h.store.Extent(h.t.Context(), p)
	h.equal("Extent of "+p.String(), h.model.extent(p), x, err)
	d := logbase.Deletion{Period: p, UpTo: x.UpTo, By: "logbasetest", At: time.UnixMilli(h.rng.Int64N(1 << 41))}
	if h.rng.IntN(3) == 0 {
		d.UpTo = h.rng.Int64N(x.UpTo + 1)
	}
	h.step("delete %q up to %d of %d", p.String(), d.UpTo, x.UpTo)
	n, err := h.store.Delete(h.t.Context(), d)
	h.equal("Delete of "+p.String(), h.model.delete(d), n, err)
}

func (h *history) recount() {
	p := h.randomPeriod(h.rng)
	for p.Expr() != nil {
		p = h.randomPeriod(h.rng)
	}
	h.step("recount %q", p.String())
	changed, err := h.store.Recount(h.t.Context(), p)
	h.equal("Recount of "+p.String(), int64(0), changed, err)
}
