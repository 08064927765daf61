package aggregate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

func TestTally(t *testing.T) {
	is := is.New(t)
	var a aggregate.Tally
	a.Add(event.StartAuth, 5)
	a.Add(event.SuccessfulAuth, 3)
	a.Add(event.Failed, 1)
	a.Add(event.Failed, 1)
	a.Add("SOMETHING_ELSE", 100) // no part of any figure
	is.Equal(a, aggregate.Tally{Attempts: 5, Successes: 3, Failures: 2})
	is.Equal(a.Events(), int64(10))
	is.Equal(a.Ended(), int64(5))
	is.Equal(a.Plus(aggregate.Tally{Attempts: 1, Successes: 2, Failures: 3}), aggregate.Tally{Attempts: 6, Successes: 5, Failures: 5})
}

func TestTallyRate(t *testing.T) {
	tests := []struct {
		name  string
		tally aggregate.Tally
		want  float64
		ok    bool
	}{
		{"none", aggregate.Tally{}, 0, false},
		{"19 ended", aggregate.Tally{Successes: 18, Failures: 1}, 0, false},
		{"20 ended", aggregate.Tally{Successes: 19, Failures: 1}, 0.95, true},
		{"attempts do not count", aggregate.Tally{Attempts: 1000, Successes: 19}, 0, false},
		{"all well", aggregate.Tally{Successes: 20}, 1, true},
		{"all badly", aggregate.Tally{Failures: 20}, 0, true},
		{"more ended than begun", aggregate.Tally{Attempts: 1, Successes: 30, Failures: 10}, 0.75, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			rate, ok := tt.tally.Rate()
			is.Equal(ok, tt.ok)
			is.Equal(rate, tt.want)
		})
	}
}

func TestTotal(t *testing.T) {
	rows := []aggregate.Row{
		{Key: aggregate.Key{ClientID: "a", Operation: event.StartAuth}, Count: 1},
		{Key: aggregate.Key{ClientID: "a", Operation: event.SuccessfulAuth}, Count: 2},
		{Key: aggregate.Key{ClientID: "b", Operation: event.SuccessfulAuth}, Count: 4},
		{Key: aggregate.Key{ClientID: "b", Operation: event.Failed}, Count: 8},
	}
	want := aggregate.Tally{Attempts: 1, Successes: 6, Failures: 8}
	if diff := cmp.Diff(want, aggregate.Total(rows)); diff != "" {
		t.Error(diff)
	}
}

func TestAutoStep(t *testing.T) {
	tests := []struct {
		text string
		want aggregate.Unit
	}{
		{"", aggregate.Whole},
		{"2018-0[4-6]", aggregate.Whole},
		{"2018-03-25T03", aggregate.Whole}, // empty
		{"2018-04-28T10", aggregate.Hour},
		{"2018-04-28", aggregate.Hour},
		{"2018-04-27/2018-04-28", aggregate.Hour},
		{"2018-04-26/2018-04-28", aggregate.EachDay},
		{"2018-W17", aggregate.EachDay},
		{"2018-04", aggregate.EachDay},
		{"2018-Q3", aggregate.EachDay},
		{"2018-07-01/2018-10-01", aggregate.Week},
		{"2018", aggregate.Week},
		{"2018-01/2019-03", aggregate.Week},
		{"2018-01/2019-04", aggregate.Month},
		{"2018/2027", aggregate.Month},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			is := is.New(t)
			p := period(t, tt.text, "")
			step := aggregate.AutoStep(p)
			is.Equal(step, tt.want)
			if step != aggregate.Whole {
				is.True(len(aggregate.Series(nil, p, step)) <= 120) // what a chart can show
			}
		})
	}
}
