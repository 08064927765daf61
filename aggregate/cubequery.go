package aggregate

import (
	"math"
	"slices"
	"strings"
	"time"
)

// maxDense bounds the table of counters that is indexed by coded key. Beyond
// it a map takes its place, which is slower and as large as the answer.
const maxDense = 1 << 20

// Rows answers q, as [Count] would over the events whose sums c holds. It
// reports false when sums by day cannot answer q, see [Query.ByDays].
func (c *Cube) Rows(q Query) ([]Row, bool) {
	if !q.ByDays() {
		return nil, false
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	loc := q.Period.Location()
	first, last := Day(math.MinInt32), Day(math.MaxInt32)
	if !q.Period.From.IsZero() {
		first = DayOf(q.Period.From, loc)
	}
	if !q.Period.To.IsZero() {
		last = DayOf(q.Period.To.Add(-1), loc)
	}
	filter, possible := c.filter(q.Filter)
	if !possible || first > last {
		return []Row{}, true
	}
	g := c.group(q.By)
	rows := []Row{}
	var start, end time.Time // of the step that g counts
	for _, d := range c.between(first, last) {
		if q.Step != Whole {
			if t := d.Start(loc); !t.Before(end) {
				rows = g.flush(rows, start)
				start, end = q.Step.Start(t), q.Step.Add(t, 1)
			}
		}
		for _, s := range c.days[d] {
			if filter.match(s) {
				g.add(s)
			}
		}
	}
	rows = g.flush(rows, start)
	slices.SortFunc(rows, Row.Compare)
	return rows, true
}

// cellFilter is a Filter in numbers.
type cellFilter struct {
	set  Dim
	want [dims]uint32
}

// filter codes f. It reports false when f names a value that no sum has.
func (c *Cube) filter(f Filter) (cellFilter, bool) {
	var out cellFilter
	for d, value := range [dims]string{
		f.ClientID, f.Method, string(f.Operation), f.Bank, f.Country, f.ErrorCode,
	} {
		if value == "" {
			continue
		}
		v, ok := c.names[d].number[value]
		if !ok {
			return out, false
		}
		out.set |= 1 << d
		out.want[d] = v
	}
	return out, true
}

func (f *cellFilter) match(s cell) bool {
	if f.set == 0 {
		return true
	}
	return (f.set&ByClient == 0 || f.want[dimClient] == s.client) &&
		(f.set&ByMethod == 0 || f.want[dimMethod] == uint32(s.method)) &&
		(f.set&ByOperation == 0 || f.want[dimOperation] == uint32(s.operation)) &&
		(f.set&ByBank == 0 || f.want[dimBank] == uint32(s.bank)) &&
		(f.set&ByCountry == 0 || f.want[dimCountry] == uint32(s.country)) &&
		(f.set&ByErrorCode == 0 || f.want[dimError] == uint32(s.error))
}

// group adds up cells by the asked dimensions, in a table indexed by the coded
// key where that is small enough.
type group struct {
	c       *Cube
	by      Dim
	stride  [dims]int // 0 for a dimension that is not asked for
	dense   []int64
	touched []int
	sparse  map[[dims]uint32]int64
}

func (c *Cube) group(by Dim) *group {
	g := &group{c: c, by: by}
	size := 1
	for d := range dims {
		if by&(1<<d) == 0 {
			continue
		}
		g.stride[d] = size
		if size *= max(1, len(c.names[d].list)); size > maxDense {
			g.sparse = make(map[[dims]uint32]int64)
			return g
		}
	}
	g.dense = make([]int64, size)
	return g
}

func (g *group) add(s cell) {
	if g.sparse != nil {
		v := s.numbers()
		for d := range dims {
			if g.by&(1<<d) == 0 {
				v[d] = 0
			}
		}
		g.sparse[v] += int64(s.count)
		return
	}
	i := g.stride[dimClient]*int(s.client) + g.stride[dimMethod]*int(s.method) +
		g.stride[dimOperation]*int(s.operation) + g.stride[dimBank]*int(s.bank) +
		g.stride[dimCountry]*int(s.country) + g.stride[dimError]*int(s.error)
	if g.dense[i] == 0 {
		g.touched = append(g.touched, i)
	}
	g.dense[i] += int64(s.count)
}

// flush appends what was added up as rows of one step and begins anew.
func (g *group) flush(rows []Row, start time.Time) []Row {
	for v, n := range g.sparse {
		rows = append(rows, Row{Start: start, Key: g.c.key(v, g.by), Count: n})
	}
	clear(g.sparse)
	for _, i := range g.touched {
		var v [dims]uint32
		for d := range dims {
			if g.stride[d] != 0 {
				v[d] = uint32(i / g.stride[d] % max(1, len(g.c.names[d].list))) //nolint:gosec // below the length
			}
		}
		rows = append(rows, Row{Start: start, Key: g.c.key(v, g.by), Count: g.dense[i]})
		g.dense[i] = 0
	}
	g.touched = g.touched[:0]
	return rows
}

// Seen is the first and the last day on which a client application had an
// event.
type Seen struct {
	ClientID    string
	First, Last Day
}

// Clients returns every client that has a sum, sorted by name.
func (c *Cube) Clients() []Seen {
	c.mu.RLock()
	defer c.mu.RUnlock()
	seen := make([]Seen, len(c.names[dimClient].list))
	for i, name := range c.names[dimClient].list {
		seen[i].ClientID = name
	}
	found := make([]bool, len(seen))
	for _, d := range c.order {
		for _, s := range c.days[d] {
			if !found[s.client] {
				found[s.client] = true
				seen[s.client].First = d
			}
			seen[s.client].Last = d
		}
	}
	out := seen[:0]
	for i, s := range seen {
		if found[i] {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Seen) int { return strings.Compare(a.ClientID, b.ClientID) })
	return out
}
