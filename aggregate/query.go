package aggregate

import (
	"iter"
	"slices"
	"time"

	"github.com/e-gov/tarastat/event"
)

// Query asks how many events there were.
type Query struct {
	Period Period // which time
	Filter Key    // which events, see [Key.Match]
	By     Dim    // counted by which fields
	Step   Unit   // divided into which steps; Whole for one figure a key
}

// Row is one line of an answer.
type Row struct {
	// Start is the beginning of the step, in the zone of the period. It is
	// zero when the query has no steps. A step that the period cuts keeps its
	// own civil beginning.
	Start time.Time
	Key   Key   // fields that were not asked for are empty
	Count int64 // events; never 0
}

// Compare orders rows by step, then by key.
func (r Row) Compare(o Row) int {
	if c := r.Start.Compare(o.Start); c != 0 {
		return c
	}
	return r.Key.Compare(o.Key)
}

// Count answers q from the events. It is what any other way to the answer is
// held equal to. Rows are sorted, see [Row.Compare]. A nil sequence holds no event.
func Count(events iter.Seq[event.Event], q Query) []Row {
	c := NewCounter(q)
	if events != nil {
		for e := range events {
			c.Add(e)
		}
	}
	return c.Rows()
}

// Counter is [Count] one event at a time. It is not safe for concurrent use. Make
// one with [NewCounter].
type Counter struct {
	q      Query
	counts map[rowKey]int64
	step   Period // the one that the last event lay in; the next mostly does too
}

// rowKey is what tells rows apart. A time.Time would not do: equal instants may
// differ in their pointer to the zone.
type rowKey struct {
	start int64 // Unix seconds, 0 without steps
	key   Key
}

// NewCounter returns a counter that answers q.
func NewCounter(q Query) *Counter {
	return &Counter{q: q, counts: make(map[rowKey]int64)}
}

// Add counts e if the query asks for it.
func (c *Counter) Add(e event.Event) {
	k := KeyOf(e)
	if !c.q.Filter.Match(k) || !c.q.Period.Contains(e.Time) {
		return
	}
	rk := rowKey{key: k.Keep(c.q.By)}
	if c.q.Step != Whole {
		if !c.step.Bounded() || !c.step.Contains(e.Time) {
			start := c.q.Step.Start(e.Time.In(c.q.Period.Location()))
			c.step = Period{from: start, to: c.q.Step.Add(start, 1)}
		}
		rk.start = c.step.from.Unix()
	}
	c.counts[rk]++
}

// Rows returns the answer so far. The counter may be used on.
func (c *Counter) Rows() []Row {
	rows := make([]Row, 0, len(c.counts))
	for k, n := range c.counts {
		r := Row{Key: k.key, Count: n}
		if c.q.Step != Whole {
			r.Start = time.Unix(k.start, 0).In(c.q.Period.Location())
		}
		rows = append(rows, r)
	}
	slices.SortFunc(rows, Row.Compare)
	return rows
}

// Regroup answers a query from rows that were counted by more fields, or in
// parts, such as those of two log bases: rows of one step and key are added up.
// Steps stay as they are.
func Regroup(rows []Row, by Dim) []Row {
	out := make([]Row, 0, len(rows))
	at := make(map[rowKey]int, len(rows)) // where a row stands in out
	for _, r := range rows {
		r.Key = r.Key.Keep(by)
		k := rowKey{r.Start.Unix(), r.Key}
		i, ok := at[k]
		if !ok {
			at[k] = len(out)
			out = append(out, r)
			continue
		}
		out[i].Count += r.Count
	}
	slices.SortFunc(out, Row.Compare)
	return out
}
