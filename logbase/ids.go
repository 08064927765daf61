package logbase

import "time"

// An id is the microsecond at which it was given, with the writer's lane in the
// bits below: events are numbered in the order of their receipt, and several
// writers on one log base never give the same id. It stays positive in an int64
// until the year 2255.
const (
	laneBits = 10
	// Lanes is how many writers one log base can have at once.
	Lanes = 1 << laneBits
)

// IDs gives out the ids of one writer's records; they only grow. It is not safe
// for concurrent use. The zero value begins with the clock, in lane 0.
type IDs struct {
	// Last is an id that all further ones are above.
	Last int64
	// Lane tells this writer from others on the same log base, from 0 to
	// Lanes-1.
	Lane int
}

// Next returns an id above all earlier ones. When the clock goes back, or more
// than one event comes in a microsecond, it runs ahead of the clock.
func (s *IDs) Next(now time.Time) int64 {
	micro := max(s.Last>>laneBits+1, now.UnixMicro())
	s.Last = micro<<laneBits | int64(s.Lane)&(Lanes-1)
	return s.Last
}
