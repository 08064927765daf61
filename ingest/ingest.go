package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/syslogjson"
)

// Errors that callers branch on.
var (
	// ErrClosed is returned for a message that arrives after [Ingester.Close].
	ErrClosed = errors.New("ingest: closed")
	// ErrNotStored is wrapped by what Close and Flush return when their time
	// ended before everything was stored.
	ErrNotStored = errors.New("events were not stored")
)

// Appender is the log base, as far as an [Ingester] needs it: these methods of
// [logbase.Store], which says what they promise. IDs and Sums are asked before
// the first write, and again until they succeed: Sums for the values that the
// [Caps] start from, so that a restart does not begin to count them anew. What
// only takes records returns no rows. Append must return soon after its context
// ends, which happens when [Ingester.Close] runs out of time.
type Appender interface {
	Append(ctx context.Context, batch []logbase.Record) error
	IDs(ctx context.Context) (logbase.IDs, error)
	Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error)
}

// Ingester is a [syslogjson.Handler] that brings events into a log base. Make
// one with [New].
type Ingester struct {
	dst  Appender
	opts Options

	wake   chan struct{} // holds a token when the committer should look
	done   chan struct{} // closed when the committer has ended
	cancel context.CancelFunc

	ids  logbase.IDs // these two are the committer's
	seen capped

	mu      sync.Mutex
	pending []event.Event
	size    int           // events pending or being written
	bytes   int           // their texts
	waiting int           // events for which there is no room
	flushes int           // calls of Flush under way
	room    chan struct{} // closed when size falls, and then another one
	closed  bool
	closing chan struct{} // closed with it
	stats   Stats         // without InFlight, which size and waiting are
	said    time.Time     // when Failure was logged last
	samples []Sample      // the latest first

	waiters sync.WaitGroup // those who wait for room
}

// New returns an Ingester that writes to dst, and starts its committer, which
// ends with [Ingester.Close]. It panics when dst is nil.
func New(dst Appender, opts Options) *Ingester {
	if dst == nil {
		panic("ingest: New without an Appender")
	}
	opts = opts.withDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	in := &Ingester{
		dst:     dst,
		opts:    opts,
		wake:    make(chan struct{}, 1),
		done:    make(chan struct{}),
		cancel:  cancel,
		seen:    newCapped(opts.Caps),
		room:    make(chan struct{}),
		closing: make(chan struct{}),
		stats: Stats{
			ByClass: make(map[string]int64),
			Notes:   make(map[string]int64),
			Capped:  make(map[string]int64),
		},
	}
	go in.run(ctx)
	return in
}

// HandleSyslog takes one message. It returns when the event is queued, which
// takes as long as the queue is full. A malformed record gives an error that is
// an [*event.FieldError] and knows the line that answers it; when ctx ends or
// the Ingester is closed while a well-formed event waits for room, that event is
// counted as abandoned.
func (in *Ingester) HandleSyslog(ctx context.Context, m *syslogjson.Message) error {
	in.mustBeMade()
	now := in.opts.Now()
	e, notes, err := in.opts.Parser.Parse(m.Payload)
	if err != nil {
		in.refuse(reason(err), m.Peer.String(), m.Payload, now)
		return refusal{err}
	}
	return in.enqueue(ctx, e, notes|event.TimeNotes(e.Time, now))
}

// Add takes an event that did not come by syslog, completed as by [event.New].
// It waits, refuses and accounts as HandleSyslog does; sender is whom
// [Ingester.Samples] names when e is malformed.
func (in *Ingester) Add(ctx context.Context, e event.Event, sender string) error {
	in.mustBeMade()
	now := in.opts.Now()
	made, err := event.New(e)
	if err != nil {
		in.refuse(reason(err), sender, event.AppendJSON(nil, e), now)
		return refusal{err}
	}
	return in.enqueue(ctx, made, event.TimeNotes(made.Time, now))
}

