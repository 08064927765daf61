package sqlitestore

import (
	"fmt"
	"time"

	"github.com/e-gov/tarastat/aggregate"
)

// month names a table of records: 201804, or odd.
type month int32

// odd is the table of events outside the years in which TARA can have run, so
// that no sender can make tables without bound.
const odd month = 0

// firstYear and lastYear bound the years whose months have tables of their own.
const (
	firstYear = 2000
	lastYear  = 2099
)

func monthOf(t time.Time) month {
	y, m, _ := t.Date()
	if y < firstYear || y > lastYear {
		return odd
	}
	return month(y*100 + int(m)) //nolint:gosec // at most 209912
}

// bounds returns the instants between which the events of m lie; those of the
// odd month lie anywhere else.
func (m month) bounds(loc *time.Location) (from, to time.Time) {
	t := time.Date(int(m/100), time.Month(m%100), 1, 12, 0, 0, 0, loc)
	return aggregate.Month.Start(t), aggregate.Month.Add(t, 1)
}

// sql writes the number of the month into a statement. No text of anybody
// else's ever stands there.
func (m month) sql(format string) string { return fmt.Sprintf(format, int32(m)) }

const secondsPerHour = 60 * 60

// hourOf returns the hour for spans: whole hours of Unix time. The odd month
// has one span only.
func hourOf(m month, sec int64) int64 {
	if m == odd {
		return 0
	}
	return sec / secondsPerHour // sec is positive from 2000 on
}

// calendar tells the civil day and month of instants. Most follow each other
// within one day, so it remembers the day of the last one.
type calendar struct {
	loc      *time.Location
	from, to int64 // the day remembered: from ≤ Unix time < to
	day      aggregate.Day
	month    month
}

func (c *calendar) at(t time.Time) (aggregate.Day, month) {
	if sec := t.Unix(); sec < c.from || sec >= c.to {
		local := t.In(c.loc)
		c.day, c.month = aggregate.DayOf(t, c.loc), monthOf(local)
		c.from, c.to = 0, 0
		if c.month != odd { // far from our time the days of a zone have odd edges
			c.from, c.to = c.day.Start(c.loc).Unix(), (c.day + 1).Start(c.loc).Unix()
		}
	}
	return c.day, c.month
}
