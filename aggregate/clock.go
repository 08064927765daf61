package aggregate

import (
	"sort"
	"time"
)

// The functions here turn instants into readings of the local clock and back.
// A reading is a time.Time in UTC that shows what the clock shows, so that
// calendar arithmetic on readings knows nothing of zones.
//
// Clocks are put back, and the same reading then comes twice, at some places
// across midnight. So that hours and days are still unbroken stretches of time
// that follow one another, a reading is the furthest the clock has come: it
// stands still where the clock was put back until the clock has caught up.
// [reading] and [instant] are the inverse of one another in this sense, and
// every civil unit of this package is built on the two.

const (
	// widest exceeds the offset from UTC of every zone, local mean time
	// included.
	widest = 16 * time.Hour

	// longest exceeds by how much any clock was ever put back. Pacific islands
	// that changed the side of the date line went by a day.
	longest = 25 * time.Hour
)

// reading returns the furthest the local clock of t has come at t.
func reading(t time.Time) time.Time {
	r := shown(t)
	if c, ok := change(t.Add(-longest), t); ok {
		if before := shown(c.Add(-1)); before.After(r) {
			return before
		}
	}
	return r
}

// instant returns the first instant whose reading in loc is r or later. That is
// the change itself where the clock leaves r out.
func instant(r time.Time, loc *time.Location) time.Time {
	from, to := r.Add(-widest).In(loc), r.Add(widest).In(loc)
	at := r.Add(-offset(from)).In(loc)
	if c, ok := change(from, to); ok && !at.Before(c) {
		if at = r.Add(-offset(to)).In(loc); at.Before(c) {
			return c
		}
	}
	return at
}

// shown is what the local clock of t shows.
func shown(t time.Time) time.Time { return t.Add(offset(t)).UTC() }

func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

// change returns when between two instants, not more than some days apart, the
// local clock is changed. [time.Time.ZoneBounds] will not do: past the table of
// the zone database it takes ends of years for changes, and on the last day of
// a leap year one that is past (Go 1.26).
func change(from, to time.Time) (time.Time, bool) {
	old := offset(from)
	if offset(to) == old {
		return time.Time{}, false
	}
	from = from.Truncate(time.Second) // clocks are changed at full seconds
	n := sort.Search(int(to.Sub(from)/time.Second), func(i int) bool {
		return offset(from.Add(time.Duration(i)*time.Second)) != old
	})
	return from.Add(time.Duration(n) * time.Second), true
}
