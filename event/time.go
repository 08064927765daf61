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
// A time without a zone is local time in loc; nil means [DefaultLocation]. An
// hour that the end of summer time repeats is read as the later of the two,
// in standard time; an hour that its beginning leaves out is read as the one
// after it. Both count in their own civil day. Leap seconds and the hour 24
// are refused.
func ParseTime(text string, loc *time.Location) (time.Time, error) {
	if loc == nil {
		loc = DefaultLocation()
	}
	p := timeText{rest: text}
	year := p.digits(4)
	p.literal('-')
	month := p.digits(2)
	p.literal('-')
	day := p.digits(2)
	if p.bad || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return time.Time{}, errTime
	}
	var hour, minute, second, nano int
	if p.next('T') {
		hour = p.digits(2)
		p.literal(':')
		minute = p.digits(2)
		if p.next(':') {
			second = p.digits(2)
			nano = p.fraction()
		}
		loc = p.zone(loc)
	}
	if p.bad || p.rest != "" || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, errTime
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, nano, loc), nil
}

// timeText is what is left to read of a time. Once something is bad, it stays
// so; what the methods return is then meaningless.
type timeText struct {
	rest string
	bad  bool
}

// next takes c off the front, if it stands there.
func (p *timeText) next(c byte) bool {
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// literal takes c off the front, where it must stand.
func (p *timeText) literal(c byte) {
	if !p.next(c) {
		p.bad = true
	}
}

// digits takes exactly n decimal digits off the front.
func (p *timeText) digits(n int) int {
	if len(p.rest) < n {
		p.bad = true
		return 0
	}
	v := 0
	for i := range n {
		c := p.rest[i]
		if c < '0' || c > '9' {
			p.bad = true
		}
		v = v*10 + int(c-'0')
	}
	p.rest = p.rest[n:]
	return v
}

// fraction takes a fraction of a second off the front, if one stands there,
// and returns it in nanoseconds.
func (p *timeText) fraction() int {
	if !p.next('.') {
		return 0
	}
	n := 0
	for n < len(p.rest) && '0' <= p.rest[n] && p.rest[n] <= '9' {
		n++
	}
	if n < 1 || n > 9 {
		p.bad = true
		return 0
	}
	nano := p.digits(n)
	for ; n < 9; n++ {
		nano *= 10
	}
	return nano
}

// zone takes a zone off the front, or returns loc when none stands there.
func (p *timeText) zone(loc *time.Location) *time.Location {
	if p.rest == "" {
		return loc
	}
	if p.next('Z') {
		return time.UTC
	}
	sign := 1
	if p.next('-') {
		sign = -1
	} else {
		p.literal('+')
	}
	hour := p.digits(2)
	p.next(':')
	minute := p.digits(2)
	if p.bad || hour > 23 || minute > 59 {
		p.bad = true
		return loc
	}
	return time.FixedZone("", sign*(hour*3600+minute*60))
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
