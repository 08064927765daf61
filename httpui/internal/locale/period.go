package locale

import (
	"strconv"
	"strings"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// hourText is how a period of one hour is written in an address.
const hourText = "2006-01-02T15"

// Period names a period for a heading: aprill 2018 (30 päeva); 17. nädal 2018
// (23.–29. aprill); 2. kvartal 2018; 28. aprill 2018 kell 10–11. Everything is
// named with the bounds of the data.
func (l *Locale) Period(p aggregate.Period, b logbase.Bounds) string {
	switch {
	case p.Expr() != nil:
		return l.T("period.expression", p.String())
	case p.Everything():
		if b.Records == 0 {
			return l.T("period.allEmpty")
		}
		return l.T("period.all", l.Bounds(b))
	case p.To().IsZero():
		return l.T("period.since", l.Date(p.From()))
	case p.From().IsZero():
		return l.T("period.until", l.Date(p.To()))
	}
	t := p.From()
	switch p.Unit() {
	case aggregate.Hour:
		return l.hour(p)
	case aggregate.Week:
		year, week := t.ISOWeek()
		return l.T("period.week", strconv.Itoa(week), strconv.Itoa(year), l.weekDays(t, year))
	case aggregate.Quarter:
		return l.Step(aggregate.Quarter, t)
	case aggregate.Year:
		return l.T("period.year", strconv.Itoa(t.Year()))
	}
	return l.span(p)
}

// hour names an hour by its text, since an hour that the clock leaves out has
// no beginning of its own.
func (l *Locale) hour(p aggregate.Period) string {
	t, err := time.Parse(hourText, p.String())
	if err != nil {
		t = p.From()
	}
	return l.T("period.hour", l.longDate(t), strconv.Itoa(t.Hour()), strconv.Itoa(t.Hour()+1))
}

// span names a range, and how many days it is where it consists of days.
func (l *Locale) span(p aggregate.Period) string {
	first, last, ok := p.Days()
	switch {
	case !ok:
		return l.longDate(p.From())
	case !p.WholeDays():
		end := p.To().Add(-1)
		from, to := strconv.Itoa(p.From().Hour()), strconv.Itoa(end.Hour()+1)
		if first == last {
			return l.T("period.hour", l.longDate(p.From()), from, to)
		}
		return l.T("period.hours", l.longDate(p.From()), from, l.longDate(end), to)
	case first == last:
		return l.longDate(p.From())
	case p.Unit() == aggregate.Month:
		return l.T("period.daysOf", l.monthYear(p.From()), l.T("period.days", int(last-first)+1))
	default:
		return l.T("period.daysOf", l.Days(first, last), l.T("period.days", int(last-first)+1))
	}
}

// weekDays writes the seven days from t on, without their year where it is
// that of the week.
func (l *Locale) weekDays(t time.Time, year int) string {
	first := aggregate.DayOf(t, t.Location())
	text := l.Days(first, first+6)
	if t.Year() == year && t.AddDate(0, 0, 6).Year() == year {
		return strings.TrimSuffix(text, " "+strconv.Itoa(year))
	}
	return text
}

func quarter(t time.Time) string { return strconv.Itoa(int(t.Month()+2) / 3) }

// Unit is the name of a unit, as a choice of steps shows it: päev, nädal.
func (l *Locale) Unit(u aggregate.Unit) string { return l.T("unit." + u.String()) }

// Step names the step that begins at t, for a table or the title of a column:
// L 28.04.2018; 17. nädal (23.–29. aprill 2018); aprill 2018.
func (l *Locale) Step(u aggregate.Unit, t time.Time) string {
	year := strconv.Itoa(t.Year())
	switch u {
	case aggregate.Hour:
		return l.hourStep(t)
	case aggregate.DayUnit:
		return l.WeekdayShort(t.Weekday()) + " " + l.Date(t)
	case aggregate.Week:
		_, week := t.ISOWeek()
		first := aggregate.DayOf(t, t.Location())
		return l.T("step.week", strconv.Itoa(week), l.Days(first, first+6))
	case aggregate.Month:
		return l.monthYear(t)
	case aggregate.Quarter:
		return l.T("period.quarter", quarter(t), year)
	case aggregate.Year:
		return year
	}
	return ""
}

// hourStep names an hour. Of two that the clock shows alike when it is put
// back, it says which one is meant.
func (l *Locale) hourStep(t time.Time) string {
	text := l.T("step.hour", l.Date(t), strconv.Itoa(t.Hour()), strconv.Itoa(t.Hour()+1))
	switch t.Hour() {
	case t.Add(time.Hour).Hour():
		return l.T("step.hourSummer", text)
	case t.Add(-time.Hour).Hour():
		return l.T("step.hourWinter", text)
	}
	return text
}

// Axis is the short name of the step that begins at t, for the axis of a
// chart. Midnight and January carry the date and the year, so that an axis of
// several days or years can be read.
func (l *Locale) Axis(u aggregate.Unit, t time.Time) string {
	year := strconv.Itoa(t.Year())
	switch u {
	case aggregate.Hour:
		if t.Hour() == 0 {
			return t.Format(l.form.day)
		}
		return l.Clock(t)
	case aggregate.DayUnit:
		return t.Format(l.form.day)
	case aggregate.Week:
		_, week := t.ISOWeek()
		return l.T("step.weekAxis", strconv.Itoa(week))
	case aggregate.Month:
		name := l.monthShort(t.Month())
		if t.Month() == time.January {
			return name + " " + year
		}
		return name
	case aggregate.Quarter:
		return l.T("step.quarterAxis", quarter(t), year)
	case aggregate.Year:
		return year
	}
	return ""
}
