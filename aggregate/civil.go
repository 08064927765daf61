package aggregate

import (
	"fmt"
	"sort"
	"time"
)

// Unit is a civil unit of time. Weeks are those of ISO 8601 and begin on
// Monday.
type Unit uint8

// The units. Whole means no division: a period that is no single unit, or a
// query whose answer is not divided into steps.
const (
	Whole Unit = iota
	Hour
	DayUnit
	Week
	Month
	Quarter
	Year
)

// String gives the name used in addresses: whole, hour, day, week, month,
// quarter, year. It is empty for a value that is no unit.
func (u Unit) String() string {
	names := [...]string{"whole", "hour", "day", "week", "month", "quarter", "year"}
	if int(u) >= len(names) {
		return ""
	}
	return names[u]
}

// MarshalText is [Unit.String].
func (u Unit) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText is [ParseUnit].
func (u *Unit) UnmarshalText(text []byte) error {
	parsed, ok := ParseUnit(string(text))
	if !ok {
		return fmt.Errorf("aggregate: unknown unit %q", text)
	}
	*u = parsed
	return nil
}

// ParseUnit is the inverse of [Unit.String]. It reports false for any other
// name.
func ParseUnit(name string) (Unit, bool) {
	for u := Whole; u <= Year; u++ {
		if u.String() == name {
			return u, true
		}
	}
	return Whole, false
}

// Start returns the beginning of the unit that t lies in, in the zone of t.
// For Whole that is the zero time.
//
// As steps, hours begin with each full hour that the clock shows and where the
// clock is changed, so that the two hours of one name are told apart; compare
// [Of].
func (u Unit) Start(t time.Time) time.Time {
	switch u {
	case Whole:
		return time.Time{}
	case Hour:
		return hourStart(t)
	default:
		return instant(u.floor(reading(t)), t.Location())
	}
}

// Add returns the beginning of the unit that stands n units after the one t
// lies in; n may be negative. For Whole that is the zero time. More than one
// hour is counted in hours of sixty minutes, also across a shorter one.
func (u Unit) Add(t time.Time, n int) time.Time {
	switch {
	case u == Whole:
		return time.Time{}
	case u != Hour:
		return instant(u.add(u.floor(reading(t)), n), t.Location())
	case n > 0:
		return hourEnd(hourStart(t).Add(time.Duration(n-1) * time.Hour))
	case n < 0:
		return hourStart(hourStart(t).Add(time.Duration(n+1)*time.Hour - 1))
	default:
		return hourStart(t)
	}
}

// hourStart returns the last full hour or change of the clock up to t.
func hourStart(t time.Time) time.Time {
	full := t.Add(-pastHour(t))
	if c, ok := change(full, t); ok {
		return c
	}
	return full
}

// hourEnd returns the first full hour or change of the clock after t.
func hourEnd(t time.Time) time.Time {
	full := t.Add(time.Hour - pastHour(t))
	if c, ok := change(t, full); ok {
		return c
	}
	return full
}

// pastHour is how far the clock has gone since the last full hour.
func pastHour(t time.Time) time.Duration {
	r := shown(t)
	return r.Sub(r.Truncate(time.Hour))
}

// floor returns the beginning of the unit that the reading r lies in.
func (u Unit) floor(r time.Time) time.Time {
	y, m, d := r.Date()
	switch u {
	case Hour:
		return r.Truncate(time.Hour)
	case Week:
		d -= (int(r.Weekday()) + 6) % 7 // days since Monday
	case Month:
		d = 1
	case Quarter:
		m, d = m-(m-1)%3, 1
	case Year:
		m, d = time.January, 1
	}
	return midnight(y, m, d)
}

// add returns the beginning of the unit that stands n units after the one
// which begins at r.
func (u Unit) add(r time.Time, n int) time.Time {
	switch u {
	case Hour:
		return r.Add(time.Duration(n) * time.Hour)
	case Week:
		return r.AddDate(0, 0, 7*n)
	case Month:
		return r.AddDate(0, n, 0)
	case Quarter:
		return r.AddDate(0, 3*n, 0)
	case Year:
		return r.AddDate(n, 0, 0)
	default:
		return r.AddDate(0, 0, n)
	}
}

// midnight is the reading at which a day begins.
func midnight(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Day is a civil day, counted from 1 January 1970. It belongs to no zone;
// [DayOf] says which day an instant falls on in one.
type Day int32

const secondsPerDay = 24 * 60 * 60

// DayOf returns the civil day of t in loc (nil: the default zone). That is the
// date which the local clock shows, save where it was put back across midnight:
// a day that has begun goes on.
func DayOf(t time.Time, loc *time.Location) Day {
	return Date(reading(t.In(orDefault(loc))).Date())
}

// Date returns the day with that date. Values out of range are normalised as
// [time.Date] does.
func Date(year int, month time.Month, day int) Day {
	return Day(midnight(year, month, day).Unix() / secondsPerDay)
}

// Start returns the first instant of d in loc (nil: the default zone), which is
// not midnight where a change of the clock leaves midnight out.
func (d Day) Start(loc *time.Location) time.Time { return instant(d.utc(), orDefault(loc)) }

func (d Day) utc() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// String gives the date as ISO 8601 writes it, such as 2018-04-28.
func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// MarshalText is [Day.String], so that JSON holds dates.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a date as MarshalText writes it.
func (d *Day) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err == nil {
		*d = Date(t.Date())
	}
	return err
}

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
