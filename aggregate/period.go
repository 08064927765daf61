package aggregate

import (
	"regexp"
	"time"

	"github.com/e-gov/tarastat/event"
)

// Period is a stretch of time that is asked about: either bounds in civil
// units of a zone, or the specification's regular expression. The zero value
// is everything, in [event.DefaultLocation]. Make one with [ParsePeriod] or
// [Between].
type Period struct {
	// From and To bound the period: From belongs to it, To does not. A zero
	// time is no bound. Both are in the zone of the period.
	From, To time.Time

	// Unit is set when the period is exactly one civil unit, and Whole
	// otherwise.
	Unit Unit

	// Expr is set when the period is an expression; then From, To and Unit
	// are zero. See [Period.Contains].
	Expr *regexp.Regexp

	text string
	loc  *time.Location
}

// exprLayout is the form of the local time that an expression is matched
// against.
const exprLayout = "2006-01-02T15:04:05"

// Between returns the period from one instant up to and without the other. A
// zero time leaves that side open.
func Between(from, to time.Time, loc *time.Location) Period {
	p := Period{loc: loc}
	if !from.IsZero() {
		p.From = from.In(loc)
	}
	if !to.IsZero() {
		p.To = to.In(loc)
	}
	p.text = rangeText(p)
	return p
}

// Of returns the one unit that t lies in, in loc. Unit must not be Whole.
func Of(u Unit, t time.Time, loc *time.Location) Period {
	t = t.In(loc)
	p := Period{From: u.Start(t), To: u.Add(t, 1), Unit: u, loc: loc}
	if u == Hour { // both hours of the same name
		p = hourPeriod(t.Year(), t.Month(), t.Day(), t.Hour(), loc)
	}
	p.text = unitText(p)
	return p
}

// String returns the period as it is written in an address: the text it was
// parsed from, or one that parses to the same period. Everything is "".
func (p Period) String() string { return p.text }

// Location is the zone of the period.
func (p Period) Location() *time.Location {
	if p.loc == nil {
		return event.DefaultLocation()
	}
	return p.loc
}

// Contains reports whether an event at t counts. An expression is matched
// anywhere in the local time, written as 2018-04-28T10:51:12.
func (p Period) Contains(t time.Time) bool {
	if p.Expr != nil {
		var buf [len(exprLayout)]byte
		return p.Expr.Match(t.In(p.Location()).AppendFormat(buf[:0], exprLayout))
	}
	return (p.From.IsZero() || !t.Before(p.From)) && (p.To.IsZero() || t.Before(p.To))
}

// Everything reports whether the period excludes nothing.
func (p Period) Everything() bool {
	return p.Expr == nil && p.From.IsZero() && p.To.IsZero()
}

// Bounded reports whether the period has a beginning and an end. Only such a
// period may be deleted.
func (p Period) Bounded() bool {
	return p.Expr == nil && !p.From.IsZero() && !p.To.IsZero()
}

// WholeDays reports whether every civil day lies in the period either wholly
// or not at all, so that sums by day can answer for it.
func (p Period) WholeDays() bool {
	return p.Expr == nil && dayBound(p.From) && dayBound(p.To)
}

func dayBound(t time.Time) bool { return t.IsZero() || EachDay.Start(t).Equal(t) }

// Days returns the first and the last civil day that the period touches. It
// reports false when the period is not bounded or is empty.
func (p Period) Days() (first, last Day, ok bool) {
	if !p.Bounded() || !p.From.Before(p.To) {
		return 0, 0, false
	}
	loc := p.Location()
	return DayOf(p.From, loc), DayOf(p.To.Add(-1), loc), true
}

// Running reports whether now lies in the period, so that its figures are
// not final.
func (p Period) Running(now time.Time) bool { return p.Bounded() && p.Contains(now) }

// Shift returns the period n lengths later, or earlier for a negative n: the
// next month for a month, the next nine days for nine days, the next quarter
// for three months. It reports false for a period that is not bounded.
func (p Period) Shift(n int) (Period, bool) {
	if !p.Bounded() {
		return Period{}, false
	}
	loc := p.Location()
	if p.Unit != Whole {
		return Of(p.Unit, p.Unit.Add(p.From, n), loc), true
	}
	if months := p.months(); months > 0 {
		return Between(Month.Add(p.From, n*months), Month.Add(p.To, n*months), loc), true
	}
	if first, last, ok := p.Days(); ok && p.WholeDays() {
		days := Day(n) * (last - first + 1)
		return Between((first + days).Start(loc), (last + days + 1).Start(loc), loc), true
	}
	d := time.Duration(n) * p.To.Sub(p.From)
	return Between(p.From.Add(d), p.To.Add(d), loc), true
}

// months returns how many whole months the period is, or 0.
func (p Period) months() int {
	if !p.Bounded() || !Month.Start(p.From).Equal(p.From) || !Month.Start(p.To).Equal(p.To) {
		return 0
	}
	return 12*(p.To.Year()-p.From.Year()) + int(p.To.Month()-p.From.Month())
}
