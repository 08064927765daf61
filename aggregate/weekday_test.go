package aggregate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
)

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
		current, err := aggregate.ParsePeriod(tt.current, nil)
		is.NoErr(err)
		reference, err := aggregate.ParsePeriod(tt.reference, nil)
		is.NoErr(err)
		got := aggregate.SameWeekdays(current, reference)
		is.Equal(got.String(), tt.want)
		is.Equal(got.From().Weekday(), current.From().Weekday())
	}
}

func TestSameWeekdaysLeavesOtherPeriods(t *testing.T) {
	is := is.New(t)
	for _, text := range []string{"", "2018-0[4-6]", "2018-04-28T10", "2018-04-28T10/2018-04-29"} {
		p, err := aggregate.ParsePeriod(text, nil)
		is.NoErr(err)
		month := aggregate.Of(aggregate.Month, time.Date(2026, 10, 5, 0, 0, 0, 0, p.Location()), p.Location())
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
