package ingest

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// Limits and waits. Each is the default of the field of [Options] of the same
// name.
const (
	DefaultMaxQueue      = 8192                  // events in memory that are not stored yet
	DefaultMaxQueueBytes = 4 << 20               // their texts, in bytes
	DefaultMaxBatch      = 1000                  // events that make the committer stop waiting for more
	DefaultMaxDelay      = 20 * time.Millisecond // longest wait of an event for others
	DefaultRetryAfter    = 100 * time.Millisecond
	DefaultRetryAtMost   = 2 * time.Second
)

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
	RetryAtMost   time.Duration // 0: DefaultRetryAtMost

	// Caps bounds the number of different values.
	Caps Caps

	// Known, when not nil, returns keys with the values that the log base has
	// already, such as [logbase.Names] gives, so that a restart does not begin
	// to count anew. It is asked before the first write, and again until it
	// succeeds.
	Known func(context.Context) ([]aggregate.Key, error)

	Now    func() time.Time // nil: time.Now
	Logger *slog.Logger     // nil: slog.Default()
}

func (o Options) withDefaults() Options {
	o.MaxQueue = cmp.Or(max(o.MaxQueue, 0), DefaultMaxQueue)
	o.MaxQueueBytes = cmp.Or(max(o.MaxQueueBytes, 0), DefaultMaxQueueBytes)
	o.MaxBatch = min(cmp.Or(max(o.MaxBatch, 0), DefaultMaxBatch), o.MaxQueue)
	o.MaxDelay = cmp.Or(max(o.MaxDelay, 0), DefaultMaxDelay)
	o.RetryAfter = cmp.Or(max(o.RetryAfter, 0), DefaultRetryAfter)
	o.RetryAtMost = max(cmp.Or(max(o.RetryAtMost, 0), DefaultRetryAtMost), o.RetryAfter)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}
