// Package report is what is said of a period: how many authentications there
// were, by which field, how that changed, and of which days nothing is known.
//
//	r := report.New(ctx, store, report.Question{
//		Period: april, Comparison: aggregate.PreviousPeriod, Now: time.Now(),
//	})
//	clients, err := r.Breakdown(ctx, aggregate.ByClient)
//	for _, e := range clients.Entries {
//		fmt.Println(e.ID, e.Successes)
//	}
//
// [New] takes a [Question] (period, comparison, step, filter) to a [Source],
// which every [logbase.Store] is, and returns a [Report], whose methods give
// values: [Report.Breakdown], [Report.Trend], [Report.Clients], [Report.Months],
// [Report.Stat] and others. Pages, files, the API and whatever else tells of
// figures draw these values, so that none can differ from another. Their JSON
// is that of the API.
//
// The package knows no HTTP, no language and no SQL. What things are called,
// and in which order names stand, it asks of [Names]; why something is not
// given it says as a value, such as [Reason].
//
// Figures always equal [aggregate.Count] over the same events. A day without
// any event is a gap and no zero: nothing is compared across one, see
// [Scope.NoChange].
package report
