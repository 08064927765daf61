package sqlitestore

import (
	"log/slog"
	"time"

	"github.com/e-gov/tarastat/event"
)

// Defaults of [Options].
const (
	DefaultReaders     = 4
	DefaultCacheBytes  = 16 << 20
	DefaultMaxWALBytes = 64 << 20
	DefaultDeleteBatch = 5000
	DefaultDeletePause = 10 * time.Millisecond
)

// Options are the settings of a [Store]. The zero value works.
type Options struct {
	// Location is the zone whose civil days are counted. Nil is
	// [event.DefaultLocation]. See the package comment for what another zone
	// does to a file that has one.
	Location *time.Location

	// Logger is told about resumed deletions, recounts and reopened files. Nil
	// logs nothing. Records are never logged.
	Logger *slog.Logger

	// Readers is how many queries may read records at once; more wait. Queries
	// answered from memory are not limited. 0 is [DefaultReaders].
	Readers int

	// CacheBytes is the page cache of one connection. 0 is [DefaultCacheBytes].
	CacheBytes int

	// MaxWALBytes is the size of the write-ahead log from which a commit waits
	// for readers, for up to a second, to cut it back to nothing. 0 is
	// [DefaultMaxWALBytes].
	MaxWALBytes int64

	// DeleteBatch is how many records a deletion removes in one transaction.
	// 0 is [DefaultDeleteBatch].
	DeleteBatch int

	// DeletePause is the time a deletion leaves to others between two
	// transactions. 0 is [DefaultDeletePause]; a negative one is none.
	DeletePause time.Duration
}

// withDefaults fills in what was left at zero.
func (o Options) withDefaults() Options {
	if o.Location == nil {
		o.Location = event.DefaultLocation()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Readers <= 0 {
		o.Readers = DefaultReaders
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = DefaultCacheBytes
	}
	if o.MaxWALBytes <= 0 {
		o.MaxWALBytes = DefaultMaxWALBytes
	}
	if o.DeleteBatch <= 0 {
		o.DeleteBatch = DefaultDeleteBatch
	}
	if o.DeletePause == 0 {
		o.DeletePause = DefaultDeletePause
	}
	return o
}
