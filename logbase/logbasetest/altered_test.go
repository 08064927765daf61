package logbasetest_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// altered is a store some of whose methods are others. Those that are nil are
// the store's own.
type altered struct {
	logbase.Store
	append    func(context.Context, []logbase.Record) error
	ids       func(context.Context) (logbase.IDs, error)
	sums      func(context.Context, aggregate.Query) ([]aggregate.Row, error)
	records   func(context.Context, aggregate.Period) iter.Seq2[logbase.Record, error]
	extent    func(context.Context, aggregate.Period) (logbase.Extent, error)
	delete    func(context.Context, logbase.Deletion) (int64, error)
	deletions func(context.Context) ([]logbase.Deletion, error)
	ping      func(context.Context) error
	close     func() error
}

func (a *altered) Append(ctx context.Context, batch []logbase.Record) error {
	if a.append != nil {
		return a.append(ctx, batch)
	}
	return a.Store.Append(ctx, batch)
}

func (a *altered) IDs(ctx context.Context) (logbase.IDs, error) {
	if a.ids != nil {
		return a.ids(ctx)
	}
	return a.Store.IDs(ctx)
}

func (a *altered) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	if a.sums != nil {
		return a.sums(ctx, q)
	}
	return a.Store.Sums(ctx, q)
}

func (a *altered) Records(ctx context.Context, p aggregate.Period) iter.Seq2[logbase.Record, error] {
	if a.records != nil {
		return a.records(ctx, p)
	}
	return a.Store.Records(ctx, p)
}

func (a *altered) Extent(ctx context.Context, p aggregate.Period) (logbase.Extent, error) {
	if a.extent != nil {
		return a.extent(ctx, p)
	}
	return a.Store.Extent(ctx, p)
}

func (a *altered) Delete(ctx context.Context, d logbase.Deletion) (int64, error) {
	if a.delete != nil {
		return a.delete(ctx, d)
	}
	return a.Store.Delete(ctx, d)
}

func (a *altered) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	if a.deletions != nil {
		return a.deletions(ctx)
	}
	return a.Store.Deletions(ctx)
}

func (a *altered) Ping(ctx context.Context) error {
	if a.ping != nil {
		return a.ping(ctx)
	}
	return a.Store.Ping(ctx)
}

func (a *altered) Close() error {
	if a.close != nil {
		return a.close()
	}
	return a.Store.Close()
}

// The faults of single methods.

func ignoresFilter(a *altered) {
	a.sums = func(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
		q.Filter = aggregate.Key{}
		return a.Store.Sums(ctx, q)
	}
}

func unsorted(a *altered) {
	a.sums = func(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
		rows, err := a.Store.Sums(ctx, q)
		slices.Reverse(rows)
		return rows, err
	}
}

func keepsReplays(a *altered) {
	a.records = func(ctx context.Context, p aggregate.Period) iter.Seq2[logbase.Record, error] {
		return func(yield func(logbase.Record, error) bool) {
			for r, err := range a.Store.Records(ctx, p) {
				if !yield(r, err) || r.ID%10 == 0 && !yield(r, err) {
					return
				}
			}
		}
	}
}

// deletesAnything takes a period without an end for all time that there is.
func deletesAnything(a *altered) {
	a.delete = func(ctx context.Context, d logbase.Deletion) (int64, error) {
		if !d.Period.Bounded() {
			d.Period = aggregate.Between(time.Unix(-1<<40, 0), time.Unix(1<<40, 0), nil)
		}
		return a.Store.Delete(ctx, d)
	}
}

// refusesWith gives another error for a period that may not be deleted.
func refusesWith(err error) func(*altered) {
	return func(a *altered) {
		a.delete = func(ctx context.Context, d logbase.Deletion) (int64, error) {
			n, e := a.Store.Delete(ctx, d)
			if errors.Is(e, logbase.ErrPeriod) {
				e = err
			}
			return n, e
		}
	}
}

func extents(change func(*logbase.Extent)) func(*altered) {
	return func(a *altered) {
		a.extent = func(ctx context.Context, p aggregate.Period) (logbase.Extent, error) {
			x, err := a.Store.Extent(ctx, p)
			change(&x)
			return x, err
		}
	}
}

func extentOfEverything(a *altered) {
	a.extent = func(ctx context.Context, _ aggregate.Period) (logbase.Extent, error) {
		return a.Store.Extent(ctx, aggregate.Period{})
	}
}

func audits(change func(*logbase.Deletion)) func(*altered) {
	return func(a *altered) {
		a.deletions = func(ctx context.Context) ([]logbase.Deletion, error) {
			list, err := a.Store.Deletions(ctx)
			for i := range list {
				change(&list[i])
			}
			return list, err
		}
	}
}

