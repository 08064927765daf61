package aggregate

import "time"

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
		days := Day(n) * (last - first + 1) //nolint:gosec // beyond the years that can be written it has no text
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
