package aggregate

import "time"

// Bounds is how much a log base holds.
type Bounds struct {
	Records     int64
	First, Last Day // civil days of the oldest and the newest event; 0 when Records is 0
}

// Backlog is how many records of a log base that others write to are in no sum.
type Backlog struct {
	Uncounted  int64 // written by others than us, and still to be counted
	Unreadable int64 // without a time that can be read: never counted
}

// Extent is what a deletion of a period would remove: shown to whoever must
// confirm it.
type Extent struct {
	Records     int64
	First, Last time.Time // oldest and newest event; zero when Records is 0

	// UpTo is the greatest record id in the log base when the extent was
	// taken. A deletion confirmed on it removes no record that came later.
	UpTo int64
}

// Deletion is a deletion that somebody confirmed, as the audit keeps it.
type Deletion struct {
	Period  Period // bounded, never an expression
	UpTo    int64  // see [Extent.UpTo]
	By      string // who asked: an address or a command, without personal data
	At      time.Time
	Records int64 // removed so far
	Done    bool  // false while it runs, and after a crash until it is resumed
}
