package aggregate_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
)

// bounds is what a table says about a period.
type bounds struct {
	From, To string
	Unit     aggregate.Unit
}

func boundsOf(p aggregate.Period) bounds { return bounds{stamp(p.From()), stamp(p.To()), p.Unit()} }

func TestParsePeriodPlainForms(t *testing.T) {
	tests := []struct {
		text string
		want bounds
	}{
		{"", bounds{}},
		{"2018-04-28T10", bounds{"2018-04-28T10:00:00+03:00", "2018-04-28T11:00:00+03:00", aggregate.Hour}},
		{"2018-01-01T00", bounds{"2018-01-01T00:00:00+02:00", "2018-01-01T01:00:00+02:00", aggregate.Hour}},
		{"2018-12-31T23", bounds{"2018-12-31T23:00:00+02:00", "2019-01-01T00:00:00+02:00", aggregate.Hour}},
		{"2018-04-28", bounds{"2018-04-28T00:00:00+03:00", "2018-04-29T00:00:00+03:00", aggregate.DayUnit}},
		{"2018-12-31", bounds{"2018-12-31T00:00:00+02:00", "2019-01-01T00:00:00+02:00", aggregate.DayUnit}},
		{"2016-02-29", bounds{"2016-02-29T00:00:00+02:00", "2016-03-01T00:00:00+02:00", aggregate.DayUnit}},
		{"2018-W17", bounds{"2018-04-23T00:00:00+03:00", "2018-04-30T00:00:00+03:00", aggregate.Week}},
		{"2018-04", bounds{"2018-04-01T00:00:00+03:00", "2018-05-01T00:00:00+03:00", aggregate.Month}},
		{"2018-02", bounds{"2018-02-01T00:00:00+02:00", "2018-03-01T00:00:00+02:00", aggregate.Month}},
		{"2018-12", bounds{"2018-12-01T00:00:00+02:00", "2019-01-01T00:00:00+02:00", aggregate.Month}},
		{"2018-Q1", bounds{"2018-01-01T00:00:00+02:00", "2018-04-01T00:00:00+03:00", aggregate.Quarter}},
		{"2018-Q2", bounds{"2018-04-01T00:00:00+03:00", "2018-07-01T00:00:00+03:00", aggregate.Quarter}},
		{"2018-Q3", bounds{"2018-07-01T00:00:00+03:00", "2018-10-01T00:00:00+03:00", aggregate.Quarter}},
		{"2018-Q4", bounds{"2018-10-01T00:00:00+03:00", "2019-01-01T00:00:00+02:00", aggregate.Quarter}},
		{"2018", bounds{"2018-01-01T00:00:00+02:00", "2019-01-01T00:00:00+02:00", aggregate.Year}},
		{"1583", bounds{"1583-01-01T00:00:00+01:39", "1584-01-01T00:00:00+01:39", aggregate.Year}},
		{"9999", bounds{"9999-01-01T00:00:00+02:00", "10000-01-01T00:00:00+02:00", aggregate.Year}},
		{"2018-04-01/2018-06-30", bounds{"2018-04-01T00:00:00+03:00", "2018-07-01T00:00:00+03:00", aggregate.Whole}},
		{"2018-04-28/2018-04-28", bounds{"2018-04-28T00:00:00+03:00", "2018-04-29T00:00:00+03:00", aggregate.Whole}},
		{"2018-04/2018-06", bounds{"2018-04-01T00:00:00+03:00", "2018-07-01T00:00:00+03:00", aggregate.Whole}},
		{"2018-Q2/2018-09-15", bounds{"2018-04-01T00:00:00+03:00", "2018-09-16T00:00:00+03:00", aggregate.Whole}},
		{"2018-W17/2018-W18", bounds{"2018-04-23T00:00:00+03:00", "2018-05-07T00:00:00+03:00", aggregate.Whole}},
		{"2018-04-28T10/2018-04-28T12", bounds{"2018-04-28T10:00:00+03:00", "2018-04-28T13:00:00+03:00", aggregate.Whole}},
		{"2018-04-28T22/2018-04-29", bounds{"2018-04-28T22:00:00+03:00", "2018-04-30T00:00:00+03:00", aggregate.Whole}},
		{"2017/2018", bounds{"2017-01-01T00:00:00+02:00", "2019-01-01T00:00:00+02:00", aggregate.Whole}},
		{"2018-04-28/2018-04", bounds{"2018-04-28T00:00:00+03:00", "2018-05-01T00:00:00+03:00", aggregate.Whole}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			is := is.New(t)
			p := period(t, tt.text, "Europe/Tallinn")
			if diff := cmp.Diff(tt.want, boundsOf(p)); diff != "" {
				t.Error(diff)
			}
			is.Equal(p.String(), tt.text)
			is.Equal(p.Expr(), nil)
			is.Equal(boundsOf(period(t, tt.text, "")), tt.want) // the default zone
		})
	}
}

