package aggregate

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Answers reports whether the sums of whole days can answer q: it asks for no
// hours and no part of a day, and its days are those of c's zone, unless it asks
// for everything in one figure.
func (c *Cube) Answers(q Query) bool {
	if q.Step == Hour || !q.Period.WholeDays() {
		return false
	}
	return sameZone(q.Period.Location(), orDefault(c.Location)) || q.Period.Everything() && q.Step == Whole
}

// sameZone reports whether two locations are one zone. Those loaded twice are;
// of fixed ones, the name alone does not tell.
func sameZone(a, b *time.Location) bool {
	if a == b {
		return true
	}
	winter := time.Date(2018, time.January, 1, 0, 0, 0, 0, time.UTC)
	for _, t := range [...]time.Time{winter, winter.AddDate(0, 6, 0)} {
		_, x := t.In(a).Zone()
		_, y := t.In(b).Zone()
		if x != y {
			return false
		}
	}
	return a.String() == b.String()
}

// Rows answers q, as [Count] would over the events whose sums c holds. It looks
// at every sum of the period, or for a query of nothing but steps at one total
// a day. It panics when c cannot answer q: ask [Cube.Answers] first.
func (c *Cube) Rows(q Query) []Row {
	if !c.Answers(q) {
		panic("aggregate: Cube.Rows: the query takes the events themselves")
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	rows := []Row{}
	filter, possible := c.filter(q.Filter)
	if !possible {
		return rows
	}
	loc := q.Period.Location()
	first, last := Day(math.MinInt32), Day(math.MaxInt32)
	if !q.Period.from.IsZero() {
		first = DayOf(q.Period.from, loc)
	}
	if !q.Period.to.IsZero() {
		last = DayOf(q.Period.to.Add(-1), loc)
	}
	g := c.group(q.By)
	var start time.Time // of the step that g adds up
	var end Day         // the day after it
	i, j := c.span(first, last)
	for n, d := range c.days[i:j] {
		if q.Step != Whole && (n == 0 || d.day >= end) {
			rows = g.flush(rows, start)
			r := q.Step.floor(d.day.utc())
			start, end = instant(r, loc), Date(q.Step.add(r, 1).Date())
		}
		if q.By == 0 && filter.set == 0 {
			g.addTotal(d.total) // which is kept, so that no cell need be looked at
			continue
		}
		g.add(filter.narrow(d.cells), &filter)
	}
	return g.flush(rows, start)
}

// cellFilter is a filter in numbers.
type cellFilter struct {
	set  Dim
	want [dims]uint32
}

// filter codes f. It reports false when f names a value that no sum has.
func (c *Cube) filter(f Key) (cellFilter, bool) {
	var out cellFilter
	for d, value := range f.texts() {
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

// narrow returns the cells of the one client that is asked for, or all.
func (f *cellFilter) narrow(cells []cell) []cell {
	if f.set&ByClient == 0 {
		return cells
	}
	client := f.want[dimClient]
	byClient := func(s cell, client uint32) int { return cmp.Compare(s.client, client) }
	i, _ := slices.BinarySearchFunc(cells, client, byClient)
	j, _ := slices.BinarySearchFunc(cells[i:], client+1, byClient)
	return cells[i : i+j]
}

func (f *cellFilter) match(s cell) bool {
	return (f.set&ByClient == 0 || f.want[dimClient] == s.client) &&
		(f.set&ByMethod == 0 || f.want[dimMethod] == uint32(s.method)) &&
		(f.set&ByOperation == 0 || f.want[dimOperation] == uint32(s.operation)) &&
		(f.set&ByBank == 0 || f.want[dimBank] == uint32(s.bank)) &&
		(f.set&ByCountry == 0 || f.want[dimCountry] == uint32(s.country)) &&
		(f.set&ByErrorCode == 0 || f.want[dimError] == uint32(s.error))
}

// maxDense bounds the table of counters that is indexed by coded key. Beyond
// it a map takes its place, which is slower and as large as the answer.
const maxDense = 1 << 20

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
		if !by.has(d) {
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

// add adds up the cells that match f.
func (g *group) add(cells []cell, f *cellFilter) {
	if g.sparse != nil {
		g.addSparse(cells, f)
		return
	}
	dense, stride := g.dense, g.stride // local copies, which the loop keeps in registers
	for _, s := range cells {
		if f.set != 0 && !f.match(s) {
			continue
		}
		i := stride[dimClient]*int(s.client) + stride[dimMethod]*int(s.method) +
			stride[dimOperation]*int(s.operation) + stride[dimBank]*int(s.bank) +
			stride[dimCountry]*int(s.country) + stride[dimError]*int(s.error)
		if dense[i] == 0 {
			g.touched = append(g.touched, i)
		}
		dense[i] += int64(s.count)
	}
}

// addTotal adds up the events of a day by no dimension at all.
func (g *group) addTotal(n int64) {
	if g.dense[0] == 0 {
		g.touched = append(g.touched, 0)
	}
	g.dense[0] += n
}

func (g *group) addSparse(cells []cell, f *cellFilter) {
	for _, s := range cells {
		if f.set != 0 && !f.match(s) {
			continue
		}
		v := s.numbers()
		for d := range dims {
			if !g.by.has(d) {
				v[d] = 0
			}
		}
		g.sparse[v] += int64(s.count)
	}
}

// flush appends what was added up as the rows of one step, sorted, and begins
// anew.
func (g *group) flush(rows []Row, start time.Time) []Row {
	before := len(rows)
	for v, n := range g.sparse {
		rows = append(rows, Row{Start: start, Key: g.c.key(v, g.by), Count: n})
	}
	clear(g.sparse)
	for _, i := range g.touched {
		var v [dims]uint32
		for d := range dims {
			if g.stride[d] != 0 {
				v[d] = uint32(i / g.stride[d] % len(g.c.names[d].list))
			}
		}
		rows = append(rows, Row{Start: start, Key: g.c.key(v, g.by), Count: g.dense[i]})
		g.dense[i] = 0
	}
	g.touched = g.touched[:0]
	slices.SortFunc(rows[before:], Row.Compare)
	return rows
}
