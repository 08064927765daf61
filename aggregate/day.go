package aggregate

import "time"

// Day is a civil day, counted from 1 January 1970. It belongs to no zone;
// [DayOf] says which day an instant falls on in one.
type Day int32

const secondsPerDay = 24 * 60 * 60

// DayOf returns the civil day of t in loc.
func DayOf(t time.Time, loc *time.Location) Day {
	y, m, d := t.In(loc).Date()
	return Date(y, m, d)
}

// Date returns the day with that date. Values out of range are normalised as
// [time.Date] does.
func Date(year int, month time.Month, day int) Day {
	s := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()
	if s < 0 {
		s -= secondsPerDay - 1 // round towards the past
	}
	return Day(s / secondsPerDay)
}

// Start returns the first instant of d in loc, which is not midnight where a
// change of the clock leaves midnight out.
func (d Day) Start(loc *time.Location) time.Time {
	y, m, day := d.utc().Date()
	return civil(y, m, day, 0, loc)
}

func (d Day) utc() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// String gives the date as ISO 8601 writes it, such as 2018-04-28.
func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// civil returns the first instant whose local clock shows that hour, or, for
// an hour that the clock leaves out, the first instant after it.
func civil(year int, month time.Month, day, hour int, loc *time.Location) time.Time {
	const step = 30 * time.Minute // every change of a clock since 1970 is a multiple of it
	t := time.Date(year, month, day, hour, 0, 0, 0, loc)
	want := time.Date(year, month, day, hour, 0, 0, 0, time.UTC)
	// Next to a change time.Date may choose either side.
	for wall(t).Before(want) {
		t = t.Add(step)
	}
	first := t
	for back := step; back <= 3*time.Hour; back += step {
		if u := t.Add(-back); !wall(u).Before(want) {
			first = u
		}
	}
	return first
}

// wall is what the local clock shows at t, as if it were UTC.
func wall(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}