func TestParsePeriodWeeks(t *testing.T) {
	// First and last weeks of years with 52 and 53 weeks, and their neighbours.
	tests := []struct{ text, monday string }{
		{"2014-W52", "2014-12-22"},
		{"2015-W01", "2014-12-29"},
		{"2015-W52", "2015-12-21"},
		{"2015-W53", "2015-12-28"},
		{"2016-W01", "2016-01-04"},
		{"2019-W52", "2019-12-23"},
		{"2020-W01", "2019-12-30"},
		{"2020-W53", "2020-12-28"},
		{"2021-W01", "2021-01-04"},
		{"2021-W52", "2021-12-27"},
		{"2025-W52", "2025-12-22"},
		{"2026-W01", "2025-12-29"},
		{"2026-W53", "2026-12-28"},
		{"2027-W01", "2027-01-04"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			is := is.New(t)
			p := period(t, tt.text, "Europe/Tallinn")
			first, last, ok := p.Days()
			is.True(ok)
			is.Equal(first.String(), tt.monday)
			is.Equal(last-first, aggregate.Day(6))
			is.Equal(p.String(), tt.text)
			is.Equal(aggregate.Of(aggregate.Week, p.To().Add(-1), nil).String(), tt.text)
		})
	}
}

func TestParsePeriodSpace(t *testing.T) {
	tests := []struct{ text, want string }{
		{"  ", ""},
		{" 2018-04\n", "2018-04"},
		{" 2018-04 / 2018-05 ", "2018-04/2018-05"},
		{" 2018-0[45] ", "2018-0[45]"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			is.New(t).Equal(period(t, tt.text, "").String(), tt.want)
		})
	}
}

func TestParsePeriodFallsToExpression(t *testing.T) {
	for _, text := range []string{
		"201", "20181", "0000", "0001", "1582", "2018-", "2018/", "/2018", "2018-4", "2018-00", "2018-13", "2018-04-",
		"2018-04-00", "2018-04-31", "2018-02-29", "1900-02-29", "2018-04-28T", "2018-04-28T24", "2018-04-28T1",
		"2018-04-28T10:51", "2018-04-28 10", "2018-04-28t10", "2018-Q0", "2018-Q5", "2018-Q", "2018-Q11", "2018-q2",
		"2018-W00", "2018-W53", "2019-W53", "2018-W1", "2018-W011", "2018-w17", "2018W17", "201804", "2018-04-01/",
		"2018-04-01/2018-06-31", "2018-04/2018-05/2018-06", "2018-0[4-6]", "T10:", ".", "^2018", "２０１８", "2018-04x",
	} {
		t.Run(text, func(t *testing.T) {
			is := is.New(t)
			p := period(t, text, "")
			is.True(p.Expr() != nil)
			is.Equal(boundsOf(p), bounds{})
			is.Equal(p.String(), text)
			is.True(!p.Bounded())
			is.True(!p.Everything())
		})
	}
}

func TestParsePeriodRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no expression", "2018-[", "missing closing ]"},
		{"back reference", `(a)\1`, "invalid escape"},
		{"look ahead", "2018(?=-04)", "invalid or unsupported Perl syntax"},
		{"broken text", "2018\xff", "invalid UTF-8"},
		{"too long", strings.Repeat("2", aggregate.MaxExprBytes+1), "longer than 200 bytes"},
		{"too complex", "(.?){1000}", "more than 500 instructions"},
		{"just too complex", ".{499}", "more than 500 instructions"},
		{"too complex by alternatives", strings.Repeat(`(\d{9}|.){9}`, 10), "more than 500 instructions"},
		{"backward days", "2018-04-28/2018-04-27", "ends before it begins"},
		{"backward months", "2018-05/2018-04", "ends before it begins"},
		{"backward hours", "2018-04-28T10/2018-04-28T09", "ends before it begins"},
		{"backward years", "2018/2017", "ends before it begins"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			p, err := aggregate.ParsePeriod(tt.text, nil)
			var pe *aggregate.PeriodError
			is.True(errors.As(err, &pe))
			is.True(errors.Is(err, pe.Err))
			is.True(strings.HasPrefix(err.Error(), "aggregate: period: "))
			is.True(strings.Contains(err.Error(), tt.want)) // the cause is named
			is.Equal(p.String(), "")
			is.Equal(p.Expr(), nil)
		})
	}
}

func TestParsePeriodAtTheLimits(t *testing.T) {
	longest := strings.Repeat("2", aggregate.MaxExprBytes)
	is := is.New(t)
	is.Equal(period(t, longest, "").String(), longest)
	is.Equal(period(t, ".{498}", "").String(), ".{498}")         // and two instructions more
	is.Equal(period(t, "  "+longest+"  ", "").String(), longest) // space around does not count
}
