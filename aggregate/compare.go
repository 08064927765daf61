package aggregate

import "time"

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

// daysInYear is 52 weeks: a year earlier on the same day of the week.
const daysInYear = 364

// Compare returns the part of p that can be compared and the earlier period
// that is fair to hold against it.
//
// Months, quarters, years and ranges of whole months are held against the
// calendar's own: April against March, or against April of the year before.
// Hours, days, weeks and other ranges move by whole weeks, so that the same
// days of the week stand against each other: the previous period of nine days
// begins fourteen days earlier, and the same time last year is 52 weeks ago.
//
// While p is running, both are cut to the time that has passed: to whole days,
// or to whole hours when p is at most two days long. Where the earlier
// calendar unit is too short for that, such as February against 30 March, both
// are cut to its length.
//
// It reports false when there is nothing to compare: c is NoComparison, p is
// not bounded or empty, or not one whole step of it has passed.
func (p Period) Compare(c Comparison, now time.Time) (current, reference Period, ok bool) {
	first, last, bounded := p.Days()
	if !bounded || (c != PreviousPeriod && c != SameTimeLastYear) {
		return Period{}, Period{}, false
	}
	current = p
	if p.Running(now) {
		step := EachDay
		if last-first < 2 {
			step = Hour
		}
		current = Between(p.From, step.Start(now.In(p.Location())), p.Location())
	} else if !p.From.Before(now) {
		return Period{}, Period{}, false // it has not begun
	}
	if !current.From.Before(current.To) {
		return Period{}, Period{}, false
	}
	if p.months() > 0 {
		return compareCalendar(p, current, c)
	}
	shift := 7 * ((last - first + 7) / 7)
	if c == SameTimeLastYear {
		shift = daysInYear
	}
	return current, shiftDays(current, shift), true
}

// compareCalendar compares periods of whole months.
func compareCalendar(p, current Period, c Comparison) (Period, Period, bool) {
	months := p.months()
	if c == SameTimeLastYear {
		months = 12
	}
	ref := Between(Month.Add(p.From, -months), Month.Add(p.To, -months), p.Location())
	if p.Unit != Whole {
		ref = Of(p.Unit, ref.From, p.Location())
	}
	if current.To.Equal(p.To) {
		return current, ref, true
	}
	// Cut both to equal days. Within the year, the calendar's own date is the
	// fair end; a date that the earlier month lacks is its end.
	loc := p.Location()
	first, _, _ := p.Days()
	refFirst, refLast, _ := ref.Days()
	days := DayOf(current.To, loc) - first
	if c == SameTimeLastYear || months > 1 {
		t := Month.Add(current.To, -months)
		end := DayOf(t, loc) + Day(current.To.Day()-1)
		if next := DayOf(Month.Add(t, 1), loc); end > next {
			end = next
		}
		return current, Between(ref.From, end.Start(loc), loc), true
	}
	if n := refLast - refFirst + 1; days > n {
		days = n
		current = Between(p.From, (first + days).Start(loc), loc)
	}
	return current, Between(ref.From, (refFirst + days).Start(loc), loc), true
}

// shiftDays moves p back by whole civil days; the hours of the day stay.
func shiftDays(p Period, days Day) Period {
	loc := p.Location()
	move := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return civil(y, m, d-int(days), t.Hour(), loc)
	}
	moved := Between(move(p.From), move(p.To), loc)
	if p.Unit != Whole && p.Unit != Hour {
		return Of(p.Unit, moved.From, loc)
	}
	return moved
}
