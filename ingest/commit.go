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
	prepared := false
	for {
		select {
		case <-in.wake:
		case <-in.closing:
		}
		in.gather()
		events, last := in.take()
		if len(events) > 0 {
			if !prepared && !in.persist(ctx, len(events), in.prepare) {
				return
			}
			prepared = true
			batch := in.number(events)
			if !in.persist(ctx, len(batch), func(ctx context.Context) error { return in.dst.Append(ctx, batch) }) {
				return
			}
			in.stored(events)
		}
		if last {
			return
		}
	}
}

// prepare asks the log base where the last run ended.
func (in *Ingester) prepare(ctx context.Context) error {
	var last int64
	var err error
	if r, ok := in.dst.(Resumer); ok {
		if last, err = r.LastID(ctx); err != nil {
			return err
		}
	}
	instance := 0
	if i, ok := in.dst.(Instance); ok {
		instance = i.Instance()
	}
	if in.opts.Known != nil {
		known, err := in.opts.Known(ctx)
		if err != nil {
			return err
		}
		in.caps.learn(known)
	}
	in.ids = newIDs(instance, last)
	return nil
}

// number makes records of events, within the caps.
func (in *Ingester) number(events []event.Event) []event.Record {
	now := in.opts.Now()
	var over [kinds]int64
	batch := make([]event.Record, len(events))
	for i, e := range events {
		for kind, capped := range in.caps.apply(&e) {
			if capped {
				over[kind]++
			}
		}
		batch[i] = event.Record{ID: in.ids.next(now), Event: e}
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for kind, n := range over {
		if n > 0 && in.accounts.capped[kind] == 0 {
			in.opts.Logger.Warn("too many different values: counting further ones together",
				"kind", kindNames[kind], "as", event.Other)
		}
		in.accounts.capped[kind] += n
	}
	return batch
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
func (in *Ingester) take() (events []event.Event, last bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	events, in.pending = in.pending, make([]event.Event, 0, len(in.pending))
	return events, in.closed
}

// persist does what the log base is asked for until that succeeds. It reports
// false when ctx ended first; the events that wait for it then stay in the
// accounts as in flight.
func (in *Ingester) persist(ctx context.Context, events int, ask func(context.Context) error) bool {
	for wait := in.opts.RetryAfter; ; wait = min(2*wait, in.opts.RetryAtMost) {
		err := ask(ctx)
		if err == nil {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		in.failed(err, events)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return false
		}
	}
}

func (in *Ingester) stored(events []event.Event) {
	n := 0
	for _, e := range events {
		n += textBytes(e)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.size -= len(events)
	in.bytes -= n
	close(in.room)
	in.room = make(chan struct{})
	if in.accounts.failure != nil {
		in.opts.Logger.Info("log base takes events again", "after", in.opts.Now().Sub(in.accounts.failingSince))
	}
	in.accounts.failure = nil
	in.accounts.stored += int64(len(events))
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
