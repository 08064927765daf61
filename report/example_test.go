package report_test

import (
	"context"
	"fmt"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/report"
)

func ExampleNew() {
	var store logbase.Memory
	day := time.Date(2018, time.April, 1, 10, 51, 0, 0, event.DefaultLocation())
	for n := range 30 {
		for range 3 + n%2 {
			store.Add(event.Event{
				Time: day.AddDate(0, 0, n), ClientID: "openIdDemo",
				Method: event.MethodIDCard, Operation: event.OpSuccess,
			})
		}
	}

	ctx := context.Background()
	week, err := aggregate.ParsePeriod("2018-W16", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	r := report.New(ctx, &store, report.Question{Period: week, Comparison: aggregate.PreviousPeriod})
	methods, err := r.Breakdown(ctx, aggregate.ByMethod)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range methods.Entries {
		fmt.Printf("%s: %d in %s, %+.1f%% against %s\n", e.Name, e.Successes, week, 100**e.Change, r.Scope(ctx).Reference)
	}
	// Output: idcard: 25 in 2018-W16, +4.2% against 2018-W15
}
