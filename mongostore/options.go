package mongostore

import (
	"log/slog"
	"time"

	"github.com/e-gov/tarastat/event"
)

// Defaults of [Options].
const (
	DefaultTimeout     = 2500 * time.Millisecond
	DefaultScanTimeout = 30 * time.Second
	DefaultPoll        = time.Second
	DefaultCheck       = 20 * time.Second
)

// Options are the settings of a [Store] that are not in its URI. The zero
// value works.
type Options struct {
	// Location is the zone whose civil days are counted. Nil is
	// [event.DefaultLocation]. All instances on one base must use the same,
	// see [ErrZone].
	Location *time.Location

	// Logger is told about instances that came and went, and about days that
	// were counted anew. Nil logs nothing. Records are never logged.
	Logger *slog.Logger

	// Timeout bounds every short call to the server, choosing a server
	// included: a batch of records, a look for changes, a ping. 0 is
	// [DefaultTimeout].
	Timeout time.Duration

	// ScanTimeout bounds how long the server may take for one answer to a
	// call that reads, counts or deletes many records. 0 is
	// [DefaultScanTimeout].
	ScanTimeout time.Duration

	// Poll is how often an instance publishes its sums and looks for what the
	// others have published. One that gives no sign for ten of these is taken
	// for dead. It must be the same for all instances. 0 is [DefaultPoll].
	Poll time.Duration

	// Check is how often records are compared with sums, which finds what was
	// inserted or removed by hand. 0 is [DefaultCheck]; a negative one is
	// never.
	Check time.Duration
}

func (o Options) withDefaults() Options {
	if o.Location == nil {
		o.Location = event.DefaultLocation()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.ScanTimeout <= 0 {
		o.ScanTimeout = DefaultScanTimeout
	}
	if o.Poll <= 0 {
		o.Poll = DefaultPoll
	}
	if o.Check == 0 {
		o.Check = DefaultCheck
	}
	return o
}
