package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/report"
)

func TestComparison(t *testing.T) {
	const years = "2015-01-01"
	tests := []struct {
		name, now, period   string
		comparison          aggregate.Comparison
		gap                 string
		compared, reference string // "" for none
		why                 report.Reason
	}{
		{"a month that is over", "2018-04-28", "2018-03", aggregate.PreviousPeriod, "", "2018-03", "2018-02", report.Fair},
		{"a running month", "2018-04-28", "2018-04", aggregate.PreviousPeriod, "", "2018-04-01/2018-04-27", "2018-03-01/2018-03-27", report.Fair},
		{"a running month last year", "2018-04-28", "2018-04", aggregate.SameTimeLastYear, "", "2018-04-01/2018-04-27", "2017-04-01/2017-04-27", report.Fair},
		{"leap day", "2016-03-10", "2016-02-29", aggregate.SameTimeLastYear, "", "2016-02-29", "2015-03-02", report.Fair},
		{"week 53", "2016-02-10", "2015-W53", aggregate.PreviousPeriod, "", "2015-W53", "2015-W52", report.Fair},
		{"the week of the clock change", "2018-04-28", "2018-W12", aggregate.PreviousPeriod, "", "2018-W12", "2018-W11", report.Fair},
		{"the first day of a month", "2018-04-01", "2018-04", aggregate.PreviousPeriod, "", "", "", report.NotBegun},
		{"everything", "2018-04-28", "", aggregate.PreviousPeriod, "", "", "", report.Unbounded},
		{"an expression", "2018-04-28", "2018-0[34]", aggregate.PreviousPeriod, "", "", "", report.Unbounded},
		{"nothing wanted", "2018-04-28", "2018-03", aggregate.NoComparison, "", "", "", report.NotAsked},
		{"nothing said", "2018-04-28", "2018-03", "", "", "", "", report.NotAsked},
		{"before the data", "2018-04-28", "2015", aggregate.PreviousPeriod, "", "", "", report.BeforeData},
		{"a gap in the period", "2018-04-28", "2018-03", aggregate.PreviousPeriod, "2018-03-14", "2018-03", "2018-02", report.HasGaps},
		{"a gap in the reference", "2018-04-28", "2018-03", aggregate.PreviousPeriod, "2018-02-03", "2018-03", "2018-02", report.HasGaps},
		{"a gap elsewhere", "2018-04-28", "2018-03", aggregate.PreviousPeriod, "2018-01-03", "2018-03", "2018-02", report.Fair},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			s := steady(t, years, tt.now, tt.gap)
			clock, err := time.ParseInLocation(time.DateOnly, tt.now, event.DefaultLocation())
			is.NoErr(err)
			r := report.New(t.Context(), s, report.Question{
				Period: period(t, tt.period), Comparison: tt.comparison, Now: clock.Add(30 * time.Minute),
			})
			scope := r.Scope(t.Context())
			text := func(p *report.Period) string {
				if p == nil {
					return ""
				}
				return p.String()
			}
			is.Equal(text(scope.Compared), tt.compared)
			is.Equal(text(scope.Reference), tt.reference)
			is.Equal(scope.NoChange, tt.why)
			if tt.why == report.HasGaps {
				day := period(t, tt.gap)
				first, _, _ := day.Days()
				is.Equal(cmp.Diff([]report.Gap{{First: first, Last: first, Reason: report.NoData}}, scope.Gaps), "")
			}
			b, err := r.Breakdown(t.Context(), aggregate.ByMethod)
			is.NoErr(err)
			is.Equal(b.Total.Change != nil, tt.why == report.Fair)
			is.Equal(b.Change(report.Successes) != nil, tt.why == report.Fair)
			is.Equal(b.Total.Previous != nil, tt.reference != "")
		})
	}
}

func TestChanges(t *testing.T) {
	is := is.New(t)
	s := &source{}
	add := func(day string, successes, failures int) {
		for range successes {
			s.add(at(t, day+"T10:00", "a", event.MethodIDCard, event.OpSuccess))
		}
		for range failures {
			s.add(at(t, day+"T10:00", "b", event.MethodIDCard, event.OpFailure))
		}
	}
	add("2018-04-16", 1, 0) // where the data begins
	add("2018-04-19", 20, 20)
	add("2018-04-26", 30, 10)
	b, err := about(t, s, "2018-04-26").Breakdown(t.Context(), aggregate.ByClient)
	is.NoErr(err)
	is.Equal(*b.Change(report.Successes), 0.5)
	is.Equal(*b.Change(report.Failures), -0.5)
	is.Equal(*b.RateChange(), 0.25)
	is.Equal(*b.Total.Change, 0.5)
	is.Equal(b.Entries[1].Change, nil) // b never succeeded
	is.Equal(*b.Entries[0].Share, 1.0)
	folded := b.Keep(func(e *report.Entry) bool { return e.ID == "b" })
	is.Equal(folded.Total.Failures, int64(10))
	is.Equal(folded.Total.Change, nil)
}

