package sqlitestore

import "time"

// WithDeletions returns o with deletions in such batches and pauses.
func (o Options) WithDeletions(batch int, pause time.Duration) Options {
	o.deleteBatch, o.deletePause = batch, pause
	return o
}

// WithMaxWAL returns o with another limit of the write-ahead log.
func (o Options) WithMaxWAL(bytes int64) Options {
	o.maxWALBytes = bytes
	return o
}
