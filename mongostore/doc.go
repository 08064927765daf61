// Package mongostore keeps authentication events in MongoDB: in the database
// and collection, and in the form, that the specification names, so that an
// operator can go on with the base of the old service and with the shell.
//
// By its address, or in a database of the program's own client:
//
//	store, err := mongostore.Open(ctx, "mongodb://rakendus:PASSWORD@localhost/logibaas", mongostore.Options{})
//	store, err := mongostore.New(ctx, client.Database("portal"), mongostore.Options{Collection: "logins", Prefix: "logins_"})
//
// # Records
//
// The collection "autentimised" holds one document for each event. Its fields
// time, clientID, method, bank, operation and error are the specification's;
// beside them stand _id (the record ID), country, day and hour in local time,
// the exact instant, and writer, the Store that wrote it. Records without a day
// come from others – the old service, people at the shell – and are adopted:
// they are given their day, nothing else, and are counted from then on. A
// record whose time cannot be read counts nowhere and is told by
// [Store.Backlog].
//
// # Sums
//
// Sums by day are kept in memory and in a collection of their own: one document
// for each day and writer, a writer being one Store from Open to Close. It is
// replaced as a whole, by compare-and-set on its revision. No transaction is
// needed, and nothing but comparisons with values and new values is ever sent to
// the server: no expression, no code. It works on a single server as on a
// sharded cluster.
//
// A writer marks its document of a day open before it writes a record of the
// day, replaces it with every [Options.Poll], and closes it when nothing comes
// any more. An open document that has not changed for 30 polls belongs to
// nobody: whoever notices counts the records of that day.
//
// # Several instances
//
// There is no protocol between instances. Each loads the documents that have
// changed. Whoever removes records raises the revision of all documents of the
// day, so that no writer can publish what it had counted before: it finds
// another revision, and counts its own records again. The same becomes of one
// that was taken for dead and lives. docs/decisions/0022 has the argument why
// nothing is lost or counted twice wherever one is killed.
//
// # Hand-made changes
//
// Every [Options.Check] an instance looks for records without a day and
// compares the number of records with the sums. Days that differ are counted
// again. A record changed in place, with its day kept, is beyond notice; call
// [Store.Recount].
package mongostore
