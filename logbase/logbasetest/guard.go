package logbasetest

import (
	"context"
	"iter"
	"runtime/debug"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// guard asks a store on the suite's behalf: a call that does not return within
// the patience of the suite, or panics, fails the test with the method's name.
type guard struct {
	logbase.Store
	t        *testing.T
	patience time.Duration
}

// within returns what f does. The goroutine of a call that never returns stays.
func within[T any](g guard, method string, f func() T) T {
	type outcome struct {
		value  T
		panics any
		stack  []byte
	}
	ended := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if o.panics = recover(); o.panics != nil {
				o.stack = debug.Stack()
			}
			ended <- o
		}()
		o.value = f()
	}()
	select {
	case o := <-ended:
		if o.panics != nil {
			g.t.Fatalf("%s panics: %v\n%s", method, o.panics, o.stack)
		}
		return o.value
	case <-time.After(g.patience):
		g.t.Fatalf("%s has not returned after %v (Options.Patience)", method, g.patience)
		panic("unreachable")
	}
}

// two are a result and its error.
type two[T any] struct {
	value T
	err   error
}

func pair[T any](value T, err error) two[T] { return two[T]{value, err} }

func (p two[T]) both() (T, error) { return p.value, p.err }

func (g guard) Append(ctx context.Context, batch []logbase.Record) error {
	return within(g, "Append", func() error { return g.Store.Append(ctx, batch) })
}

func (g guard) IDs(ctx context.Context) (logbase.IDs, error) {
	return within(g, "IDs", func() two[logbase.IDs] { return pair(g.Store.IDs(ctx)) }).both()
}

func (g guard) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	return within(g, "Sums", func() two[[]aggregate.Row] { return pair(g.Store.Sums(ctx, q)) }).both()
}

func (g guard) Bounds(ctx context.Context) (logbase.Bounds, error) {
	return within(g, "Bounds", func() two[logbase.Bounds] { return pair(g.Store.Bounds(ctx)) }).both()
}

func (g guard) Clients(ctx context.Context) ([]logbase.Seen, error) {
	return within(g, "Clients", func() two[[]logbase.Seen] { return pair(g.Store.Clients(ctx)) }).both()
}

func (g guard) Backlog(ctx context.Context) (logbase.Backlog, error) {
	return within(g, "Backlog", func() two[logbase.Backlog] { return pair(g.Store.Backlog(ctx)) }).both()
}

// Records reads all of them before it gives the first. How a store takes an
// early break is looked at without the guard.
func (g guard) Records(ctx context.Context, p aggregate.Period) iter.Seq2[logbase.Record, error] {
	all := within(g, "Records", func() []two[logbase.Record] {
		var list []two[logbase.Record]
		for r, err := range g.Store.Records(ctx, p) {
			list = append(list, pair(r, err))
		}
		return list
	})
	return func(yield func(logbase.Record, error) bool) {
		for _, r := range all {
			if !yield(r.value, r.err) {
				return
			}
		}
	}
}

func (g guard) Extent(ctx context.Context, p aggregate.Period) (logbase.Extent, error) {
	return within(g, "Extent", func() two[logbase.Extent] { return pair(g.Store.Extent(ctx, p)) }).both()
}

func (g guard) Delete(ctx context.Context, d logbase.Deletion) (int64, error) {
	return within(g, "Delete", func() two[int64] { return pair(g.Store.Delete(ctx, d)) }).both()
}

func (g guard) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	return within(g, "Deletions", func() two[[]logbase.Deletion] { return pair(g.Store.Deletions(ctx)) }).both()
}

func (g guard) Recount(ctx context.Context, p aggregate.Period) (int64, error) {
	return within(g, "Recount", func() two[int64] { return pair(g.Store.Recount(ctx, p)) }).both()
}

func (g guard) Ping(ctx context.Context) error {
	return within(g, "Ping", func() error { return g.Store.Ping(ctx) })
}

func (g guard) Close() error { return within(g, "Close", g.Store.Close) }
