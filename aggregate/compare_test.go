package aggregate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
)

const (
	previous = aggregate.PreviousPeriod
	lastYear = aggregate.SameTimeLastYear
	later    = "2030-01-01T00:00:00Z" // when everything in the tables is over
)

// compareCase says what p, asked for at now, is compared with. Periods are
// given by their text; "" for both means that there is nothing to compare.
type compareCase struct {
	p                  string
	c                  aggregate.Comparison
	now                string
	current, reference string
}

func runCompare(t *testing.T, tests []compareCase) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.p+" "+string(tt.c)+" "+tt.now, func(t *testing.T) {
			is := is.New(t)
			current, reference, ok := period(t, tt.p, "").Against(tt.c, at(t, tt.now))
			is.Equal(ok, tt.current != "")
			is.Equal(current.String(), tt.current)
			is.Equal(reference.String(), tt.reference)
			if ok { // the texts say all
				is.Equal(boundsOf(current), boundsOf(period(t, tt.current, "")))
				is.Equal(boundsOf(reference), boundsOf(period(t, tt.reference, "")))
			}
		})
	}
}

func TestCompareClosedPeriods(t *testing.T) {
	runCompare(t, []compareCase{
		// The calendar's own.
		{"2018-04", previous, later, "2018-04", "2018-03"},
		{"2018-04", lastYear, later, "2018-04", "2017-04"},
		{"2018-01", previous, later, "2018-01", "2017-12"},
		{"2024-02", lastYear, later, "2024-02", "2023-02"}, // 29 days and 28
		{"2018-Q1", previous, later, "2018-Q1", "2017-Q4"},
		{"2018-Q1", lastYear, later, "2018-Q1", "2017-Q1"},
		{"2018", previous, later, "2018", "2017"},
		{"2018", lastYear, later, "2018", "2017"},
		{"2018-04/2018-06", previous, later, "2018-04/2018-06", "2018-01-01/2018-03-31"},
		{"2018-04-01/2018-05-31", previous, later, "2018-04-01/2018-05-31", "2018-02-01/2018-03-31"},
		{"2018-04-01/2018-05-31", lastYear, later, "2018-04-01/2018-05-31", "2017-04-01/2017-05-31"},
		{"2017/2018", previous, later, "2017/2018", "2015-01-01/2016-12-31"},
		{"2017/2018", lastYear, later, "2017/2018", "2016-01-01/2017-12-31"},

		// By whole weeks: the same days of the week.
		{"2018-04-28", previous, later, "2018-04-28", "2018-04-21"},
		{"2018-04-28", lastYear, later, "2018-04-28", "2017-04-29"}, // both are Saturdays
		{"2024-02-29", lastYear, later, "2024-02-29", "2023-03-02"}, // both are Thursdays
		{"2018-W17", previous, later, "2018-W17", "2018-W16"},
		{"2018-W17", lastYear, later, "2018-W17", "2017-W17"},
		{"2020-W53", previous, later, "2020-W53", "2020-W52"},
		{"2020-W53", lastYear, later, "2020-W53", "2020-W01"}, // 2019 has no week 53
		{"2021-W01", previous, later, "2021-W01", "2020-W53"},
		{"2021-W01", lastYear, later, "2021-W01", "2020-W02"},
		{"2018-04-20/2018-04-28", previous, later, "2018-04-20/2018-04-28", "2018-04-06/2018-04-14"}, // nine days
		{"2018-04-20/2018-04-28", lastYear, later, "2018-04-20/2018-04-28", "2017-04-21/2017-04-29"},
		{"2018-04-22/2018-04-28", previous, later, "2018-04-22/2018-04-28", "2018-04-15/2018-04-21"}, // seven
		{"2018-04-21/2018-04-28", previous, later, "2018-04-21/2018-04-28", "2018-04-07/2018-04-14"}, // eight
		{"2018-04-28T10", previous, later, "2018-04-28T10", "2018-04-21T10"},
		{"2018-04-28T23", lastYear, later, "2018-04-28T23", "2017-04-29T23"},
		{"2018-04-28T10/2018-04-28T12", previous, later, "2018-04-28T10/2018-04-28T12", "2018-04-21T10/2018-04-21T12"},

		// Changes of the clock.
		{"2018-03-25", previous, later, "2018-03-25", "2018-03-18"},
		{"2018-04-01", previous, later, "2018-04-01", "2018-03-25"},
		{"2018-10-28", lastYear, later, "2018-10-28", "2017-10-29"}, // 25 hours both
		{"2018-10-28T03", previous, later, "2018-10-28T03", "2018-10-21T03"},
		{"2018-03-25T02", previous, later, "2018-03-25T02", "2018-03-18T02"},
		{"2018-04-01T03", previous, later, "", ""}, // a week before, that hour was left out
		{"2018-03-25T03", previous, later, "", ""}, // is itself left out
	})
}

