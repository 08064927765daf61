package aggregate

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// MaxExprBytes bounds the text of an expression.
const MaxExprBytes = 200

// PatternError says why a text is no period. People are shown ERR-07.
type PatternError struct{ Err error }

// Error gives the cause.
func (e *PatternError) Error() string { return "aggregate: period: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *PatternError) Unwrap() error { return e.Err }

var (
	errLong     = fmt.Errorf("longer than %d bytes", MaxExprBytes)
	errBackward = errors.New("ends before it begins")
)

// ParsePeriod reads a period in civil units of loc (nil: the default zone):
//
//	2018-04-28T10           an hour; both of them when the clock repeats it
//	2018-04-28              a day
//	2018-W17                a week of ISO 8601
//	2018-04                 a month
//	2018-Q2                 a quarter
//	2018                    a year
//	2018-04-01/2018-06-30   from the first to the end of the last, each in any form above
//	                        everything: an empty text
//
// Space around it is ignored. Any other text is the specification's regular
// expression (section 2.2) in RE2 syntax, at most [MaxExprBytes] long. A text
// that is neither, or a range that ends before it begins, gives a
// [*PatternError].
func ParsePeriod(text string, loc *time.Location) (Period, error) {
	text = strings.TrimSpace(text)
	p := Period{loc: loc}
	if text == "" {
		return p, nil
	}
	if p, ok := parseUnit(text, p.Location()); ok {
		return p, nil
	}
	if from, to, ok := strings.Cut(text, "/"); ok {
		first, ok1 := parseUnit(strings.TrimSpace(from), p.Location())
		last, ok2 := parseUnit(strings.TrimSpace(to), p.Location())
		if ok1 && ok2 {
			if last.To.Before(first.From) || last.From.Before(first.From) {
				return Period{}, &PatternError{errBackward}
			}
			first.To, first.Unit = last.To, Whole
			first.text = first.text + "/" + last.text
			return first, nil
		}
	}
	if len(text) > MaxExprBytes {
		return Period{}, &PatternError{errLong}
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return Period{}, &PatternError{err}
	}
	p.Expr, p.text = re, text
	return p, nil
}

// parseUnit reads one civil unit.
func parseUnit(s string, loc *time.Location) (Period, bool) {
	year, rest, ok := number(s, 4)
	if !ok || year == 0 {
		return Period{}, false
	}
	if rest == "" {
		return Of(Year, time.Date(year, 1, 1, 12, 0, 0, 0, loc), loc), true
	}
	if rest[0] != '-' {
		return Period{}, false
	}
	rest = rest[1:]
	switch {
	case strings.HasPrefix(rest, "Q"):
		q, end, ok := number(rest[1:], 1)
		if !ok || end != "" || q < 1 || q > 4 {
			return Period{}, false
		}
		return Of(Quarter, time.Date(year, time.Month(3*q), 1, 12, 0, 0, 0, loc), loc), true
	case strings.HasPrefix(rest, "W"):
		return parseWeek(year, rest[1:], loc)
	}
	return parseMonth(year, rest, loc)
}

func parseWeek(year int, s string, loc *time.Location) (Period, bool) {
	week, end, ok := number(s, 2)
	if !ok || end != "" || week < 1 {
		return Period{}, false
	}
	// 4 January always lies in week 1.
	day := time.Date(year, 1, 4+7*(week-1), 12, 0, 0, 0, loc)
	if y, w := day.ISOWeek(); y != year || w != week {
		return Period{}, false // a year of 52 weeks has no week 53
	}
	return Of(Week, day, loc), true
}

func parseMonth(year int, s string, loc *time.Location) (Period, bool) {
	month, rest, ok := number(s, 2)
	if !ok || month < 1 || month > 12 {
		return Period{}, false
	}
	if rest == "" {
		return Of(Month, time.Date(year, time.Month(month), 1, 12, 0, 0, 0, loc), loc), true
	}
	if rest[0] != '-' {
		return Period{}, false
	}
	day, rest, ok := number(rest[1:], 2)
	noon := time.Date(year, time.Month(month), day, 12, 0, 0, 0, loc)
	if !ok || day < 1 || noon.Day() != day {
		return Period{}, false
	}
	if rest == "" {
		return Of(EachDay, noon, loc), true
	}
	if rest[0] != 'T' {
		return Period{}, false
	}
	hour, rest, ok := number(rest[1:], 2)
	if !ok || rest != "" || hour > 23 {
		return Period{}, false
	}
	p := hourPeriod(year, time.Month(month), day, hour, loc)
	p.text = s4(year) + "-" + s // as written: an hour the clock leaves out has no other name
	return p, true
}

func s4(year int) string { return fmt.Sprintf("%04d", year) }

// hourPeriod is all time at which the local clock shows that hour: two hours
// where the clock is put back, none where it is put forward.
func hourPeriod(year int, month time.Month, day, hour int, loc *time.Location) Period {
	return Period{
		From: civil(year, month, day, hour, loc),
		To:   civil(year, month, day, hour+1, loc),
		Unit: Hour,
		loc:  loc,
	}
}

// number takes exactly n digits off the front of s.
func number(s string, n int) (v int, rest string, ok bool) {
	if len(s) < n {
		return 0, "", false
	}
	for i := range n {
		if s[i] < '0' || s[i] > '9' {
			return 0, "", false
		}
		v = 10*v + int(s[i]-'0')
	}
	return v, s[n:], true
}

// unitText writes a period that is one unit, as parseUnit reads it.
func unitText(p Period) string {
	t := p.From
	switch p.Unit {
	case Hour:
		return t.Format("2006-01-02T15")
	case EachDay:
		return t.Format(time.DateOnly)
	case Week:
		y, w := t.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", y, w)
	case Month:
		return t.Format("2006-01")
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", t.Year(), (t.Month()+2)/3)
	case Year:
		return t.Format("2006")
	}
	return rangeText(p)
}

// rangeText writes a bounded period as a range of days, or of hours when it
// does not consist of days. A half-open one has no written form.
func rangeText(p Period) string {
	if !p.Bounded() {
		return ""
	}
	layout, last := time.DateOnly, p.To.Add(-1)
	if !p.WholeDays() {
		layout = "2006-01-02T15"
	}
	return p.From.Format(layout) + "/" + last.Format(layout)
}
