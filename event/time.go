package event

import (
	"errors"
	"sync"
	"time"
	_ "time/tzdata" // a VM or container without a zone database must count the same days
)

// DefaultZone is the zone whose civil days, weeks and months are counted.
const DefaultZone = "Europe/Tallinn"

var loadDefault = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation(DefaultZone)
	if err != nil {
		panic("event: embedded zone database: " + err.Error())
	}
	return loc
})

// DefaultLocation returns the location of [DefaultZone], from the zone
// database that is linked in when the system has none.
func DefaultLocation() *time.Location { return loadDefault() }

var errTime = errors.New("event: not an ISO 8601 date with an optional time of day")

// ParseTime reads the time of an event: a calendar date of ISO 8601, which a
// time of day may follow, which a zone may follow (specification, section 2.1;
// the forms are those senders were seen to write):
//
//	2018-04-28
//	2018-04-28T10:51              Java leaves out zero seconds
//	2018-04-28T10:51:12
//	2018-04-28T10:51:12.123456789 one to nine digits
//	2018-04-28T10:51:12Z          also +03:00 and +0300
//
// A time without a zone is local time in loc. An hour that the end of summer
// time repeats is read as one of the two, always the same; an hour that its
// beginning leaves out is read as the hour beside it. Both count in their own
// civil day. Leap seconds are refused.
func ParseTime(text string, loc *time.Location) (time.Time, error) {
	s := text
	year, ok1 := digits(&s, 4)
	ok2 := literal(&s, '-')
	month, ok3 := digits(&s, 2)
	ok4 := literal(&s, '-')
	day, ok5 := digits(&s, 2)
	if !(ok1 && ok2 && ok3 && ok4 && ok5) || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return time.Time{}, errTime
	}
	var c clock
	if literal(&s, 'T') {
		var ok bool
		if c, ok = parseClock(&s); !ok {
			return time.Time{}, errTime
		}
		if s != "" {
			if loc, ok = parseZone(&s); !ok {
				return time.Time{}, errTime
			}
		}
	}
	if s != "" {
		return time.Time{}, errTime
	}
	return time.Date(year, time.Month(month), day, c.hour, c.minute, c.second, c.nano, loc), nil
}

type clock struct{ hour, minute, second, nano int }

func parseClock(s *string) (clock, bool) {
	var c clock
	var ok bool
	if c.hour, ok = digits(s, 2); !ok || c.hour > 23 || !literal(s, ':') {
		return c, false
	}
	if c.minute, ok = digits(s, 2); !ok || c.minute > 59 {
		return c, false
	}
	if !literal(s, ':') {
		return c, true
	}
	if c.second, ok = digits(s, 2); !ok || c.second > 59 {
		return c, false
	}
	if !literal(s, '.') {
		return c, true
	}
	n := 0
	for n < len(*s) && '0' <= (*s)[n] && (*s)[n] <= '9' {
		n++
	}
	if n < 1 || n > 9 {
		return c, false
	}
	c.nano, _ = digits(s, n)
	for ; n < 9; n++ {
		c.nano *= 10
	}
	return c, true
}

func parseZone(s *string) (*time.Location, bool) {
	if literal(s, 'Z') {
		return time.UTC, true
	}
	sign := 1
	if literal(s, '-') {
		sign = -1
	} else if !literal(s, '+') {
		return nil, false
	}
	h, ok := digits(s, 2)
	if !ok || h > 23 {
		return nil, false
	}
	literal(s, ':')
	m, ok := digits(s, 2)
	if !ok || m > 59 {
		return nil, false
	}
	return time.FixedZone("", sign*(h*3600+m*60)), true
}

// digits takes exactly n decimal digits off the front of s.
func digits(s *string, n int) (int, bool) {
	if len(*s) < n {
		return 0, false
	}
	v := 0
	for i := range n {
		c := (*s)[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + int(c-'0')
	}
	*s = (*s)[n:]
	return v, true
}

func literal(s *string, c byte) bool {
	if len(*s) == 0 || (*s)[0] != c {
		return false
	}
	*s = (*s)[1:]
	return true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
