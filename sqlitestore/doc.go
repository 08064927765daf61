// Package sqlitestore keeps authentication events in one SQLite file: the log
// base that needs no server.
//
//	store, err := sqlitestore.Open(ctx, "events.db", sqlitestore.Options{})
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//	in := ingest.New(store, ingest.Options{}) // gives records their IDs
//
// [Open] gives a [Store]. What it answers equals [aggregate.Count] over the
// records it keeps, whatever happened in between; package logbasetest holds it
// to that.
//
// # Durability
//
// A record and the sums it belongs to change in one transaction, which is on
// the disk when [Store.Append] returns nil (write-ahead log, synchronous=FULL).
// After an error nothing of the batch was kept. Records are known by their ID,
// so a batch that is handed over twice is kept once. After an I/O error the
// file is opened anew before it is written again, since what a failed fsync
// left behind cannot be known through the same handle.
//
// # Layout
//
// Records stand in one table for each civil month of the event, by ID, so that
// the deletion of a month drops a table; what repeats (client, method,
// operation, bank, country, error code) is one number, that of a key. Sums by
// civil day and key stand beside them, and are held in memory as an
// [aggregate.Cube], which answers whatever whole days can answer. Everything
// else reads the records of the days concerned: which IDs the records of a day
// have is kept, and serves for an index that costs nothing. The tables are in
// schema.sql and records.sql.
//
// Days and months are those of one zone, which the file keeps. Another one gives
// [logbase.ErrZone]: records are copied into a new file to count them in it.
//
// One process at a time opens a file; a second one gets [ErrLocked].
package sqlitestore
