package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/e-gov/tarastat/event"
)

// run is the committer: the only goroutine that writes to the log base.
func (in *Ingester) run(ctx context.Context) {
	defer close(in.done)
	for {
		select {
		case <-in.wake:
		case <-in.closing:
		}
		in.gather()
		batch, last := in.take()
		if len(batch) > 0 && !in.store(ctx, batch) {
			return
		}
		if last {
			return
		}
	}
}

// gather lets a batch grow for a moment: until it is large enough, the delay is
// over, or the Ingester closes.
func (in *Ingester) gather() {
	timer := time.NewTimer(in.opts.MaxDelay)
	defer timer.Stop()
	for in.wantsMore() {
		select {
		case <-in.wake:
		case <-in.closing:
			return
		case <-timer.C:
			return
		}
	}
}

func (in *Ingester) wantsMore() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return !in.closed && len(in.pending) < in.opts.MaxBatch
}

// take takes over all that is pending. last reports that nothing can follow,
// since a closed Ingester queues nothing more.
func (in *Ingester) take() (batch []event.Record, last bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	batch, in.pending = in.pending, make([]event.Record, 0, len(in.pending))
	return batch, in.closed
}

// store hands the batch over until it is taken. It reports false when ctx ended
// first; the batch then stays in the accounts as in flight.
func (in *Ingester) store(ctx context.Context, batch []event.Record) bool {
	wait := in.opts.RetryAfter
	for {
		err := in.dst.Append(ctx, batch)
		if err == nil {
			in.stored(batch)
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		in.failed(err, len(batch))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return false
		}
		wait = min(2*wait, in.opts.RetryAtMost)
	}
}

func (in *Ingester) stored(batch []event.Record) {
	n := 0
	for i := range batch {
		n += textBytes(batch[i].Event)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.size -= len(batch)
	in.bytes -= n
	close(in.room)
	in.room = make(chan struct{})
	if in.accounts.failure != nil {
		in.opts.Logger.Info("log base takes events again", "after", in.opts.Now().Sub(in.accounts.failingSince))
	}
	in.accounts.failure = nil
	in.accounts.stored += int64(len(batch))
	in.accounts.lastStored = in.opts.Now()
}

// failed remembers why the log base does not take events. Only the first
// failure in a row is logged: the retries say nothing new.
func (in *Ingester) failed(err error, events int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.accounts.failure == nil {
		in.accounts.failingSince = in.opts.Now()
		in.opts.Logger.Error("log base does not take events, they wait", "events", events, "err", err)
	}
	in.accounts.failure = err
	in.accounts.retries++
}

// Close takes no more messages, writes what waits and ends the committer. When
// ctx ends first, what is not stored is given up and the error says how many
// events that were. It may be called more than once.
func (in *Ingester) Close(ctx context.Context) error {
	in.mu.Lock()
	if !in.closed {
		in.closed = true
		close(in.closing)
	}
	in.mu.Unlock()
	select {
	case <-in.done:
	case <-ctx.Done():
		in.cancel()
		<-in.done
	}
	in.cancel()
	if n := in.Stats().InFlight; n > 0 {
		return fmt.Errorf("ingest: closed with %d events not stored: %w", n, context.Cause(ctx))
	}
	return nil
}
