package aggregate

import (
	"fmt"
	"regexp"
	"time"

	"github.com/e-gov/tarastat/event"
)

// Period is a stretch of time that is asked about: either bounds in civil
// units of a zone, or the specification's regular expression. The zero value
// is everything, in [event.DefaultLocation]. Make one with [ParseCivil], [Of],
// [Between] or [Everything].
type Period struct {
	from, to time.Time
	unit     Unit
	expr     *regexp.Regexp
	text     string // as ParseCivil reads it, "" where there is no such form
	loc      *time.Location
}

// Everything returns the period that excludes nothing, in loc (nil: the default
// zone).
func Everything(loc *time.Location) Period { return Period{loc: loc} }

// Between returns the period from one instant up to and without the other, in
// loc (nil: the default zone). A zero time leaves that side open.
func Between(from, to time.Time, loc *time.Location) Period {
	p := Period{loc: loc}
	if !from.IsZero() {
		p.from = from.In(p.Location())
	}
	if !to.IsZero() {
		p.to = to.In(p.Location())
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
	p := Period{unit: u, text: unitText(u, r), loc: loc}
	p.from, p.to = instant(r, p.Location()), instant(u.add(r, 1), p.Location())
	return p
}

// String returns the period as it is written in an address: the text it was
// parsed from, or a form of [ParseCivil] that gives the same period. A period
// whose bounds are no full hours is written as the hours it touches. Only
// everything is "". What has no such form, since it is open on one side, empty,
// or outside the years that can be written, is told by its two instants, with
// ".." for a side that is open.
func (p Period) String() string {
	if p.text != "" || p.Everything() {
		return p.text
	}
	return boundText(p.from) + "/" + boundText(p.to)
}

func boundText(t time.Time) string {
	if t.IsZero() {
		return ".."
	}
	return t.Format(time.RFC3339Nano)
}

// From is the first instant of the period, in its zone; zero when the period
// has no beginning or is an expression.
func (p Period) From() time.Time { return p.from }

// To is the first instant after the period, in its zone; zero when the period
// has no end or is an expression.
func (p Period) To() time.Time { return p.to }

// Unit is the civil unit that the period is exactly one of, otherwise Whole.
func (p Period) Unit() Unit { return p.unit }

// Expr is the expression that the period is, or nil. See [Period.Contains].
func (p Period) Expr() *regexp.Regexp { return p.expr }

// Location is the zone of the period.
func (p Period) Location() *time.Location { return orDefault(p.loc) }

func orDefault(loc *time.Location) *time.Location {
	if loc == nil {
		return event.DefaultLocation()
	}
	return loc
}

// MarshalText is [Period.String]. A period that no form of [ParseCivil] gives back,
// such as one of minutes, is an error; so is none of another zone, which the text
// does not hold.
func (p Period) MarshalText() ([]byte, error) {
	text := p.String()
	if p.expr == nil {
		back, err := ParseCivil(text, p.loc)
		if err != nil || !back.from.Equal(p.from) || !back.to.Equal(p.to) {
			return nil, &PeriodError{fmt.Errorf("%s is no period that can be written", text)}
		}
	}
	return []byte(text), nil
}

// UnmarshalText is [ParseCivil] in the default zone.
func (p *Period) UnmarshalText(text []byte) (err error) {
	*p, err = ParseCivil(string(text), nil)
	return err
}

// Contains reports whether an event at t counts. An expression is matched
// anywhere in the local time, written as 2018-04-28T10:51:12.
func (p Period) Contains(t time.Time) bool {
	if p.expr != nil {
		var buf [len(exprLayout)]byte
		return p.expr.Match(t.In(p.Location()).AppendFormat(buf[:0], exprLayout))
	}
	return (p.from.IsZero() || !t.Before(p.from)) && (p.to.IsZero() || t.Before(p.to))
}

// Everything reports whether the period excludes nothing.
func (p Period) Everything() bool {
	return p.expr == nil && p.from.IsZero() && p.to.IsZero()
}

// Bounded reports whether the period has a beginning and an end. Only such a
// period may be deleted.
func (p Period) Bounded() bool {
	return p.expr == nil && !p.from.IsZero() && !p.to.IsZero()
}

// WholeDays reports whether every civil day lies in the period either wholly
// or not at all, so that sums by day can answer for it.
func (p Period) WholeDays() bool {
	return p.expr == nil && dayBound(p.from) && dayBound(p.to)
}

func dayBound(t time.Time) bool { return t.IsZero() || DayUnit.Start(t).Equal(t) }

// Days returns the first and the last civil day that the period touches. It
// reports false when the period is not bounded or is empty.
func (p Period) Days() (first, last Day, ok bool) {
	if !p.Bounded() || !p.from.Before(p.to) {
		return 0, 0, false
	}
	loc := p.Location()
	return DayOf(p.from, loc), DayOf(p.to.Add(-1), loc), true
}

// Running reports whether now lies in the period, so that its figures are
// not final.
func (p Period) Running(now time.Time) bool { return p.Bounded() && p.Contains(now) }

// Shift returns the period n lengths later, or earlier for a negative n: the
// next month for a month, the next nine days for nine days, the next quarter
// for three months. An hour or a day that the clock leaves out is passed over.
// It reports false for a period that is not bounded, and where the result is
// outside the years that can be written.
func (p Period) Shift(n int) (Period, bool) {
	if !p.Bounded() || n == 0 {
		return p, p.Bounded()
	}
	shifted := p.shift(n)
	return shifted, shifted.text != ""
}

func (p Period) shift(n int) Period {
	loc := p.Location()
	if p.unit != Whole {
		// Counted from the edge, so that whatever is next to p is next to it,
		// also when p is empty or its neighbour would be.
		edge, rest := p.to, n-1
		if n < 0 {
			edge, rest = p.from.Add(-1), n+1
		}
		r := p.unit.add(p.unit.floor(reading(edge)), rest)
		return Of(p.unit, instant(r, loc), loc)
	}
	if months := p.months(); months > 0 {
		return Between(Month.Add(p.from, n*months), Month.Add(p.to, n*months), loc)
	}
	if first, last, ok := p.Days(); ok && p.WholeDays() {
		days := Day(n) * (last - first + 1) // beyond the years that can be written it has no text
		return Between((first + days).Start(loc), (last + days + 1).Start(loc), loc)
	}
	d := time.Duration(n) * p.to.Sub(p.from)
	return Between(p.from.Add(d), p.to.Add(d), loc)
}

// months returns how many whole months the period is, or 0.
func (p Period) months() int {
	if !p.Bounded() || !Month.Start(p.from).Equal(p.from) || !Month.Start(p.to).Equal(p.to) {
		return 0
	}
	return 12*(p.to.Year()-p.from.Year()) + int(p.to.Month()-p.from.Month())
}

// rangeText writes a bounded period as a range of days, or of hours when it
// does not consist of days. It is "" where there is no such form.
func rangeText(p Period) string {
	if !p.Bounded() || !p.from.Before(p.to) {
		return ""
	}
	unit := Hour
	if p.WholeDays() {
		unit = DayUnit
	}
	first, last := unitText(unit, reading(p.from)), unitText(unit, reading(p.to.Add(-1)))
	if first == "" || last == "" {
		return ""
	}
	return first + "/" + last
}
