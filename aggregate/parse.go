package aggregate

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"time"
)

// PeriodError says why a text is no period. People are shown ERR-07.
type PeriodError struct{ Err error }

// Error gives the cause.
func (e *PeriodError) Error() string { return fmt.Sprintf("aggregate: period: %v", e.Err) }

// Unwrap returns the cause.
func (e *PeriodError) Unwrap() error { return e.Err }

var (
	errBackward = errors.New("ends before it begins")
	errForm     = errors.New("none of the forms of a period")
)

// ParseCivil reads a period in civil units of loc (nil: the default zone):
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
// Years are those from 1583 to 9999, which ISO 8601 allows without agreement.
// An hour or a day that the local clock leaves out is an empty period. Space
// around a form is ignored.
//
// Any other text, a date that does not exist and a range that ends before it
// begins included, gives a [*PeriodError].
func ParseCivil(text string, loc *time.Location) (Period, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Period{loc: loc}, nil
	}
	if u, r, ok := parseUnit(text); ok {
		return unitPeriod(u, r, loc), nil
	}
	if from, to, ok := strings.Cut(text, "/"); ok {
		u1, first, ok1 := parseUnit(strings.TrimSpace(from))
		u2, last, ok2 := parseUnit(strings.TrimSpace(to))
		if ok1 && ok2 {
			end := u2.add(last, 1)
			if !first.Before(end) {
				return Period{}, &PeriodError{errBackward}
			}
			p := Period{loc: loc, text: unitText(u1, first) + "/" + unitText(u2, last)}
			p.from, p.to = instant(first, p.Location()), instant(end, p.Location())
			return p, nil
		}
	}
	return Period{}, &PeriodError{errForm}
}

// ParsePeriod reads a period as the addresses of the old service do. What is no
// form of [ParseCivil], a date that does not exist included, is the
// specification's regular expression (section 2.2) in RE2 syntax, within
// [MaxExprBytes] and [MaxExprProgram]: "2018-13" is one, and nothing matches it.
// A text that is neither, or a range that ends before it begins, gives a
// [*PeriodError].
func ParsePeriod(text string, loc *time.Location) (Period, error) {
	p, err := ParseCivil(text, loc)
	if !errors.Is(err, errForm) {
		return p, err
	}
	text = strings.TrimSpace(text)
	re, err := parseExpr(text)
	if err != nil {
		return Period{}, &PeriodError{err}
	}
	return Period{expr: re, text: text, loc: loc}, nil
}

// The years that the plain forms can write.
const (
	firstYear = 1583
	lastYear  = 9999
)

// layouts are the forms of the units that package time can write.
var layouts = [...]string{Hour: "2006-01-02T15", DayUnit: time.DateOnly, Month: "2006-01", Year: "2006"}

// unitText writes the unit that begins at the reading r, or "" when its year
// cannot be written.
func unitText(u Unit, r time.Time) string {
	year, week := r.Year(), 0
	if u == Week {
		year, week = r.ISOWeek()
	}
	if year < firstYear || year > lastYear {
		return ""
	}
	switch u {
	case Week:
		return fmt.Sprintf("%04d-W%02d", year, week)
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", year, (r.Month()+2)/3)
	default:
		return r.Format(layouts[u])
	}
}

// parseUnit reads one civil unit and the reading of the clock at which it
// begins. It takes what unitText writes, and nothing else: there is no week 53
// in a year of 52, since it is written as the first of the next.
func parseUnit(s string) (Unit, time.Time, bool) {
	for u := Hour; u <= Year; u++ {
		if start, err := u.parse(s); err == nil && unitText(u, start) == s {
			return u, start, true
		}
	}
	return Whole, time.Time{}, false
}

// parse reads what may be the beginning of a unit. It is lenient.
func (u Unit) parse(s string) (start time.Time, err error) {
	var year, n int
	switch u {
	case Week:
		_, err = fmt.Sscanf(s, "%4d-W%2d", &year, &n)
		return Week.floor(midnight(year, time.January, 4+7*(n-1))), err // 4 January always lies in week 1
	case Quarter:
		_, err = fmt.Sscanf(s, "%4d-Q%1d", &year, &n)
		return midnight(year, time.Month(3*n-2), 1), err
	default:
		return time.Parse(layouts[u], s)
	}
}

// Limits of an expression, which anybody may write into an address.
const (
	// MaxExprBytes bounds the text of an expression.
	MaxExprBytes = 200

	// MaxExprProgram bounds the number of instructions that an expression
	// compiles to. A text as short as (.?){1000}, written several times,
	// compiles to many thousands, each of which may be tried on every record;
	// those that people write take less than a hundred.
	MaxExprProgram = 500
)

var (
	errLong    = fmt.Errorf("longer than %d bytes", MaxExprBytes)
	errComplex = fmt.Errorf("compiles to more than %d instructions", MaxExprProgram)
)

// exprLayout is the form of the local time that an expression is matched
// against.
const exprLayout = "2006-01-02T15:04:05"

// parseExpr compiles an expression within the limits.
func parseExpr(text string) (*regexp.Regexp, error) {
	if len(text) > MaxExprBytes {
		return nil, errLong
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	if len(prog.Inst) > MaxExprProgram {
		return nil, errComplex
	}
	return regexp.Compile(text)
}
