// Package aggregate counts authentication events. It is pure: it asks no clock
// and does no I/O, so that equal input gives equal output.
//
//	april, err := aggregate.ParseCivil("2018-04", nil) // in Europe/Tallinn
//	rows := aggregate.Count(slices.Values(events), aggregate.Query{
//		Period: april,
//		Filter: aggregate.Key{Method: event.MethodBankLink},
//		By:     aggregate.ByClient | aggregate.ByOperation,
//		Step:   aggregate.Week,
//	})
//	rate, ok := aggregate.Total(rows).Rate()
//	now, before, ok := april.Against(aggregate.PreviousPeriod, time.Now())
//
// A [Period] says which time is meant, in civil units of one zone; a [Query]
// says in addition which events ([Key]), by which fields ([Dim]) and in
// which steps ([Unit]). The answer is a sorted list of [Row].
//
// [Count] answers a query from the events themselves and is the definition of
// the right answer: whatever a log base answers must equal it. [Cube] answers
// the same queries from sums by civil day, held in memory, at a cost that
// follows the number of sums and not of events.
//
// [Tally] and [Series] turn rows into the figures people read, and
// [Period.Against] finds the earlier period that is fair to compare with.
package aggregate
