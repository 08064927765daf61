package ingest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/syslogjson"
)

// Errors that callers branch on.
var (
	// ErrClosed is returned for a message that arrives after [Ingester.Close].
	ErrClosed = errors.New("ingest: closed")
	// ErrNotStored is wrapped by what Close returns when its time ended before
	// everything was stored.
	ErrNotStored = errors.New("events were not stored")
)

// Appender is the log base. Append returns nil only when every record of the
// batch is durable and counted. After an error the same batch is handed over
// again; records that were kept already must not be kept or counted twice.
// Append must return soon after ctx ends, which happens when [Ingester.Close]
// runs out of time. The batch must not be kept or changed.
type Appender interface {
	Append(ctx context.Context, batch []event.Record) error
}

// Resumer is an [Appender] that knows the greatest id it was ever handed, which
// it asks for before the first write, and again until it succeeds. Without it
// ids follow the clock alone, and go back when the clock does.
type Resumer interface {
	LastID(ctx context.Context) (int64, error)
}

// Numbered is an [Appender] that several services write to at once. Their
// numbers, from 0 to [MaxInstance], keep the ids of one from meeting those of
// another. It is asked after LastID.
type Numbered interface {
	Instance() int
}

// Ingester is a [syslogjson.Handler] that brings events into a log base. Make
// one with [New].
type Ingester struct {
	dst  Appender
	opts Options

	wake   chan struct{} // holds a token when the committer should look
	done   chan struct{} // closed when the committer has ended
	cancel context.CancelFunc

	ids  ids // these two are the committer's
	caps capped

	mu       sync.Mutex
	pending  []event.Event
	size     int           // events pending or being written
	bytes    int           // their texts
	waiting  int           // events for which there is no room
	room     chan struct{} // closed when size falls
	closed   bool
	closing  chan struct{} // closed with it
	accounts accounts
	samples  samples

	waiters sync.WaitGroup // those who wait for room
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
		caps:    newCapped(opts.Caps),
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
	return in.enqueue(ctx, e, notes)
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

// enqueue waits for room and leaves e to the committer.
func (in *Ingester) enqueue(ctx context.Context, e event.Event, notes event.Notes) error {
	n := textBytes(e)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.accounts.received++
	in.accounts.note(notes)
	if err := in.waitForRoom(ctx, n); err != nil {
		in.accounts.abandoned++
		return err
	}
	in.pending = append(in.pending, e)
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

// waitForRoom returns nil when there is room for n bytes of text. It gives up
// the lock while it waits.
func (in *Ingester) waitForRoom(ctx context.Context, n int) error {
	if !in.closed && in.full(n) {
		in.accounts.held++
		in.waiting++
		in.waiters.Add(1)
		defer in.waiters.Done()
		defer func() { in.waiting-- }()
	}
	for !in.closed && in.full(n) {
		room := in.room
		in.mu.Unlock()
		var err error
		select {
		case <-room:
		case <-in.closing:
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
		in.mu.Lock()
		if err != nil {
			return err
		}
	}
	if in.closed {
		return ErrClosed
	}
	return nil
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
