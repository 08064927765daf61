// Package logbase is the contract of a log base: what keeps authentication
// events, and answers how many there were.
//
//	var base logbase.Memory // or sqlitestore.Open, mongostore.Open: all are a logbase.Store
//	base.Add(events...)
//	rows, err := base.Sums(ctx, aggregate.Query{By: aggregate.ByClient})
//	if code, ok := logbase.CodeOf(err); ok {
//		fmt.Println(code, code.Text(logbase.English))
//	}
//
// [Store] is the whole of it. Package sqlitestore keeps records in one file,
// package mongostore in MongoDB, and [Memory] as long as the process lives, for
// tests and examples; package logbasetest holds any of them to the contract,
// and can hold yours.
//
// Beside it stand the values that go in and out ([Record], [Bounds], [Extent],
// [Deletion]), the ids of records ([IDs]), and the error codes of the
// specification ([Code]), which every error of a Store carries.
//
// A Store knows nothing of HTTP or syslog, and nothing is found out about it by
// type assertion: both stores implement all of it. Consumers ask for less:
// ingest for three methods, report for those that count.
package logbase
