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

// sample is a handful of events around the turn from April to May in Tallinn.
func sample(t *testing.T) []event.Event {
	t.Helper()
	mk := func(text, client, method string, o event.Operation) event.Event {
		return event.Event{Time: at(t, text), ClientID: client, Method: method, Operation: o}
	}
	return []event.Event{
		mk("2018-04-28T10:51:12+03:00", "b", event.MethodIDCard, event.OpStart),
		mk("2018-04-28T10:51:20+03:00", "b", event.MethodIDCard, event.OpSuccess),
		mk("2018-04-30T20:59:59Z", "a", event.MethodMobileID, event.OpStart),
		mk("2018-04-30T21:00:00Z", "a", event.MethodMobileID, event.OpFailure), // in May
		mk("2018-04-28T10:51:20+03:00", "b", event.MethodIDCard, event.OpSuccess),
	}
}

func TestCount(t *testing.T) {
	midnight := func(day string) time.Time { return at(t, day+"T00:00:00+03:00") }
	tests := []struct {
		name string
		q    aggregate.Query
		want []aggregate.Row
	}{
		{"everything", aggregate.Query{}, []aggregate.Row{{Count: 5}}},
		{"a month", aggregate.Query{Period: period(t, "2018-04", "")}, []aggregate.Row{{Count: 4}}},
		{"an expression", aggregate.Query{Period: period(t, "2018-05-01T00", "")}, []aggregate.Row{{Count: 1}}},
		{"nothing", aggregate.Query{Period: period(t, "2017", "")}, []aggregate.Row{}},
		{
			"by client",
			aggregate.Query{By: aggregate.ByClient},
			[]aggregate.Row{{Key: aggregate.Key{ClientID: "a"}, Count: 2}, {Key: aggregate.Key{ClientID: "b"}, Count: 3}},
		},
		{
			"filtered",
			aggregate.Query{Filter: aggregate.Key{ClientID: "b"}, By: aggregate.ByOperation},
			[]aggregate.Row{
				{Key: aggregate.Key{Operation: event.OpStart}, Count: 1},
				{Key: aggregate.Key{Operation: event.OpSuccess}, Count: 2},
			},
		},
		{
			"by day",
			aggregate.Query{Step: aggregate.DayUnit},
			[]aggregate.Row{
				{Start: midnight("2018-04-28"), Count: 3},
				{Start: midnight("2018-04-30"), Count: 1},
				{Start: midnight("2018-05-01"), Count: 1},
			},
		},
		{
			"a step that the period cuts",
			aggregate.Query{Period: period(t, "2018-04-28/2018-04-30", ""), Step: aggregate.Month},
			[]aggregate.Row{{Start: midnight("2018-04-01"), Count: 4}},
		},
		{
			"by month and method",
			aggregate.Query{Step: aggregate.Month, By: aggregate.ByMethod},
			[]aggregate.Row{
				{Start: midnight("2018-04-01"), Key: aggregate.Key{Method: "idcard"}, Count: 3},
				{Start: midnight("2018-04-01"), Key: aggregate.Key{Method: "mID"}, Count: 1},
				{Start: midnight("2018-05-01"), Key: aggregate.Key{Method: "mID"}, Count: 1},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := count(sample(t), tt.q)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			for _, r := range got {
				if !r.Start.IsZero() && r.Start.Location() != tt.q.Period.Location() {
					t.Errorf("step in %s, want the zone of the period", r.Start.Location())
				}
			}
		})
	}
}

func TestCounterMayBeUsedOn(t *testing.T) {
	is := is.New(t)
	c := aggregate.NewCounter(aggregate.Query{})
	is.Equal(len(c.Rows()), 0)
	for i, e := range sample(t) {
		c.Add(e)
		is.Equal(sum(c.Rows()), int64(i+1))
	}
}

func TestCubeAnswers(t *testing.T) {
	tests := []struct {
		text string
		step aggregate.Unit
		want bool
	}{
		{"", aggregate.Whole, true},
		{"", aggregate.Year, true},
		{"", aggregate.Hour, false},
		{"2018-04-28", aggregate.DayUnit, true},
		{"2018-04-28", aggregate.Hour, false},
		{"2018-04-28T10", aggregate.Whole, false},
		{"2018-04-28T00/2018-04-28T23", aggregate.Whole, true}, // a whole day after all
		{"2018-0[4-6]", aggregate.Whole, false},
	}
	for _, tt := range tests {
		t.Run(tt.text+" "+tt.step.String(), func(t *testing.T) {
			is.New(t).Equal(new(aggregate.Cube).Answers(aggregate.Query{Period: period(t, tt.text, ""), Step: tt.step}), tt.want)
		})
	}
}

