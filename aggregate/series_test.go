package aggregate_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

func TestSeriesFillsGaps(t *testing.T) {
	p := period(t, "2018-04-27/2018-05-01", "")
	day := func(n int) time.Time { return p.From().AddDate(0, 0, n) }
	rows := []aggregate.Row{
		{Start: day(1), Key: aggregate.Key{Operation: event.OpStart}, Count: 3},
		{Start: day(1), Key: aggregate.Key{Operation: event.OpSuccess}, Count: 2},
		{Start: day(3), Key: aggregate.Key{Operation: event.OpFailure}, Count: 1},
	}
	want := []aggregate.Point{
		{Start: day(0), End: day(1)},
		{Start: day(1), End: day(2), Tally: aggregate.Tally{Attempts: 3, Successes: 2}},
		{Start: day(2), End: day(3)},
		{Start: day(3), End: day(4), Tally: aggregate.Tally{Failures: 1}},
		{Start: day(4), End: day(5)},
	}
	if diff := cmp.Diff(want, aggregate.Series(rows, p, aggregate.DayUnit)); diff != "" {
		t.Error(diff)
	}
}

func TestSeriesCutsSteps(t *testing.T) {
	p := period(t, "2018-04-28/2018-06-03", "")
	var got []string
	for _, point := range aggregate.Series(nil, p, aggregate.Month) {
		got = append(got, aggregate.Between(point.Start, point.End, nil).String())
	}
	want := []string{"2018-04-28/2018-04-30", "2018-05-01/2018-05-31", "2018-06-01/2018-06-03"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSeriesLength(t *testing.T) {
	tests := []struct {
		text string
		step aggregate.Unit
		want int
	}{
		{"2018-04-28", aggregate.Hour, 24},
		{"2018-03-25", aggregate.Hour, 23},
		{"2018-10-28", aggregate.Hour, 25},
		{"2018-04-28T10", aggregate.Hour, 1},
		{"2018-04-28T10", aggregate.Year, 1},
		{"2018", aggregate.DayUnit, 365},
		{"2020", aggregate.DayUnit, 366},
		{"2018", aggregate.Week, 53}, // the last one is cut
		{"2020", aggregate.Week, 53},
		{"2018", aggregate.Month, 12},
		{"2018", aggregate.Quarter, 4},
		{"2018-01-01T00/2018-07-03T06", aggregate.Hour, 4398},
		{"2018-01-01T00/2018-07-03T08", aggregate.Hour, aggregate.MaxPoints},
		{"2018-01-01T00/2018-07-03T09", aggregate.Hour, 0}, // one too many
		{"2000/2020", aggregate.DayUnit, 0},
		{"1583/9999", aggregate.Hour, 0},

		{"2018", aggregate.Whole, 0},
		{"", aggregate.DayUnit, 0},
		{"2018-0[4-6]", aggregate.DayUnit, 0},
		{"2018-03-25T03", aggregate.Hour, 0}, // left out by the clock
	}
	for _, tt := range tests {
		t.Run(tt.text+" "+tt.step.String(), func(t *testing.T) {
			is.New(t).Equal(len(aggregate.Series(nil, period(t, tt.text, ""), tt.step)), tt.want)
		})
	}
}

// A series holds every event of its period, and its steps fill the period
// without gap or overlap.
func TestSeriesKeepsSums(t *testing.T) {
	r := random(t)
	for range 200 {
		w := newWorld(r, 3)
		events := w.events(100)
		q := w.query()
		q.By = aggregate.ByOperation | aggregate.ByMethod
		points := aggregate.Series(count(events, q), q.Period, q.Step)
		if points == nil {
			continue
		}
		is := is.New(t)
		var total aggregate.Tally
		for i, point := range points {
			total = total.Plus(point.Tally)
			if !point.Start.Before(point.End) {
				t.Fatalf("%s by %s: step %d from %s to %s", q.Period, q.Step, i, stamp(point.Start), stamp(point.End))
			}
			if i > 0 {
				is.True(point.Start.Equal(points[i-1].End))
			}
		}
		is.True(points[0].Start.Equal(q.Period.From()))
		is.True(points[len(points)-1].End.Equal(q.Period.To()))
		is.Equal(total, aggregate.Total(aggregate.Count(slices.Values(events), aggregate.Query{
			Period: q.Period, By: aggregate.ByOperation,
		})))
	}
}

func TestTally(t *testing.T) {
	is := is.New(t)
	var a aggregate.Tally
	a.Add(event.OpStart, 5)
	a.Add(event.OpSuccess, 3)
	a.Add(event.OpFailure, 1)
	a.Add(event.OpFailure, 1)
	a.Add("SOMETHING_ELSE", 100) // no attempt, success or failure
	is.Equal(a, aggregate.Tally{Attempts: 5, Successes: 3, Failures: 2, Other: 100})
	is.Equal(a.Events(), int64(110))
	is.Equal(a.Ended(), int64(5))
	is.Equal(a.Plus(aggregate.Tally{Attempts: 1, Successes: 2, Failures: 3}), aggregate.Tally{Attempts: 6, Successes: 5, Failures: 5, Other: 100})
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
		{Key: aggregate.Key{ClientID: "a", Operation: event.OpStart}, Count: 1},
		{Key: aggregate.Key{ClientID: "a", Operation: event.OpSuccess}, Count: 2},
		{Key: aggregate.Key{ClientID: "b", Operation: event.OpSuccess}, Count: 4},
		{Key: aggregate.Key{ClientID: "b", Operation: event.OpFailure}, Count: 8},
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
		{"2018-04-26/2018-04-28", aggregate.DayUnit},
		{"2018-W17", aggregate.DayUnit},
		{"2018-04", aggregate.DayUnit},
		{"2018-Q3", aggregate.DayUnit},
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