// auditsAfterwards tells the audit of a deletion when its records have gone.
func auditsAfterwards(a *altered) {
	var mu sync.Mutex
	hidden := 0
	a.delete = func(ctx context.Context, d logbase.Deletion) (int64, error) {
		mu.Lock()
		hidden++
		mu.Unlock()
		n, err := a.Store.Delete(ctx, d)
		time.Sleep(50 * time.Millisecond) // the fault is this long
		mu.Lock()
		hidden--
		mu.Unlock()
		return n, err
	}
	a.deletions = func(ctx context.Context) ([]logbase.Deletion, error) {
		mu.Lock()
		defer mu.Unlock()
		list, err := a.Store.Deletions(ctx)
		return list[min(hidden, len(list)):], err
	}
}

func miscounts(a *altered) {
	a.delete = func(ctx context.Context, d logbase.Deletion) (int64, error) {
		n, err := a.Store.Delete(ctx, d)
		return n / 2, err
	}
}

// unlocked loses one of two batches that are written at once, as a map without
// its lock might.
func unlocked(a *altered) {
	var writing sync.Mutex
	a.append = func(ctx context.Context, batch []logbase.Record) error {
		if !writing.TryLock() {
			return nil
		}
		defer writing.Unlock()
		time.Sleep(time.Millisecond) // so that two meet
		return a.Store.Append(ctx, batch)
	}
}

// codeless drops the code of the errors of ended contexts.
func codeless(a *altered) {
	a.append = func(ctx context.Context, batch []logbase.Record) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return a.Store.Append(ctx, batch)
	}
}

func causeless(a *altered) {
	a.append = func(ctx context.Context, batch []logbase.Record) error {
		if ctx.Err() != nil {
			return logbase.WithCode(logbase.CodeWriteFailed, errors.New("gave up"))
		}
		return a.Store.Append(ctx, batch)
	}
}

func worksWhenClosed(a *altered) { a.close = func() error { return nil } }

func closesOnce(a *altered) {
	closed := false
	a.close = func() error {
		if closed {
			return logbase.WithCode(logbase.CodeUnreachable, logbase.ErrClosed)
		}
		closed = true
		return a.Store.Close()
	}
}

// takesAnyID keeps what comes without an ID under one of its own.
func takesAnyID(a *altered) {
	a.append = func(ctx context.Context, batch []logbase.Record) error {
		batch = slices.Clone(batch)
		for i := range batch {
			if batch[i].ID <= 0 {
				batch[i].ID = 1 << 40
			}
		}
		return a.Store.Append(ctx, batch)
	}
}

func refusesLate(a *altered) {
	a.append = func(ctx context.Context, batch []logbase.Record) error {
		for i := range batch {
			if err := a.Store.Append(ctx, batch[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
}

func goesOn(a *altered) {
	a.records = func(ctx context.Context, p aggregate.Period) iter.Seq2[logbase.Record, error] {
		return func(yield func(logbase.Record, error) bool) {
			for r, err := range a.Store.Records(ctx, p) {
				yield(r, err)
			}
		}
	}
}

func changesBatch(a *altered) {
	a.append = func(ctx context.Context, batch []logbase.Record) error {
		err := a.Store.Append(ctx, batch)
		if len(batch) > 0 {
			batch[0].Event = event.Event{}
		}
		return err
	}
}

// keepsBatch writes a batch with the next call.
func keepsBatch(a *altered) {
	var mu sync.Mutex
	var late []logbase.Record
	a.append = func(_ context.Context, batch []logbase.Record) error {
		mu.Lock()
		defer mu.Unlock()
		late = batch
		return nil
	}
	flush := func(ctx context.Context) {
		mu.Lock()
		defer mu.Unlock()
		_ = a.Store.Append(ctx, late)
		late = nil
	}
	a.ids = func(ctx context.Context) (logbase.IDs, error) {
		flush(ctx)
		return a.Store.IDs(ctx)
	}
	a.sums = func(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
		flush(ctx)
		return a.Store.Sums(ctx, q)
	}
	a.records = func(ctx context.Context, p aggregate.Period) iter.Seq2[logbase.Record, error] {
		flush(ctx)
		return a.Store.Records(ctx, p)
	}
}

func neverReturns(a *altered) {
	a.ping = func(context.Context) error { select {} }
}

// ignoresContext waits for ever for what the end of its context should end.
func ignoresContext(a *altered) {
	a.append = func(ctx context.Context, batch []logbase.Record) error {
		if ctx.Err() != nil {
			select {}
		}
		return a.Store.Append(ctx, batch)
	}
}
