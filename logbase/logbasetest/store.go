package logbasetest

import (
	"testing"
	"time"

	"github.com/e-gov/tarastat/logbase"
)

// Open opens the base called name, in the default zone, and makes it when there
// is none. The suite closes what it opens, and opens a base again under the same
// name. A name is the path of a directory that is empty at first and goes when
// the test ends; a store that keeps its data elsewhere may take it for a mere name.
type Open func(t *testing.T, name string) logbase.Store

// Options are the settings of [Run].
type Options struct {
	// Seed decides every random choice. 0 is a fixed seed of the suite's own.
	Seed uint64

	// Events is how many events one random history hands over. 0 is 2000. A
	// slow store may ask for fewer; under 200 the suite finds little.
	Events int

	// Histories is how many random histories are played. 0 is 3.
	Histories int

	// Patience is how long any one call of the store, and any wait for what the
	// store does by itself, may take. 0 is one minute.
	Patience time.Duration
}

func (o Options) withDefaults() Options {
	if o.Seed == 0 {
		o.Seed = 20180428
	}
	if o.Events <= 0 {
		o.Events = 2000
	}
	if o.Histories <= 0 {
		o.Histories = 3
	}
	if o.Patience <= 0 {
		o.Patience = time.Minute
	}
	return o
}

// Run holds a store to the contract.
func Run(t *testing.T, open Open, o Options) {
	t.Helper()
	s := suite{open: open, o: o.withDefaults()}
	defer func() {
		if t.Failed() {
			t.Logf("logbasetest.Options{Seed: %d, Events: %d, Histories: %d} plays it again", s.o.Seed, s.o.Events, s.o.Histories)
		}
	}()
	t.Run("Empty", s.empty)
	t.Run("Append", s.append)
	t.Run("OddValues", s.oddValues)
	t.Run("Periods", s.periods)
	t.Run("Deletion", s.deletion)
	t.Run("DeletionRefused", s.deletionRefused)
	t.Run("DeletionUpTo", s.deletionUpTo)
	t.Run("DeletionInterrupted", s.deletionInterrupted)
	t.Run("CancelledContext", s.cancelledContext)
	t.Run("EndedContext", s.endedContext)
	t.Run("Closed", s.closed)
	t.Run("BadIDs", s.badIDs)
	t.Run("Borrowed", s.borrowed)
	t.Run("EarlyBreak", s.earlyBreak)
	t.Run("Concurrent", s.concurrent)
	t.Run("History", s.histories)
}

// suite is one run of the tests.
type suite struct {
	open Open
	o    Options
}

// base is one log base and what it must hold.
type base struct {
	t     *testing.T
	suite suite
	name  string
	store logbase.Store
	model *model
}

// base opens a new log base.
func (s suite) base(t *testing.T) *base {
	t.Helper()
	b := &base{t: t, suite: s, name: t.TempDir(), model: newModel()}
	b.store = s.opened(t, b.name)
	t.Cleanup(func() {
		if err := b.store.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return b
}

// restart closes the base and opens it again.
func (b *base) restart() {
	b.t.Helper()
	if err := b.store.Close(); err != nil {
		b.t.Fatalf("Close: %v", err)
	}
	b.store = b.suite.opened(b.t, b.name)
}

// opened opens a base, whose calls are guarded.
func (s suite) opened(t *testing.T, name string) logbase.Store {
	t.Helper()
	return guard{s.open(t, name), t, s.o.Patience}
}

// guarded is the guard of the store, which holds the bare one.
func (b *base) guarded() guard { return b.store.(guard) }

// append hands over a batch, which must succeed.
func (b *base) append(batch []logbase.Record) {
	b.t.Helper()
	if err := b.store.Append(b.t.Context(), batch); err != nil {
		b.t.Fatalf("Append: %v", err)
	}
	b.model.append(batch)
}
