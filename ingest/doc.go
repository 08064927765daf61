// Package ingest stands between the syslog server and the log base: it parses
// every message, gives it an id, gathers events into batches and hands them to
// an [Appender], and accounts for everything.
//
//	in := ingest.New(store, ingest.Options{}) // any logbase.Store
//	srv := &syslogjson.Server{Handler: in, OnReject: in.OnReject, TLSConfig: tlsConfig}
//	go srv.Serve(listener)
//	...
//	err := errors.Join(srv.Shutdown(ctx), in.Close(ctx)) // in this order nothing is lost
//	stored, refused := in.Stats().Stored, in.Samples()
//
// An [Ingester] is a [syslogjson.Handler]. Its queue is bounded: while the log
// base is slow or away, events wait in memory up to the bound, and then the
// senders are held back, since HandleSyslog does not return. A batch is handed to
// the log base until it is taken; only [Ingester.Close] gives up what it cannot
// store in its time, and says how much that was.
//
// The accounts are exact at any moment, see [Stats]:
//
//	Received = Stored + Rejected + InFlight + Abandoned
//
// [Ingester.Add] takes events that came by another way, [Ingester.Flush] waits until
// what was taken is stored. Of what the [Caps] tell apart, a log base with a past
// is asked.
//
// A refused record is counted by class and kept as a masked sample, see
// [Ingester.Samples]; nothing else of it survives.
package ingest
