// Package logbasetest is what a log base has to do, as tests. Every store runs
// [Run] in its own tests; whoever writes a new one begins here:
//
//	func TestStore(t *testing.T) {
//		logbasetest.Run(t, func(t *testing.T, dir string) logbase.Store {
//			s, err := mystore.Open(filepath.Join(dir, "events"))
//			if err != nil {
//				t.Fatal(err)
//			}
//			return s
//		}, logbasetest.Options{})
//	}
//
// The suite says one thing in many ways: what a store answers equals what
// [aggregate.Count] says of the records it was given, whatever happened in
// between – batches handed over twice, deletions, restarts, contexts that
// ended, several callers at once.
//
//   - Append is all or nothing. A record whose ID is kept already is left out,
//     whichever batch it comes with. After an error the same batch may come again.
//   - Bounds, Clients, Sums and Extent speak of what is kept now; the Last of IDs and
//     the UpTo of Extent are of what was ever appended, and do not go back when
//     records are deleted.
//   - Records gives every record as it came: the same instant, which may lie in the
//     years 1 to 10000, and the same texts.
//     They come month by month in the default zone, within a month by ID; events
//     outside the years 2000 to 2099 may count as one month of their own.
//   - Delete removes what lies in the period and has an ID up to UpTo, nothing
//     else, and tells the audit first. A period that is not bounded is refused.
//     A deletion that was interrupted is ended after the base is opened again.
//   - Recount finds nothing to mend. Ping leaves nothing behind.
//   - A batch is borrowed: it is neither changed nor kept. A record whose ID is not
//     positive is refused with the whole batch (ERR-05).
//   - Records ends when its reader breaks off.
//   - Every error carries its code: ERR-07 and logbase.ErrPeriod for a period that
//     may not be deleted or recounted, ERR-01 and logbase.ErrClosed after Close, for
//     every method but a second Close, which does nothing. What an ended context
//     leaves unanswered wraps the context's error.
//
// What implements a part of it is held to that part: [RunAppender] is for what only
// takes records, [RunSource] for what only answers.
//
// No test waits for ever: a call that does not return within Options.Patience, or
// panics, fails with the name of the method. What is wrong is shown in at most 40
// lines, with what plays it again.
package logbasetest
