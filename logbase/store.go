package logbase

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strconv"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// Errors of every [Store], to be told apart with errors.Is.
var (
	// ErrClosed: the Store was closed. It carries ERR-01.
	ErrClosed = errors.New("the log base is closed")

	// ErrPeriod: a period that is not bounded, or an expression, where only a
	// bounded period may stand. It carries ERR-07.
	ErrPeriod = errors.New("the period is not bounded")

	// ErrZone: the base was begun with another zone, whose civil days it counts.
	// It carries ERR-01.
	ErrZone = errors.New("the log base counts the days of another zone")
)

// Store is a log base. It is safe for concurrent use.
//
// What it answers always equals [aggregate.Count] over the records it holds,
// whatever happened in between: batches that came again, crashes, deletions.
//
// Every error carries a code of the specification, see [CodeOf]: ERR-02 where no
// other is named. One that comes of the end of a context wraps the context's
// error. A store on a
// server that is away is open all the same: its methods fail with ERR-01 (or
// ERR-04 when it was refused) until the server is there.
type Store interface {
	// Location is the zone whose civil days the base counts. It is never nil and
	// never changes, and is known while the base is away.
	Location() *time.Location

	// Append takes events that pass [event.Event.Validate], which it need not check.
	// It returns nil only when every record of the batch is durable and
	// counted. After an error the same batch may be handed over again: a record
	// whose ID is kept already is left out. A record whose ID is not positive is
	// refused with the whole batch. It returns soon after ctx ends, and neither
	// keeps nor changes the batch. Errors carry ERR-05, ERR-01 or ERR-04.
	Append(ctx context.Context, batch []Record) error

	// IDs returns the sequence from which whoever appends to this Store takes
	// the ids of new records. Its Last is at least the greatest id that was
	// ever appended, also when records were deleted since.
	IDs(ctx context.Context) (IDs, error)

	// Sums answers a query; rows are sorted by [aggregate.Row.Compare].
	Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error)

	// Bounds says how much the log base holds.
	Bounds(ctx context.Context) (Bounds, error)

	// Clients returns every client application that has a record, by id.
	Clients(ctx context.Context) ([]Seen, error)

	// Backlog says how many records are in no sum. It is zero for a log base
	// to which nobody else writes.
	Backlog(ctx context.Context) (Backlog, error)

	// Records returns the records of a period by month and, within it, by ID.
	// It may be ended early. The first error ends it.
	Records(ctx context.Context, p aggregate.Period) iter.Seq2[Record, error]

	// Extent says what a deletion of p would remove. Any period may be asked about.
	Extent(ctx context.Context, p aggregate.Period) (Extent, error)

	// Delete removes what somebody has confirmed, by d.Period and UpTo, tells the
	// audit By and At, and returns how many records
	// that were. One that was broken off goes on by itself. Errors carry ERR-06,
	// ERR-01 or ERR-04, or ERR-07 and [ErrPeriod].
	Delete(ctx context.Context, d Deletion) (int64, error)

	// Deletions returns every deletion that was ever begun, newest first.
	Deletions(ctx context.Context) ([]Deletion, error)

	// Recount counts the sums of p anew from the records and returns how many
	// were wrong. It takes no expression: that gives ERR-07 and [ErrPeriod].
	Recount(ctx context.Context, p aggregate.Period) (changed int64, err error)

	// Ping returns nil when records can be written and read at this moment.
	Ping(ctx context.Context) error

	// Close releases what the Store holds. Later calls of other methods give
	// [ErrClosed], with ERR-01; a second Close does nothing.
	Close() error
}

// Record is an event as a log base keeps it.
type Record struct {
	// ID is given on receipt, see [IDs]. It is positive, unique within a log
	// base, and grows with the order of receipt at one writer; it says nothing
	// about the time of the event. A store that is handed the same ID twice
	// keeps one record.
	ID int64
	event.Event
}

// MarshalJSON writes the event as a sender does ([event.AppendJSON]), with the
// member id before it.
func (r Record) MarshalJSON() ([]byte, error) {
	dst := strconv.AppendInt([]byte(`{"id":`), r.ID, 10)
	at := len(dst)
	dst = event.AppendJSON(dst, r.Event)
	dst[at] = ',' // in the place of the brace
	return dst, nil
}

// UnmarshalJSON reads what MarshalJSON writes. The instant is that of the text, in
// the default zone where the text has none: a store that takes records of a parser
// with another zone keeps the instant beside it. An error of the event is an
// [*event.FieldError].
func (r *Record) UnmarshalJSON(data []byte) error {
	var id struct {
		ID int64 `json:"id"`
	}
	if err := json.Unmarshal(data, &id); err != nil {
		return err
	}
	r.ID = id.ID
	return r.Event.UnmarshalJSON(data)
}

// Bounds is how much a log base holds.
type Bounds = aggregate.Bounds

// Seen is the first and the last day on which a client application had an
// event.
type Seen = aggregate.Seen

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

	// UpTo is the greatest record id that was ever appended when the extent was
	// taken, as [IDs].Last. A deletion confirmed on it removes no record that came
	// later.
	UpTo int64
}

// Deletion is a deletion that somebody confirmed, as the audit keeps it.
type Deletion struct {
	Period  aggregate.Period // bounded, never an expression; the audit gives it back with its text
	UpTo    int64            // see [Extent.UpTo]
	By      string           // who asked: an address or a command, without personal data
	At      time.Time
	Records int64 // removed so far
	Done    bool  // false while it runs, and after a crash until it is resumed
}
