package aggregate

import (
	"regexp"
	"time"

	"github.com/e-gov/tarastat/event"
)

// Period is a stretch of time that is asked about: either bounds in civil
// units of a zone, or the specification's regular expression. The zero value
// is everything, in [event.DefaultLocation]. Make one with [ParsePeriod], [Of]
// or [Between].
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

// Between returns the period from one instant up to and without the other, in
// loc (nil: the default zone). A zero time leaves that side open.
func Between(from, to time.Time, loc *time.Location) Period {
	p := Period{loc: loc}
	if !from.IsZero() {
		p.From = from.In(p.Location())
	}
	if !to.IsZero() {
		p.To = to.In(p.Location())
	}
	p.text = rangeText(p)
	return p
}

// Of returns the one unit that t lies in, in loc (nil: the default zone). An
// hour is all time that the clock shows under that name: two hours where it is
// put back by one. For Whole it is everything.
func Of(u Unit, t time.Time, loc *time.Location) Period {
	p := Period{loc: loc}
	if u == Whole {
		return p
	}
	return unitPeriod(u, u.floor(reading(t.In(p.Location()))), loc)
}

// unitPeriod returns the unit that begins at the reading r.
func unitPeriod(u Unit, r time.Time, loc *time.Location) Period {
	p := Period{Unit: u, text: unitText(u, r), loc: loc}
	p.From, p.To = instant(r, p.Location()), instant(u.add(r, 1), p.Location())
	return p
}

// String returns the period as it is written in an address: the text it was
// parsed from, or a form of [ParsePeriod] that gives the same period. A period
// whose bounds are no full hours is written as the hours it touches. Everything
// is "", and so is what has no such form: a period that is open on one side,
// empty, or outside the years that can be written.
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
