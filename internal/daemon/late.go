package daemon

import (
	"context"
	"iter"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// reopenAfter is the wait between two attempts to reach a log base that was
// away at the start.
const reopenAfter = 2 * time.Second

// late is a log base on a server that need not be there when the service
// starts: the two may be started in any order (specification, section 1.7).
// Until it is there every question gets the reason why not.
type late struct {
	open   func(context.Context) (logbase.Store, error)
	log    *slog.Logger
	cancel context.CancelFunc
	ended  chan struct{}
	state  atomic.Pointer[lateState]
}

// lateState holds the store, or why there is none.
type lateState struct {
	store logbase.Store
	err   error
}

// openLate tries to open the log base, and goes on trying in the background
// unless the error is final.
func openLate(ctx context.Context, open func(context.Context) (logbase.Store, error), final func(error) bool, logger *slog.Logger) (logbase.Store, error) {
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
	code, ok := logbase.CodeOf(err)
	if !ok {
		code = logbase.Unreachable
	}
	l.log.Error("log base cannot be opened", "code", code.String(), "means", code.Text(logbase.English), "advice", code.Advice(logbase.English), "err", err)
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
		was, _ := logbase.CodeOf(said)
		if now, _ := logbase.CodeOf(err); now != was && ctx.Err() == nil {
			l.say(err)
			said = err
		}
	}
}

// get returns the store, or why it is not there.
func (l *late) get() (logbase.Store, error) {
	s := l.state.Load()
	return s.store, s.err
}

// Append implements [logbase.Store].
func (l *late) Append(ctx context.Context, batch []logbase.Record) error {
	s, err := l.get()
	if err != nil {
		return err
	}
	return s.Append(ctx, batch)
}

// IDs implements [logbase.Store].
func (l *late) IDs(ctx context.Context) (logbase.IDs, error) {
	s, err := l.get()
	if err != nil {
		return logbase.IDs{}, err
	}
	return s.IDs(ctx)
}

// Sums implements [logbase.Store].
func (l *late) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	s, err := l.get()
	if err != nil {
		return nil, err
	}
	return s.Sums(ctx, q)
}

// Bounds implements [logbase.Store].
func (l *late) Bounds(ctx context.Context) (logbase.Bounds, error) {
	s, err := l.get()
	if err != nil {
		return logbase.Bounds{}, err
	}
	return s.Bounds(ctx)
}

// Ping implements [logbase.Store].
func (l *late) Ping(ctx context.Context) error {
	s, err := l.get()
	if err != nil {
		return err
	}
	return s.Ping(ctx)
}

// Clients implements [logbase.Store].
func (l *late) Clients(ctx context.Context) ([]logbase.Seen, error) {
	s, err := l.get()
	if err != nil {
		return nil, err
	}
	return s.Clients(ctx)
}

// Backlog implements [logbase.Store].
func (l *late) Backlog(ctx context.Context) (logbase.Backlog, error) {
	s, err := l.get()
	if err != nil {
		return logbase.Backlog{}, err
	}
	return s.Backlog(ctx)
}

// Extent implements [logbase.Store].
func (l *late) Extent(ctx context.Context, p aggregate.Period) (logbase.Extent, error) {
	s, err := l.get()
	if err != nil {
		return logbase.Extent{}, err
	}
	return s.Extent(ctx, p)
}

// Delete implements [logbase.Store].
func (l *late) Delete(ctx context.Context, d logbase.Deletion) (int64, error) {
	s, err := l.get()
	if err != nil {
		return 0, err
	}
	return s.Delete(ctx, d)
}

// Deletions implements [logbase.Store].
func (l *late) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	s, err := l.get()
	if err != nil {
		return nil, err
	}
	return s.Deletions(ctx)
}

// Records implements [logbase.Store].
func (l *late) Records(ctx context.Context, p aggregate.Period) iter.Seq2[logbase.Record, error] {
	s, err := l.get()
	if err != nil {
		return func(yield func(logbase.Record, error) bool) { yield(logbase.Record{}, err) }
	}
	return s.Records(ctx, p)
}

// Recount implements [logbase.Store].
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