func TestRegroupEqualsCountByFewerOfBoth(t *testing.T) {
	r := random(t)
	for range 300 {
		w := newWorld(r, 3)
		a, b := w.events(r.IntN(60)), w.events(r.IntN(60))
		q := w.query()
		rows := slices.Concat(count(a, q), count(b, q))
		q.By &= aggregate.Dim(r.IntN(int(aggregate.ByAll) + 1))
		want := count(slices.Concat(a, b), q)
		if diff := cmp.Diff(want, aggregate.Regroup(rows, q.By)); diff != "" {
			t.Fatal(diff)
		}
	}
}

// Rows of two log bases may hold equal instants in zones that differ as
// pointers.
func TestRegroupKnowsEqualSteps(t *testing.T) {
	is := is.New(t)
	start := at(t, "2018-04-28T00:00:00+03:00")
	rows := []aggregate.Row{
		{Start: start.In(time.FixedZone("a", 3*3600)), Key: aggregate.Key{ClientID: "x"}, Count: 1},
		{Start: start.In(time.FixedZone("b", 3*3600)), Key: aggregate.Key{ClientID: "y"}, Count: 2},
	}
	got := aggregate.Regroup(rows, 0)
	is.Equal(len(got), 1)
	is.Equal(got[0].Count, int64(3))
	is.True(got[0].Start.Equal(start))
}

func TestSumsOverEveryDimensionAreEqual(t *testing.T) {
	r := random(t)
	is := is.New(t)
	for range 50 {
		w := newWorld(r, 3)
		events := w.events(100)
		q := w.query()
		q.By = 0
		want := sum(count(events, q))
		for q.By = range aggregate.ByAll + 1 {
			is.Equal(sum(count(events, q)), want)
		}
	}
}

func TestKeyOf(t *testing.T) {
	e := event.Event{
		TimeText: "2018-04-28", ClientID: "a", Method: event.MethodEIDAS, Bank: "SEB", Country: "LV",
		Operation: event.OpFailure, Error: "NOT_FOUND: no such person",
	}
	want := aggregate.Key{
		ClientID: "a", Method: "eIDAS", Operation: event.OpFailure, Bank: "SEB", Country: "LV", ErrorCode: "NOT_FOUND",
	}
	if diff := cmp.Diff(want, aggregate.KeyOf(e)); diff != "" {
		t.Error(diff)
	}
}

func TestKeyCompare(t *testing.T) {
	sorted := []aggregate.Key{
		{},
		{ErrorCode: "X"},
		{Country: "EE"},
		{Bank: "SEB"},
		{Operation: event.OpFailure},
		{Operation: event.OpStart},
		{Method: "mID"},
		{ClientID: "B", Method: "mID"},
		{ClientID: "a"}, // by bytes: capitals first
		{ClientID: "a", ErrorCode: "X"},
		{ClientID: "a", Country: "EE"},
		{ClientID: "a", Bank: "SEB"},
		{ClientID: "a", Operation: event.OpFailure},
		{ClientID: "a", Method: "mID"},
		{ClientID: "ä"},
	}
	is := is.New(t)
	for i, a := range sorted {
		for j, b := range sorted {
			got := a.Compare(b)
			is.Equal(got < 0, i < j)
			is.Equal(got == 0, i == j)
		}
	}
	is.True(slices.IsSortedFunc(sorted, aggregate.Key.Compare))
}

func TestKeyKeepAndMatch(t *testing.T) {
	full := aggregate.Key{ClientID: "a", Method: "m", Operation: event.OpFailure, Bank: "b", Country: "c", ErrorCode: "e"}
	other := aggregate.Key{ClientID: "A", Method: "mm", Operation: event.OpStart, Bank: "bb", Country: "d", ErrorCode: "f"}
	tests := []struct {
		by   aggregate.Dim
		want aggregate.Key
	}{
		{0, aggregate.Key{}},
		{aggregate.ByClient, aggregate.Key{ClientID: "a"}},
		{aggregate.ByMethod, aggregate.Key{Method: "m"}},
		{aggregate.ByOperation, aggregate.Key{Operation: event.OpFailure}},
		{aggregate.ByBank, aggregate.Key{Bank: "b"}},
		{aggregate.ByCountry, aggregate.Key{Country: "c"}},
		{aggregate.ByErrorCode, aggregate.Key{ErrorCode: "e"}},
		{aggregate.ByStat, aggregate.Key{ClientID: "a", Method: "m", Operation: event.OpFailure, Bank: "b"}},
		{aggregate.ByAll, full},
	}
	for _, tt := range tests {
		is := is.New(t)
		is.Equal(full.Keep(tt.by), tt.want)
		is.True(tt.want.Match(full))                        // as a filter
		is.Equal(other.Keep(tt.by).Match(full), tt.by == 0) // which asks for other values
	}
	is.New(t).True(!aggregate.Key{ClientID: "a", Method: "m", ErrorCode: "f"}.Match(full)) // one is wrong
}