func TestCompareRunningPeriods(t *testing.T) {
	runCompare(t, []compareCase{
		// Equal days; the day that runs is left out.
		{"2018-04", previous, "2018-04-16T12:00:00+03:00", "2018-04-01/2018-04-15", "2018-03-01/2018-03-15"},
		{"2018-04", lastYear, "2018-04-16T12:00:00+03:00", "2018-04-01/2018-04-15", "2017-04-01/2017-04-15"},
		{"2018-04", previous, "2018-04-16T00:00:00+03:00", "2018-04-01/2018-04-15", "2018-03-01/2018-03-15"},
		{"2018-04", previous, "2018-04-15T22:30:00Z", "2018-04-01/2018-04-15", "2018-03-01/2018-03-15"}, // 01:30 in Tallinn
		{"2018-04", previous, "2018-04-30T23:59:59+03:00", "2018-04-01/2018-04-29", "2018-03-01/2018-03-29"},
		{"2018-04", previous, "2018-05-01T00:00:00+03:00", "2018-04", "2018-03"},
		{"2018-10", previous, "2018-10-29T12:00:00+02:00", "2018-10-01/2018-10-28", "2018-09-01/2018-09-28"},

		// February is too short for 30 March.
		{"2018-03", previous, "2018-03-29T12:00:00+03:00", "2018-03-01/2018-03-28", "2018-02-01/2018-02-28"},
		{"2018-03", previous, "2018-03-30T12:00:00+03:00", "2018-03-01/2018-03-28", "2018-02-01/2018-02-28"},
		{"2018-03", previous, "2018-03-31T12:00:00+03:00", "2018-03-01/2018-03-28", "2018-02-01/2018-02-28"},
		{"2020-03", previous, "2020-03-31T12:00:00+03:00", "2020-03-01/2020-03-29", "2020-02-01/2020-02-29"},

		// Leap days.
		{"2024-02", lastYear, "2024-02-29T12:00:00+02:00", "2024-02-01/2024-02-28", "2023-02-01/2023-02-28"},
		{"2024", lastYear, "2024-03-01T12:00:00+02:00", "2024-01-01/2024-02-29", "2023-01-01/2023-02-28"},
		{"2024", lastYear, "2024-03-11T12:00:00+02:00", "2024-01-01/2024-03-10", "2023-01-01/2023-03-10"},
		{"2025", lastYear, "2025-03-01T12:00:00+02:00", "2025-01-01/2025-02-28", "2024-01-01/2024-02-28"},
		{"2025", previous, "2025-03-02T12:00:00+02:00", "2025-01-01/2025-03-01", "2024-01-01/2024-03-01"},

		// Quarters and ranges of months: equal days, or the same date of another year.
		{"2018-Q1", previous, "2018-03-31T12:00:00+03:00", "2018-01-01/2018-03-30", "2017-10-01/2017-12-28"},
		{"2018-Q1", lastYear, "2018-03-31T12:00:00+03:00", "2018-01-01/2018-03-30", "2017-01-01/2017-03-30"},
		{"2018-Q2", previous, "2018-06-30T12:00:00+03:00", "2018-04-01/2018-06-29", "2018-01-01/2018-03-31"},
		{"2018-04/2018-05", previous, "2018-05-31T12:00:00+03:00", "2018-04-01/2018-05-29", "2018-02-01/2018-03-31"},

		{"2023/2024", previous, "2024-03-11T12:00:00+02:00", "2023-01-01/2024-03-10", "2021-01-01/2022-03-10"},

		// Weeks and other ranges.
		{"2018-W17", previous, "2018-04-26T12:00:00+03:00", "2018-04-23/2018-04-25", "2018-04-16/2018-04-18"},
		{"2018-W17", lastYear, "2018-04-26T12:00:00+03:00", "2018-04-23/2018-04-25", "2017-04-24/2017-04-26"},
		{"2018-04-20/2018-04-28", previous, "2018-04-23T12:00:00+03:00", "2018-04-20/2018-04-22", "2018-04-06/2018-04-08"},

		// Hours, when a period is short.
		{"2018-04-28", previous, "2018-04-28T10:51:12+03:00", "2018-04-28T00/2018-04-28T09", "2018-04-21T00/2018-04-21T09"},
		{"2018-04-28", lastYear, "2018-04-28T10:51:12+03:00", "2018-04-28T00/2018-04-28T09", "2017-04-29T00/2017-04-29T09"},
		{"2018-04-27/2018-04-28", previous, "2018-04-28T10:51:12+03:00", "2018-04-27T00/2018-04-28T09", "2018-04-20T00/2018-04-21T09"},
		{"2018-04-27/2018-04-28", previous, "2018-04-28T00:51:12+03:00", "2018-04-27/2018-04-27", "2018-04-20/2018-04-20"},
		{"2018-04-28T10/2018-04-28T15", previous, "2018-04-28T12:30:00+03:00", "2018-04-28T10/2018-04-28T11", "2018-04-21T10/2018-04-21T11"},
		// The repeated hour counts when both of it have passed.
		{"2018-10-28", previous, "2018-10-28T03:30:00+02:00", "2018-10-28T00/2018-10-28T02", "2018-10-21T00/2018-10-21T02"},
		{"2018-10-28", previous, "2018-10-28T04:30:00+02:00", "2018-10-28T00/2018-10-28T03", "2018-10-21T00/2018-10-21T03"},
	})
}

