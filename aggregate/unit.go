package aggregate

import "time"

// Unit is a civil unit of time. Weeks are those of ISO 8601 and begin on
// Monday.
type Unit uint8

// The units. Whole means no division: a period that is no single unit, or a
// query whose answer is not divided into steps.
const (
	Whole Unit = iota
	Hour
	EachDay
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
