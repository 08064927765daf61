package aggregate

import "time"

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

// longestChange exceeds by how much any clock was ever put back; the Pacific
// islands that changed the side of the date line went by a day.
const longestChange = 25 * time.Hour

// reading returns the furthest the local clock of t has come at t.
func reading(t time.Time) time.Time {
	r := shown(t)
	change, _ := t.ZoneBounds()
	if change.IsZero() || t.Sub(change) > longestChange {
		return r
	}
	if before := shown(change.Add(-1)); before.After(r) {
		return before
	}
	return r
}

// shown is what the local clock of t shows.
func shown(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second).UTC()
}

// instant returns the first instant whose reading in loc is r or later. That is
// the change itself where the clock leaves r out.
func instant(r time.Time, loc *time.Location) time.Time {
	const eastMost = 16 * time.Hour // beyond the offset of any zone, local mean time included
	from := r.Add(-eastMost).In(loc)
	for {
		_, offset := from.Zone()
		at := r.Add(time.Duration(-offset) * time.Second).In(loc)
		if at.Before(from) {
			at = from // the change left r out
		}
		_, change := from.ZoneBounds()
		if change.IsZero() || at.Before(change) {
			return at
		}
		from = change
	}
}
