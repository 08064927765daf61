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
	Filter Filter // which events
	By     Dim    // counted by which fields
	Step   Unit   // divided into which steps; Whole for one figure a key
}

// ByDays reports whether sums by civil day can answer q; otherwise it takes
// the events themselves.
func (q Query) ByDays() bool { return q.Step != Hour && q.Period.WholeDays() }

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
// held equal to. Rows are sorted, see [Row.Compare].
func Count(events iter.Seq[event.Event], q Query) []Row {
	c := NewCounter(q)
	for e := range events {
		c.Add(e)
	}
	return c.Rows()
}

// Counter is [Count] one event at a time. It is not safe for concurrent use.
type Counter struct {
	q      Query
	counts map[rowKey]int64
}

type rowKey struct {
	start int64 // Unix seconds
	key   Key
}

// NewCounter returns a counter that answers q.
func NewCounter(q Query) *Counter {
	return &Counter{q: q, counts: make(map[rowKey]int64)}
}

// Add counts e if the query asks for it.
func (c *Counter) Add(e event.Event) {
	if k := KeyOf(e); c.q.Filter.Match(k) && c.q.Period.Contains(e.Time) {
		c.add(e.Time, k, 1)
	}
}

func (c *Counter) add(t time.Time, k Key, n int64) {
	rk := rowKey{key: k.Keep(c.q.By)}
	if c.q.Step != Whole {
		rk.start = c.q.Step.Start(t.In(c.q.Period.Location())).Unix()
	}
	c.counts[rk] += n
}

// Rows returns the answer so far. The counter may be used on.
func (c *Counter) Rows() []Row {
	rows := make([]Row, 0, len(c.counts))
	for k, n := range c.counts {
		if n == 0 {
			continue
		}
		r := Row{Key: k.key, Count: n}
		if c.q.Step != Whole {
			r.Start = time.Unix(k.start, 0).In(c.q.Period.Location())
		}
		rows = append(rows, r)
	}
	slices.SortFunc(rows, Row.Compare)
	return rows
}

// Merge adds up two answers to the same query over different events, such as
// those of two log bases. Both must be sorted, as answers are.
func Merge(a, b []Row) []Row {
	out := make([]Row, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := a[0].Compare(b[0]); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			sum := a[0]
			sum.Count += b[0].Count
			out, a, b = append(out, sum), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// Regroup answers a query that asks for fewer fields, from the rows of one
// that asked for more. Steps stay as they are.
func Regroup(rows []Row, by Dim) []Row {
	counts := make(map[Row]int64, len(rows))
	for _, r := range rows {
		counts[Row{Start: r.Start, Key: r.Key.Keep(by)}] += r.Count
	}
	out := make([]Row, 0, len(counts))
	for r, n := range counts {
		r.Count = n
		out = append(out, r)
	}
	slices.SortFunc(out, Row.Compare)
	return out
}
