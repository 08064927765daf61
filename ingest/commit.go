package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
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
func (in *Ingester) prepare(ctx context.Context) (err error) {
	if in.ids, err = in.dst.IDs(ctx); err != nil {
		return err
	}
	return in.seen.learn(ctx, in.dst)
}

// number makes records of events, within the caps.
func (in *Ingester) number(events []event.Event) []logbase.Record {
	now := in.opts.Now()
	var over [kinds]int64
	batch := make([]logbase.Record, len(events))
	for i, e := range events {
		for kind, isOver := range in.seen.apply(&e) {
			if isOver {
				over[kind]++
			}
		}
		batch[i] = logbase.Record{ID: in.ids.Next(now), Event: e}
	}
	for _, kind := range in.countCapped(over) {
		in.opts.Logger.Warn("too many different values: counting further ones together", "kind", kind, "as", event.Other)
	}
	return batch
}

// countCapped adds to the accounts and returns the kinds that exceed their cap
// for the first time. Like everything that logs, its caller holds no lock then:
// a logger may be slow, and may ask for Stats.
func (in *Ingester) countCapped(over [kinds]int64) (first []string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for kind, n := range over {
		if n == 0 {
			continue
		}
		name := kindNames[kind]
		if in.stats.Capped[name] == 0 {
			first = append(first, name)
		}
		in.stats.Capped[name] += n
	}
	return first
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
	return !in.closed && in.flushes == 0 && len(in.pending) < in.opts.MaxBatch
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
	for wait := in.opts.RetryAfter; ; wait = min(2*wait, max(retryAtMost, in.opts.RetryAfter)) {
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

// stored makes room for others.
func (in *Ingester) stored(events []event.Event) {
	n := 0
	for _, e := range events {
		n += textBytes(e)
	}
	now := in.opts.Now()
	in.mu.Lock()
	in.size -= len(events)
	in.bytes -= n
	close(in.room)
	in.room = make(chan struct{})
	recovered, since := in.stats.Failure != nil, in.stats.FailingSince
	in.stats.Failure, in.stats.FailingSince = nil, time.Time{}
	in.stats.Stored += int64(len(events))
	in.stats.LastStored = now
	in.mu.Unlock()
	if recovered {
		in.opts.Logger.Info("log base takes events again", "after", now.Sub(since))
	}
}

// failed remembers why the log base does not take events, and says so when it
// begins, when the reason changes, and once a minute.
func (in *Ingester) failed(err error, events int) {
	now := in.opts.Now()
	code, _ := logbase.CodeOf(err)
	in.mu.Lock()
	s := &in.stats
	if s.Failure == nil {
		s.FailingSince = now
	}
	was, _ := logbase.CodeOf(s.Failure)
	say := s.Failure == nil || was != code || now.Sub(in.said) >= time.Minute
	if say {
		in.said = now
	}
	s.Failure = err
	s.Retries++
	since := s.FailingSince
	in.mu.Unlock()
	if say {
		in.opts.Logger.Error("log base does not take events, they wait", "events", events, "for", now.Sub(since), "err", err)
	}
}

// Close takes no more messages, writes what waits and ends the committer. It comes
// after the Shutdown of the server and before the Close of the log base, and wants a
// time of its own: a Shutdown that waits for half a frame may use all of its. When
// ctx ends first, what is not stored is given up, and the error, which wraps
// [ErrNotStored], says how many events that were; a later call says it again.
func (in *Ingester) Close(ctx context.Context) error {
	in.mustBeMade()
	in.mu.Lock()
	if !in.closed {
		in.closed = true
		close(in.closing)
	}
	in.mu.Unlock()
	in.waiters.Wait() // they see that it is closed
	select {
	case <-in.done:
	case <-ctx.Done():
		in.cancel()
		<-in.done
	}
	in.cancel()
	if n := in.Stats().InFlight; n > 0 {
		return fmt.Errorf("ingest: close: %d %w", n, ErrNotStored)
	}
	return nil
}
