package ingest

import (
	"log/slog"
	"time"

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

// MaxInstance is the greatest number of an instance.
const MaxInstance = 1<<instanceBits - 1

// Options says how an [Ingester] works. The zero value applies the documented
// defaults.
type Options struct {
	// Parser reads the payloads.
	Parser event.Parser

	// Instance, from 0 to [MaxInstance], tells the ids of several services on
	// one log base apart. No two of them may use the same number at once.
	Instance int

	// LastID is the greatest id the log base has seen, so that ids never go
	// back, whatever the clock does.
	LastID int64

	MaxQueue      int           // 0: DefaultMaxQueue
	MaxQueueBytes int           // 0: DefaultMaxQueueBytes
	MaxBatch      int           // 0: DefaultMaxBatch
	MaxDelay      time.Duration // 0: DefaultMaxDelay
	RetryAfter    time.Duration // first wait after a failed write; it doubles. 0: DefaultRetryAfter
	RetryAtMost   time.Duration // 0: DefaultRetryAtMost

	// Caps bounds the number of different values; Known are those the log
	// base has already.
	Caps  Caps
	Known []event.Event

	Now    func() time.Time // nil: time.Now
	Logger *slog.Logger     // nil: slog.Default()
}

func (o Options) withDefaults() Options {
	o.MaxQueue = orDefault(o.MaxQueue, DefaultMaxQueue)
	o.MaxQueueBytes = orDefault(o.MaxQueueBytes, DefaultMaxQueueBytes)
	o.MaxBatch = min(orDefault(o.MaxBatch, DefaultMaxBatch), o.MaxQueue)
	o.MaxDelay = orDefault(o.MaxDelay, DefaultMaxDelay)
	o.RetryAfter = orDefault(o.RetryAfter, DefaultRetryAfter)
	o.RetryAtMost = max(orDefault(o.RetryAtMost, DefaultRetryAtMost), o.RetryAfter)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

func orDefault[T int | time.Duration](v, def T) T {
	if v > 0 {
		return v
	}
	return def
}
