package aggregate

import "time"

// Day is a civil day, counted from 1 January 1970. It belongs to no zone;
// [DayOf] says which day an instant falls on in one.
type Day int32

const secondsPerDay = 24 * 60 * 60

// DayOf returns the civil day of t in loc. That is the date which the local
// clock shows, save where it was put back across midnight: a day that has
// begun goes on.
func DayOf(t time.Time, loc *time.Location) Day {
	return Date(reading(t.In(loc)).Date())
}

// Date returns the day with that date. Values out of range are normalised as
// [time.Date] does.
func Date(year int, month time.Month, day int) Day {
	return Day(midnight(year, month, day).Unix() / secondsPerDay) //nolint:gosec // a whole number, of far fewer than 2^31 days
}

// Start returns the first instant of d in loc, which is not midnight where a
// change of the clock leaves midnight out.
func (d Day) Start(loc *time.Location) time.Time { return instant(d.utc(), loc) }

func (d Day) utc() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// String gives the date as ISO 8601 writes it, such as 2018-04-28.
func (d Day) String() string { return d.utc().Format(time.DateOnly) }