func TestCompareNothing(t *testing.T) {
	runCompare(t, []compareCase{
		{"2018-04", aggregate.NoComparison, later, "", ""},
		{"2018-04", "", later, "", ""},
		{"2018-04", "next", later, "", ""},
		{"", previous, later, "", ""},
		{"2018-0[4-6]", previous, later, "", ""},

		// To come.
		{"2018-04", previous, "2018-03-31T23:59:59+03:00", "", ""},
		{"2018-04-28", previous, "2018-04-01T00:00:00+03:00", "", ""},

		// Not one whole step has passed.
		{"2018-04", previous, "2018-04-01T00:00:00+03:00", "", ""},
		{"2018-04", previous, "2018-04-01T23:59:59+03:00", "", ""},
		{"2018", lastYear, "2018-01-01T12:00:00+02:00", "", ""},
		{"2018-W17", previous, "2018-04-23T12:00:00+03:00", "", ""},
		{"2018-04-28", previous, "2018-04-28T00:59:59+03:00", "", ""},
		{"2018-04-28T10", previous, "2018-04-28T10:30:00+03:00", "", ""},
	})
	is := is.New(t)
	open := aggregate.Between(at(t, "2018-04-28T00:00:00+03:00"), time.Time{}, nil)
	_, _, ok := open.Against(previous, at(t, later))
	is.True(!ok)
}

// A day or range whose midnight is left out is held against whole days, so that
// sums by day can answer for both.
func TestCompareWhereMidnightIsLeftOut(t *testing.T) {
	for _, text := range []string{"2018-03-11", "2018-03-09/2018-03-11", "2018-03-11/2018-03-19", "2018-03-18", "2018-03-12/2018-03-18"} {
		t.Run(text, func(t *testing.T) {
			is := is.New(t)
			current, reference, ok := period(t, text, "America/Havana").Against(previous, at(t, later))
			is.True(ok)
			is.True(current.WholeDays())
			is.True(reference.WholeDays())
			first, last, _ := current.Days()
			refFirst, refLast, _ := reference.Days()
			is.Equal(last-first, refLast-refFirst)
			is.Equal((first-refFirst)%7, aggregate.Day(0))
		})
	}
}

func TestParseComparison(t *testing.T) {
	is := is.New(t)
	for name, want := range map[string]aggregate.Comparison{
		"": aggregate.NoComparison, "none": aggregate.NoComparison, "previous": previous, "lastyear": lastYear,
	} {
		c, ok := aggregate.ParseComparison(name)
		is.True(ok)
		is.Equal(c, want)
	}
	for _, name := range []string{"Previous", "last year"} {
		c, ok := aggregate.ParseComparison(name)
		is.True(!ok)
		is.Equal(c, aggregate.NoComparison)
	}
}

func TestSameWeekdays(t *testing.T) {
	tests := []struct{ current, reference, want string }{
		{"2026-10", "2026-09", "2026-09-03/2026-10-03"},   // Thursday to Thursday
		{"2026-11", "2026-10", "2026-10-04/2026-11-02"},   // Sunday to Sunday
		{"2026-04", "2026-03", "2026-03-04/2026-04-02"},   // over a change of the clock
		{"2026-02", "2026-01", "2026-01-04/2026-01-31"},   // by three days
		{"2026-Q2", "2026-Q1", "2025-12-31/2026-03-31"},   // before the reference
		{"2026-W17", "2026-W16", "2026-04-13/2026-04-19"}, // aligned already
		{"2024-02", "2023-02", "2023-02-02/2023-03-02"},   // a leap day more
		{"2026-10-01/2026-10-09", "2026-09-17/2026-09-25", "2026-09-17/2026-09-25"},
	}
	for _, tt := range tests {
		is := is.New(t)
		current := period(t, tt.current, "")
		got := aggregate.SameWeekdays(current, period(t, tt.reference, ""))
		is.Equal(got.String(), tt.want)
		is.Equal(got.From().Weekday(), current.From().Weekday())
	}
}

func TestSameWeekdaysLeavesOtherPeriods(t *testing.T) {
	is := is.New(t)
	month := period(t, "2026-10", "")
	for _, text := range []string{"", "2018-0[4-6]", "2018-04-28T10", "2018-04-28T10/2018-04-29"} {
		p := period(t, text, "")
		is.Equal(aggregate.SameWeekdays(month, p).String(), p.String())
		is.Equal(aggregate.SameWeekdays(p, month).String(), month.String())
	}
}

func ExampleSameWeekdays() {
	october, _ := aggregate.ParsePeriod("2026-10", nil)
	september, _ := aggregate.ParsePeriod("2026-09", nil)
	fmt.Println(aggregate.SameWeekdays(october, september))
	// Output: 2026-09-03/2026-10-03
}
