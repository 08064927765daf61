package locale

import (
	"strconv"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// dash stands between the two ends of a range, with spaces where an end is of
// several words.
const dash = "–"

// Date writes a date: 28.04.2018 in Estonian, 28 Apr 2018 in English.
func (l *Locale) Date(t time.Time) string { return t.Format(l.form.date) }

// Day writes a civil day as [Locale.Date] does.
func (l *Locale) Day(d aggregate.Day) string { return l.Date(d.Start(time.UTC)) }

// Clock writes the time of day to the minute: 10:51.
func (l *Locale) Clock(t time.Time) string { return t.Format("15:04") }

// DateTime writes date and time of day: 28.04.2018 10:51.
func (l *Locale) DateTime(t time.Time) string {
	return l.Date(t) + l.form.between + l.Clock(t)
}

// DayRange writes a range of civil days in short, both included:
// 02.01.2018–28.04.2018. A range of one day is written as that day.
func (l *Locale) DayRange(first, last aggregate.Day) string {
	if first == last {
		return l.Day(first)
	}
	return l.Day(first) + l.form.span + l.Day(last)
}

// Bounds writes from which to which day there is data, or "" when there is
// none.
func (l *Locale) Bounds(b logbase.Bounds) string {
	if b.Records == 0 {
		return ""
	}
	return l.DayRange(b.First, b.Last)
}

// Days writes a range of civil days in words, both included, without
// repeating what they share: 28. aprill 2018; 16.–26. mai 2018;
// 28. aprill – 3. mai 2018; aprill–juuni 2018 for whole months.
func (l *Locale) Days(first, last aggregate.Day) string {
	a, b := first.Start(time.UTC), last.Start(time.UTC)
	wholeMonths := a.Day() == 1 && b.AddDate(0, 0, 1).Day() == 1
	sameYear, sameMonth := a.Year() == b.Year(), a.Month() == b.Month()
	switch {
	case first == last:
		return l.longDate(a)
	case wholeMonths && sameYear && !sameMonth:
		return l.Month(a.Month()) + dash + l.Month(b.Month()) + " " + strconv.Itoa(b.Year())
	case wholeMonths && !sameYear:
		return l.monthYear(a) + " – " + l.monthYear(b)
	case sameYear && sameMonth:
		return l.dayNumber(a) + dash + l.longDate(b)
	case sameYear:
		return l.dayNumber(a) + " " + l.Month(a.Month()) + " – " + l.longDate(b)
	default:
		return l.longDate(a) + " – " + l.longDate(b)
	}
}

// longDate writes 28. aprill 2018, or 28 April 2018.
func (l *Locale) longDate(t time.Time) string {
	return l.dayNumber(t) + " " + l.monthYear(t)
}

func (l *Locale) monthYear(t time.Time) string {
	return l.Month(t.Month()) + " " + strconv.Itoa(t.Year())
}

// dayNumber is an ordinal in Estonian, which a full stop marks.
func (l *Locale) dayNumber(t time.Time) string { return strconv.Itoa(t.Day()) + l.form.ordinal }

// Month is the name of a month, with a small letter in Estonian.
func (l *Locale) Month(m time.Month) string { return l.T("month." + strconv.Itoa(int(m))) }

// MonthOf writes the month of a civil day in short, with its year: apr 2018.
func (l *Locale) MonthOf(d aggregate.Day) string {
	t := d.Start(time.UTC)
	return l.monthShort(t.Month()) + " " + strconv.Itoa(t.Year())
}

// MonthPart writes the days from first to last of one month in short, and
// without them where they are all of it: nov 2025 (22.–30.).
func (l *Locale) MonthPart(first, last aggregate.Day) string {
	a, b := first.Start(time.UTC), last.Start(time.UTC)
	name := l.MonthOf(first)
	switch {
	case a.Day() == 1 && b.AddDate(0, 0, 1).Day() == 1:
		return name
	case first == last:
		return name + " (" + l.dayNumber(a) + ")"
	}
	return name + " (" + l.dayNumber(a) + dash + l.dayNumber(b) + ")"
}

func (l *Locale) monthShort(m time.Month) string { return l.T("monthShort." + strconv.Itoa(int(m))) }

// Weekday is the name of a day of the week.
func (l *Locale) Weekday(w time.Weekday) string { return l.T("weekday." + isoWeekday(w)) }

// WeekdayShort is the usual abbreviation of a day of the week: E T K N R L P
// in Estonian.
func (l *Locale) WeekdayShort(w time.Weekday) string { return l.T("weekdayShort." + isoWeekday(w)) }

// isoWeekday counts from 1 for Monday to 7 for Sunday.
func isoWeekday(w time.Weekday) string { return strconv.Itoa((int(w)+6)%7 + 1) }

// Relative says how long ago something was, in its largest unit: 12 s tagasi.
// What was less than a second ago, or is yet to come by a clock that differs,
// is just now.
func (l *Locale) Relative(ago time.Duration) string {
	switch {
	case ago < time.Second:
		return l.T("time.now")
	case ago < time.Minute:
		return l.T("time.seconds", int(ago/time.Second))
	case ago < time.Hour:
		return l.T("time.minutes", int(ago/time.Minute))
	case ago < 48*time.Hour:
		return l.T("time.hours", int(ago/time.Hour))
	default:
		return l.T("time.days", int(ago/(24*time.Hour)))
	}
}