// Flush returns nil when every event that was taken before the call is stored,
// without waiting for more to come. When ctx ends or the Ingester gives up first,
// the error, which wraps [ErrNotStored], says how many events are not.
func (in *Ingester) Flush(ctx context.Context) error {
	in.mustBeMade()
	in.mu.Lock()
	defer in.mu.Unlock()
	in.flushes++
	defer func() { in.flushes-- }()
	in.signal()
	upTo := in.stats.Stored + int64(in.size) // events are stored in their order
	for in.stats.Stored < upTo {
		room, err := in.room, error(nil)
		in.mu.Unlock()
		select {
		case <-room:
		case <-in.done:
			err = ErrClosed
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
		in.mu.Lock()
		if n := upTo - in.stats.Stored; err != nil && n > 0 {
			return fmt.Errorf("ingest: flush: %d %w: %w", n, ErrNotStored, err)
		}
	}
	return nil
}

func (in *Ingester) mustBeMade() {
	if in.dst == nil {
		panic("ingest: an Ingester is made with New")
	}
}

// OnReject accounts for a frame that never became a message, and returns the error
// that answers it, as HandleSyslog does. It is meant for
// [syslogjson.Server.OnReject].
func (in *Ingester) OnReject(r syslogjson.Reject) error {
	in.mustBeMade()
	in.refuse(string(r.Class), r.Peer.String(), r.Prefix, in.opts.Now())
	return refusal{&event.FieldError{Class: event.Class(r.Class)}}
}

// refusal is a malformed record, a [syslogjson.Replier] with the line that
// answers it when replies are switched on.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// SyslogReply gives the line in the words of the specification (section 2.1):
// ERR-03, its text, class and field.
func (r refusal) SyslogReply() string {
	reply := logbase.CodeMalformed.String() + " " + logbase.CodeMalformed.Text(logbase.Estonian)
	var fe *event.FieldError
	if errors.As(r.error, &fe) {
		reply += ": " + string(fe.Class)
		if fe.Field != "" {
			reply += " " + fe.Field
		}
	}
	return reply
}

func reason(err error) string {
	var fe *event.FieldError
	if errors.As(err, &fe) {
		return fe.Reason()
	}
	return "malformed"
}

func (in *Ingester) refuse(class, sender string, raw []byte, now time.Time) {
	masked := event.Mask(raw)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.stats.Received++
	in.stats.Rejected++
	in.stats.ByClass[class]++
	in.sample(class, sender, Text{masked, now})
}

// enqueue waits for room and leaves e to the committer.
func (in *Ingester) enqueue(ctx context.Context, e event.Event, notes event.Notes) error {
	n := textBytes(e)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.stats.Received++
	for _, name := range notes.Names() {
		in.stats.Notes[name]++
	}
	if err := in.waitForRoom(ctx, n); err != nil {
		in.stats.Abandoned++
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
		in.stats.HeldBack++
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

// Limits and waits. Each is the default of the field of [Options] of the same
// name.
const (
	DefaultMaxQueue      = 8192                  // events in memory that are not stored yet
	DefaultMaxQueueBytes = 4 << 20               // their texts, in bytes
	DefaultMaxBatch      = 1000                  // events that make the committer stop waiting for more
	DefaultMaxDelay      = 20 * time.Millisecond // longest wait of an event for others
	DefaultRetryAfter    = 100 * time.Millisecond
)

// retryAtMost is the longest wait between two failed writes.
const retryAtMost = 2 * time.Second

// Options says how an [Ingester] works. The zero value applies the documented
// defaults.
type Options struct {
	// Parser reads the payloads.
	Parser event.Parser

	MaxQueue      int           // 0: DefaultMaxQueue
	MaxQueueBytes int           // 0: DefaultMaxQueueBytes
	MaxBatch      int           // 0: DefaultMaxBatch
	MaxDelay      time.Duration // 0: DefaultMaxDelay
	RetryAfter    time.Duration // first wait after a failed write; it doubles. 0: DefaultRetryAfter

	// Caps bounds the number of different values.
	Caps Caps

	Now    func() time.Time // nil: time.Now
	Logger *slog.Logger     // nil: slog.Default()
}

func (o Options) withDefaults() Options {
	o.MaxQueue = cmp.Or(max(o.MaxQueue, 0), DefaultMaxQueue)
	o.MaxQueueBytes = cmp.Or(max(o.MaxQueueBytes, 0), DefaultMaxQueueBytes)
	o.MaxBatch = min(cmp.Or(max(o.MaxBatch, 0), DefaultMaxBatch), o.MaxQueue)
	o.MaxDelay = cmp.Or(max(o.MaxDelay, 0), DefaultMaxDelay)
	o.RetryAfter = cmp.Or(max(o.RetryAfter, 0), DefaultRetryAfter)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}
