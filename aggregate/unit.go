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
// quarter, year.
func (u Unit) String() string {
	return [...]string{"whole", "hour", "day", "week", "month", "quarter", "year"}[u]
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
// For Whole that is the zero time. Of an hour that the clock repeats, the two
// are told apart.
func (u Unit) Start(t time.Time) time.Time {
	y, m, d := t.Date()
	loc := t.Location()
	switch u {
	case Hour:
		past := time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
		return t.Add(-past)
	case EachDay:
		return civil(y, m, d, 0, loc)
	case Week:
		return civil(y, m, d-daysSinceMonday(t.Weekday()), 0, loc)
	case Month:
		return civil(y, m, 1, 0, loc)
	case Quarter:
		return civil(y, m-(m-1)%3, 1, 0, loc)
	case Year:
		return civil(y, time.January, 1, 0, loc)
	}
	return time.Time{}
}

// Add returns the beginning of the unit that stands n units after the one t
// lies in; n may be negative. For Whole that is the zero time.
func (u Unit) Add(t time.Time, n int) time.Time {
	t = u.Start(t)
	y, m, d := t.Date()
	loc := t.Location()
	switch u {
	case Hour:
		return t.Add(time.Duration(n) * time.Hour)
	case EachDay:
		return civil(y, m, d+n, 0, loc)
	case Week:
		return civil(y, m, d+7*n, 0, loc)
	case Month:
		return civil(y, m+time.Month(n), 1, 0, loc)
	case Quarter:
		return civil(y, m+time.Month(3*n), 1, 0, loc)
	case Year:
		return civil(y+n, time.January, 1, 0, loc)
	}
	return time.Time{}
}

func daysSinceMonday(w time.Weekday) int { return (int(w) + 6) % 7 }