func TestStepOfACourse(t *testing.T) {
	tests := []struct {
		period  string
		asked   aggregate.Unit
		step    aggregate.Unit
		coarser bool
	}{
		{"2018-04", aggregate.Whole, aggregate.DayUnit, false},
		{"2018-04-28", aggregate.Whole, aggregate.Hour, false},
		{"2018", aggregate.DayUnit, aggregate.DayUnit, false},
		{"2018", aggregate.Hour, aggregate.DayUnit, true},
		{"2017/2018", aggregate.DayUnit, aggregate.Week, true},
		{"", aggregate.Whole, aggregate.Week, false}, // as much as there is data
		{"T10:", aggregate.DayUnit, aggregate.Whole, false},
	}
	s := spring(t)
	for _, tt := range tests {
		r := report.New(t.Context(), s, report.Question{Period: period(t, tt.period), Step: tt.asked, Now: now})
		got := r.Scope(t.Context())
		if got.Step != tt.step || got.Coarser != tt.coarser {
			t.Errorf("%s by %s: %s, coarser %t", tt.period, tt.asked, got.Step, got.Coarser)
		}
	}
}

func TestNearest(t *testing.T) {
	tests := []struct{ period, want string }{
		{"2016-02", "2017-04"},
		{"2016", "2017"},
		{"2016-02-01T10", "2017-04"},
		{"2019-05", "2018-04"},
		{"2019-W20", "2018-W17"},
		{"2018-04", ""},
	}
	s := spring(t)
	for _, tt := range tests {
		p, ok := about(t, s, tt.period).Nearest()
		if ok != (tt.want != "") || ok && p.String() != tt.want {
			t.Errorf("%s: %s %t, want %q", tt.period, p, ok, tt.want)
		}
	}
}

func TestCoverage(t *testing.T) {
	is := is.New(t)
	s := steady(t, "2018-01-01", "2018-04-28", "2018-03-14", "2018-03-15")
	_, err := s.Delete(t.Context(), logbase.Deletion{Period: period(t, "2018-03-15"), At: now})
	is.NoErr(err)
	day := func(text string) aggregate.Day {
		p := period(t, text)
		first, _, _ := p.Days()
		return first
	}
	gaps := func(text string) []report.Gap {
		out, err := about(t, s, text).Gaps(t.Context())
		is.NoErr(err)
		return out
	}
	is.Equal(cmp.Diff([]report.Gap{
		{First: day("2018-03-14"), Last: day("2018-03-14"), Reason: report.NoData},
		{First: day("2018-03-15"), Last: day("2018-03-15"), Reason: report.DeletedData},
	}, gaps("2018-03")), "")
	is.Equal(cmp.Diff([]report.Gap{
		{First: day("2017-12-30"), Last: day("2017-12-31"), Reason: report.OlderThanData},
	}, gaps("2017-12-30/2018-01-05")), "")
	is.Equal(len(gaps("2018-04")), 0) // what is to come is no gap
	is.Equal(len(gaps("T10:")), 0)

	calendar, err := about(t, s, "2018-03").Calendar(t.Context())
	is.NoErr(err)
	is.Equal(calendar.Period.String(), "2017-04-01/2018-03-31")
	count := map[report.Cover]int{}
	for _, c := range calendar.Days {
		count[c]++
	}
	is.Equal(count, map[report.Cover]int{report.Covered: 88, report.NoData: 1, report.DeletedData: 1, report.OlderThanData: 275})
	calendar, err = about(t, s, "2020-03").Calendar(t.Context())
	is.NoErr(err)
	is.Equal(len(calendar.Days), 0)

	series, err := about(t, s, "2018-03-14/2018-03-16").Series(t.Context())
	is.NoErr(err)
	var states []report.State
	for _, p := range series.Points {
		states = append(states, p.State)
	}
	is.Equal(states, []report.State{report.Missing, report.Missing, report.Complete})
	r := report.New(t.Context(), s, report.Question{Period: period(t, "2018-03-12/2018-04-30"), Step: aggregate.Week, Now: now})
	series, err = r.Series(t.Context())
	is.NoErr(err)
	is.Equal(series.Points[0].State, report.Partial)
	is.Equal(series.Points[0].Why, report.DeletedData)
	is.Equal(series.Points[6].State, report.Running)
}
