package ingest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/syslogjson"
)

// ErrClosed is returned for a message that arrives after [Ingester.Close].
var ErrClosed = errors.New("ingest: closed")

// Appender is the log base. Append returns nil only when every record of the
// batch is durable and counted. After an error the same batch is handed over
// again; records that were kept already must not be kept or counted twice.
// The batch must not be kept or changed.
type Appender interface {
	Append(ctx context.Context, batch []event.Record) error
}

// Ingester is a [syslogjson.Handler] that brings events into a log base. Make
// one with [New].
type Ingester struct {
	dst  Appender
	opts Options

	wake   chan struct{} // holds a token when the committer should look
	done   chan struct{} // closed when the committer has ended
	cancel context.CancelFunc

	mu       sync.Mutex
	ids      ids
	caps     capped
	pending  []event.Record
	size     int           // events pending or being written
	bytes    int           // their texts
	room     chan struct{} // closed when size falls
	closed   bool
	closing  chan struct{} // closed with it
	accounts accounts
	samples  samples
}

// New returns an Ingester that writes to dst, and starts its committer, which
// ends with [Ingester.Close].
func New(dst Appender, opts Options) *Ingester {
	opts = opts.withDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	in := &Ingester{
		dst:     dst,
		opts:    opts,
		wake:    make(chan struct{}, 1),
		done:    make(chan struct{}),
		cancel:  cancel,
		ids:     newIDs(opts.Instance, opts.LastID),
		caps:    newCapped(opts.Caps, opts.Known),
		room:    make(chan struct{}),
		closing: make(chan struct{}),
	}
	go in.run(ctx)
	return in
}

// HandleSyslog takes one message. It returns when the event is queued, which
// takes as long as the queue is full. A malformed record gives an
// [*event.FieldError]; when ctx ends or the Ingester is closed while a
// well-formed event waits for room, that event is counted as abandoned.
func (in *Ingester) HandleSyslog(ctx context.Context, m *syslogjson.Message) error {
	now := in.opts.Now()
	e, notes, err := in.opts.Parser.Parse(m.Payload)
	if err != nil {
		in.refuse(reason(err), m.Peer.String(), m.Payload, now)
		return err
	}
	notes |= event.TimeNotes(e.Time, now)
	return in.enqueue(ctx, e, notes, now)
}

// Reject accounts for a frame that never became a message. It is meant for
// [syslogjson.Server.OnReject].
func (in *Ingester) Reject(r syslogjson.Reject) {
	in.refuse(r.Class.String(), r.Peer.String(), r.Prefix, in.opts.Now())
}

func reason(err error) string {
	if fe, ok := errors.AsType[*event.FieldError](err); ok {
		return fe.Reason()
	}
	return "malformed"
}

func (in *Ingester) refuse(class, sender string, raw []byte, now time.Time) {
	masked := event.Mask(raw)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.accounts.received++
	in.accounts.reject(class)
	in.samples.add(class, sender, masked, now)
}

// enqueue waits for room, gives e its id and leaves it to the committer.
func (in *Ingester) enqueue(ctx context.Context, e event.Event, notes event.Notes, now time.Time) error {
	n := textBytes(e)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.accounts.received++
	in.accounts.note(notes)
	for !in.closed && in.full(n) {
		if err := in.waitForRoom(ctx); err != nil {
			in.accounts.abandoned++
			return err
		}
	}
	if in.closed {
		in.accounts.abandoned++
		return ErrClosed
	}
	for _, kind := range in.caps.apply(&e) {
		in.opts.Logger.Warn("too many different values: counting further ones together",
			"kind", kind, "as", event.Other)
	}
	in.pending = append(in.pending, event.Record{ID: in.ids.next(now), Event: e})
	in.size++
	in.bytes += n
	if len(in.pending) == 1 || len(in.pending) == in.opts.MaxBatch {
		in.signal()
	}
	return nil
}

func (in *Ingester) full(n int) bool {
	return in.size >= in.opts.MaxQueue || in.size > 0 && in.bytes+n > in.opts.MaxQueueBytes
}

// waitForRoom gives up the lock while it waits.
func (in *Ingester) waitForRoom(ctx context.Context) error {
	room := in.room
	in.accounts.held++
	in.mu.Unlock()
	defer in.mu.Lock()
	select {
	case <-room:
		return nil
	case <-in.closing:
		return nil // the caller sees closed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (in *Ingester) signal() {
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

func textBytes(e event.Event) int {
	return len(e.TimeText) + len(e.ClientID) + len(e.Method) + len(e.Bank) +
		len(e.Country) + len(e.Operation) + len(e.Error)
}
