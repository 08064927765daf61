// Package mongostore keeps authentication events in MongoDB: in the database
// and collection, and in the form, that the specification names, so that an
// operator can go on with the base of the old service and with the shell.
//
// # Records
//
// The collection "autentimised" holds one document for each event. Its fields
// time, clientID, method, bank, operation and error are the specification's;
// beside them stand _id (the record ID), country, day and hour in local time,
// the exact instant, and batch, which says who wrote it. Records without a day
// come from others – the old service, people at the shell – and are adopted:
// they are given their day, nothing else, and are counted from then on. A
// record whose time cannot be read counts nowhere and is told by
// [Store.Backlog].
//
// # Sums
//
// Sums by day are kept in memory and in a collection of their own. Every
// instance counts the records that it writes itself, and only it writes these
// sums: they need neither transactions nor anything the server would have to
// add up, and work on a single server as on a sharded cluster. Nothing but
// comparisons with values is ever sent to the server: no expression, no code.
//
// Before an instance writes records of a day, it says so in its entry in the
// base; before it removes any, it says that the whole day is dirty. Should it
// die, another instance, or the next that is opened, counts these days again
// from the records. That may be broken off and repeated at will.
//
// # Several instances
//
// Every [Options.Poll] an instance publishes its sums, and loads the days that
// others have changed. Each has a number of its own ([Store.Instance]), which
// goes into the record IDs it gives. An instance that was taken for dead and
// lives after all, since it was stopped for a while, notices and begins anew.
//
// # Hand-made changes
//
// Every [Options.Check] one instance looks for records without a day and
// compares the number of records with the sums. Days that differ are counted
// again. A record changed in place, with its day kept, is beyond notice; call
// [Store.Recount].
package mongostore
