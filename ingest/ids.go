package ingest

import "time"

// An id is the microsecond at which the committer takes the event over, with the
// number of the instance below it: events are numbered in the order of their
// receipt, but only once the log base has told where its ids ended, which it
// cannot while it is away. It stays positive in an int64 until the year 2255.
const instanceBits = 10

// MaxInstance is the greatest number of an instance.
const MaxInstance = 1<<instanceBits - 1

// ids gives out ids that only grow.
type ids struct {
	instance int64
	micro    int64 // of the last id
}

func newIDs(instance int, last int64) ids {
	return ids{instance: int64(instance) & MaxInstance, micro: last >> instanceBits}
}

// next returns an id above all earlier ones. When the clock goes back, or more
// than one event comes in a microsecond, it runs ahead of the clock.
func (g *ids) next(now time.Time) int64 {
	g.micro = max(g.micro+1, now.UnixMicro())
	return g.micro<<instanceBits | g.instance
}
