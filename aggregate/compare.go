package aggregate

import (
	"time"
)

// Comparison names the earlier period that a period is compared with.
type Comparison string

// The comparisons, by the names used in addresses.
const (
	NoComparison     Comparison = "none"
	PreviousPeriod   Comparison = "previous"
	SameTimeLastYear Comparison = "lastyear"
)

// ParseComparison reads a name. It reports false for an unknown one; an empty
// name is NoComparison.
func ParseComparison(name string) (Comparison, bool) {
	switch c := Comparison(name); c {
	case "":
		return NoComparison, true
	case NoComparison, PreviousPeriod, SameTimeLastYear:
		return c, true
	}
	return NoComparison, false
}

// Against returns the part of p that can be compared and the earlier period
// that is fair to hold against it.
//
// Months, quarters, years and ranges of whole months are held against the
// calendar's own: April against March, or against April of the year before.
// Hours, days, weeks and other ranges move by whole weeks, so that the same
// days of the week stand against each other: the previous period of nine days
// begins fourteen days earlier, and the same time last year is 52 weeks ago.
//
// While p is running, it is cut to the whole days that have passed, or to
// whole hours when it touches at most two days. The earlier period is cut to as
// many, except that against another year the same date ends both: 29 February
// is then one day more. Where the earlier months are too short, as February is
// for 30 March, both are cut to their length.
//
// It reports false when there is nothing to compare: c is NoComparison, p is
// not bounded or empty, not one whole step of it has passed, or the earlier
// period is an hour that the clock left out.
func (p Period) Against(c Comparison, now time.Time) (current, reference Period, ok bool) {
	first, last, ok := p.Days()
	if !ok || !p.from.Before(now) || (c != PreviousPeriod && c != SameTimeLastYear) {
		return Period{}, Period{}, false
	}
	current = p.elapsed(now)
	if !current.from.Before(current.to) {
		return Period{}, Period{}, false
	}
	months := p.months()
	switch {
	case months > 0 && c == SameTimeLastYear:
		current, reference = p.againstMonths(current, 12)
	case months > 0:
		current, reference = p.againstMonths(current, months)
	case c == SameTimeLastYear:
		reference = current.daysBefore(52 * 7)
	default:
		reference = current.daysBefore(7 * ((last - first + 7) / 7))
	}
	if !reference.from.Before(reference.to) {
		return Period{}, Period{}, false
	}
	return current, reference, true
}

// elapsed returns p, or what has passed of it while it is running.
func (p Period) elapsed(now time.Time) Period {
	if !p.Running(now) {
		return p
	}
	step := DayUnit
	if first, last, _ := p.Days(); last-first < 2 {
		step = Hour
	}
	return Between(p.from, Of(step, now, p.Location()).from, p.Location())
}

// againstMonths holds current, which is p or the beginning of it, against the
// period that stands so many months before p.
func (p Period) againstMonths(current Period, months int) (Period, Period) {
	loc := p.Location()
	ref := Between(Month.Add(p.from, -months), Month.Add(p.to, -months), loc)
	if p.unit != Whole {
		ref = Of(p.unit, ref.from, loc)
	}
	if current.to.Equal(p.to) {
		return current, ref
	}
	first, last, _ := current.Days()
	refFirst, refLast, _ := ref.Days()
	end := refFirst + (last - first)
	if months%12 == 0 {
		end = dateBefore(last, months)
	}
	if end > refLast {
		end = refLast
		current = Between(p.from, (first + end - refFirst + 1).Start(loc), loc)
	}
	return current, Between(ref.from, (end + 1).Start(loc), loc)
}

// dateBefore returns the same date so many months before d, or the last of the
// month where that has no such date.
func dateBefore(d Day, months int) Day {
	y, m, day := d.utc().Date()
	m -= time.Month(months)
	return min(Date(y, m, day), Date(y, m+1, 1)-1)
}

// daysBefore moves p, which consists of hours, days or weeks, back by whole
// civil days.
func (p Period) daysBefore(days Day) Period {
	loc := p.Location()
	if p.unit != Whole {
		return unitPeriod(p.unit, p.unit.floor(reading(p.from)).AddDate(0, 0, -int(days)), loc)
	}
	move := func(t time.Time) time.Time {
		if dayBound(t) { // midnight may be left out on either day
			return (DayOf(t, loc) - days).Start(loc)
		}
		return instant(reading(t).AddDate(0, 0, -int(days)), loc)
	}
	return Between(move(p.from), move(p.to), loc)
}

// SameWeekdays returns the days to hold beside those of current one by one: as
// many as current has, beginning with the day of the same weekday that is
// nearest to the beginning of reference, at most three days from it. A Monday
// then stands beside a Monday, where by date it would stand beside a Saturday.
// Use it for what is drawn day by day; totals belong to reference itself, see
// [Period.Against].
//
// It returns reference as it is unless both are bounded and consist of whole
// days.
func SameWeekdays(current, reference Period) Period {
	first, last, ok := current.Days()
	begin, _, okRef := reference.Days()
	if !ok || !okRef || !current.WholeDays() || !reference.WholeDays() {
		return reference
	}
	const week = 7
	move := ((first-begin)%week + week) % week
	if move > week/2 {
		move -= week
	}
	begin += move
	loc := reference.Location()
	return Between(begin.Start(loc), (begin + last - first + 1).Start(loc), loc)
}
