package aggregate_test

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

func ExampleParsePeriod() {
	for _, text := range []string{"2018-04", "2018-W17", "2018-04-01/2018-06-30", "2018-0[4-6]", "2018-["} {
		p, err := aggregate.ParsePeriod(text, nil)
		var wrong *aggregate.PeriodError
		switch {
		case errors.As(err, &wrong):
			fmt.Println(text, "is wrong:", wrong.Err)
		case p.Expr() != nil:
			fmt.Println(text, "is an expression")
		default:
			fmt.Println(text, "is from", p.From().Format(time.RFC3339), "to", p.To().Format(time.RFC3339))
		}
	}
	// Output:
	// 2018-04 is from 2018-04-01T00:00:00+03:00 to 2018-05-01T00:00:00+03:00
	// 2018-W17 is from 2018-04-23T00:00:00+03:00 to 2018-04-30T00:00:00+03:00
	// 2018-04-01/2018-06-30 is from 2018-04-01T00:00:00+03:00 to 2018-07-01T00:00:00+03:00
	// 2018-0[4-6] is an expression
	// 2018-[ is wrong: error parsing regexp: missing closing ]: `[`
}

func ExampleOf() {
	now := time.Date(2018, time.April, 28, 10, 51, 12, 0, event.DefaultLocation())
	fmt.Println(aggregate.Of(aggregate.DayUnit, now, nil))
	fmt.Println(aggregate.Of(aggregate.Week, now, nil))
	fmt.Println(aggregate.Of(aggregate.Quarter, now, nil))
	// Output:
	// 2018-04-28
	// 2018-W17
	// 2018-Q2
}

func ExampleBetween() {
	loc := event.DefaultLocation()
	p := aggregate.Between(
		time.Date(2018, time.April, 20, 0, 0, 0, 0, loc),
		time.Date(2018, time.April, 29, 0, 0, 0, 0, loc), loc)
	next, _ := p.Shift(1)
	fmt.Println(p)
	fmt.Println(next)
	// Output:
	// 2018-04-20/2018-04-28
	// 2018-04-29/2018-05-07
}

func ExamplePeriod_Against() {
	now := time.Date(2018, time.April, 16, 12, 0, 0, 0, event.DefaultLocation())
	april, err := aggregate.ParsePeriod("2018-04", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	current, reference, ok := april.Against(aggregate.PreviousPeriod, now)
	fmt.Println(current, "against", reference, ok)
	current, reference, ok = april.Against(aggregate.SameTimeLastYear, now)
	fmt.Println(current, "against", reference, ok)
	// Output:
	// 2018-04-01/2018-04-15 against 2018-03-01/2018-03-15 true
	// 2018-04-01/2018-04-15 against 2017-04-01/2017-04-15 true
}

func ExampleParseUnit() {
	u, ok := aggregate.ParseUnit("week")
	fmt.Println(u == aggregate.Week, ok)
	_, ok = aggregate.ParseUnit("fortnight")
	fmt.Println(ok)
	// Output:
	// true true
	// false
}

func ExampleParseComparison() {
	c, ok := aggregate.ParseComparison("lastyear")
	fmt.Println(c == aggregate.SameTimeLastYear, ok)
	_, ok = aggregate.ParseComparison("tomorrow")
	fmt.Println(ok)
	// Output:
	// true true
	// false
}

// fewEvents are two authentications, one of which ended badly.
func fewEvents() []event.Event {
	at := time.Date(2018, time.April, 28, 10, 51, 12, 0, event.DefaultLocation())
	return []event.Event{
		{Time: at, ClientID: "shop", Method: event.MethodSmartID, Operation: event.OpStart},
		{Time: at.Add(9 * time.Second), ClientID: "shop", Method: event.MethodSmartID, Operation: event.OpSuccess},
		{Time: at.Add(time.Minute), ClientID: "bank", Method: event.MethodMobileID, Operation: event.OpStart},
		{Time: at.Add(2 * time.Minute), ClientID: "bank", Method: event.MethodMobileID, Operation: event.OpFailure},
	}
}

func ExampleCount() {
	p, err := aggregate.ParsePeriod("2018-04", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	rows := aggregate.Count(slices.Values(fewEvents()), aggregate.Query{
		Period: p,
		By:     aggregate.ByClient | aggregate.ByOperation,
	})
	for _, r := range rows {
		fmt.Println(r.Key.ClientID, r.Key.Operation, r.Count)
	}
	// Output:
	// bank ERROR 1
	// bank START_AUTH 1
	// shop START_AUTH 1
	// shop SUCCESSFUL_AUTH 1
}

func ExampleNewCounter() {
	c := aggregate.NewCounter(aggregate.Query{Filter: aggregate.Key{Operation: event.OpStart}})
	for _, e := range fewEvents() {
		c.Add(e)
	}
	fmt.Println(c.Rows()[0].Count)
	// Output: 2
}

func ExampleSeries() {
	p, err := aggregate.ParsePeriod("2018-04-27/2018-04-29", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	rows := aggregate.Count(slices.Values(fewEvents()), aggregate.Query{
		Period: p,
		By:     aggregate.ByOperation,
		Step:   aggregate.DayUnit,
	})
	for _, point := range aggregate.Series(rows, p, aggregate.DayUnit) {
		fmt.Println(point.Start.Format(time.DateOnly), point.Attempts, point.Successes, point.Failures)
	}
	// Output:
	// 2018-04-27 0 0 0
	// 2018-04-28 2 1 1
	// 2018-04-29 0 0 0
}

func ExampleCube() {
	var c aggregate.Cube
	for _, e := range fewEvents() {
		c.Add(aggregate.DayOf(e.Time, event.DefaultLocation()), aggregate.KeyOf(e), 1)
	}
	for _, r := range c.Rows(aggregate.Query{By: aggregate.ByMethod, Step: aggregate.Month}) {
		fmt.Println(r.Start.Format("2006-01"), r.Key.Method, r.Count)
	}
	b := c.Bounds()
	fmt.Println(b.Records, "events since", b.First)
	// Output:
	// 2018-04 mID 2
	// 2018-04 smartid 2
	// 4 events since 2018-04-28
}
