package daemon

import (
	"context"
	"iter"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// reopenAfter is the wait between two attempts to reach a log base that was
// away at the start.
const reopenAfter = 2 * time.Second

// late is a log base on a server that need not be there when the service
// starts: the two may be started in any order (specification, section 1.7).
// Until it is there every question gets the reason why not.
type late struct {
	open   func(context.Context) (Store, error)
	log    *slog.Logger
	cancel context.CancelFunc
	ended  chan struct{}
	state  atomic.Pointer[lateState]
}

// lateState holds the store, or why there is none.
type lateState struct {
	store Store
	err   error
}

// openLate tries to open the log base, and goes on trying in the background
// unless the error is final.
func openLate(ctx context.Context, open func(context.Context) (Store, error), final func(error) bool, logger *slog.Logger) (Store, error) {
	s, err := open(ctx)
	if err == nil || final(err) {
		return s, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	l := &late{open: open, log: logger, cancel: cancel, ended: make(chan struct{})}
	l.state.Store(&lateState{err: err})
	l.say(err)
	go l.run(ctx)
	return l, nil
}

// say names the failure in one line: the code, what it means, what to check.
func (l *late) say(err error) {
	code, ok := event.CodeOf(err)
	if !ok {
		code = event.Unreachable
	}
	l.log.Error("log base cannot be opened", "code", code.String(), "means", code.Text(event.English), "advice", code.Advice(event.English), "err", err)
}

func (l *late) run(ctx context.Context) {
	defer close(l.ended)
	said := l.state.Load().err
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(reopenAfter):
		}
		s, err := l.open(ctx)
		if err == nil {
			l.state.Store(&lateState{store: s})
			l.log.Info("log base is there")
			return
		}
		l.state.Store(&lateState{err: err})
		was, _ := event.CodeOf(said)
		if now, _ := event.CodeOf(err); now != was && ctx.Err() == nil {
			l.say(err)
			said = err
		}
	}
}

// get returns the store, or why it is not there.
func (l *late) get() (Store, error) {
	s := l.state.Load()
	return s.store, s.err
}

// Append implements [ingest.Appender].
func (l *late) Append(ctx context.Context, batch []event.Record) error {
	s, err := l.get()
	if err != nil {
		return err
	}
	return s.Append(ctx, batch)
}

// LastID implements [ingest.Resumer].
func (l *late) LastID(ctx context.Context) (int64, error) {
	s, err := l.get()
	if err != nil {
		return 0, err
	}
	return s.LastID(ctx)
}

// Instance implements [ingest.Instance]. It is asked after LastID has
// succeeded, so the store is there.
func (l *late) Instance() int {
	s, err := l.get()
	if i, ok := s.(interface{ Instance() int }); ok && err == nil {
		return i.Instance()
	}
	return 0
}

// Sums implements [httpui.Store].
func (l *late) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	s, err := l.get()
	if err != nil {
		return nil, err
	}
	return s.Sums(ctx, q)
}

// Bounds implements [httpui.Store].
func (l *late) Bounds(ctx context.Context) (aggregate.Bounds, error) {
	s, err := l.get()
	if err != nil {
		return aggregate.Bounds{}, err
	}
	return s.Bounds(ctx)
}

// Ping implements [httpui.Store].
func (l *late) Ping(ctx context.Context) error {
	s, err := l.get()
	if err != nil {
		return err
	}
	return s.Ping(ctx)
}

// Clients implements [httpui.ClientLister].
func (l *late) Clients(ctx context.Context) ([]aggregate.Seen, error) {
	s, err := l.get()
	if err != nil {
		return nil, err
	}
	return s.Clients(ctx)
}

// Backlog implements [httpui.Backlogger].
func (l *late) Backlog(ctx context.Context) (aggregate.Backlog, error) {
	s, err := l.get()
	if err != nil {
		return aggregate.Backlog{}, err
	}
	return backlog(ctx, s)
}

// Extent implements [httpui.Deleter].
func (l *late) Extent(ctx context.Context, p aggregate.Period) (aggregate.Extent, error) {
	s, err := l.get()
	if err != nil {
		return aggregate.Extent{}, err
	}
	return s.Extent(ctx, p)
}

// Delete implements [httpui.Deleter].
func (l *late) Delete(ctx context.Context, d aggregate.Deletion) (int64, error) {
	s, err := l.get()
	if err != nil {
		return 0, err
	}
	return s.Delete(ctx, d)
}

// Deletions implements [httpui.Deleter].
func (l *late) Deletions(ctx context.Context) ([]aggregate.Deletion, error) {
	s, err := l.get()
	if err != nil {
		return nil, err
	}
	return s.Deletions(ctx)
}

// Records implements [Store].
func (l *late) Records(ctx context.Context, p aggregate.Period) iter.Seq2[event.Record, error] {
	s, err := l.get()
	if err != nil {
		return func(yield func(event.Record, error) bool) { yield(event.Record{}, err) }
	}
	return s.Records(ctx, p)
}

// Recount implements [Store].
func (l *late) Recount(ctx context.Context, p aggregate.Period) (int64, error) {
	s, err := l.get()
	if err != nil {
		return 0, err
	}
	return s.Recount(ctx, p)
}

// Close ends the attempts and closes the store if it is there.
func (l *late) Close() error {
	l.cancel()
	<-l.ended
	s, err := l.get()
	if err != nil {
		return nil //nolint:nilerr // it was never there, which has been said
	}
	return s.Close()
}
