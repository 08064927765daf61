package aggregate

import (
	"slices"
	"time"
)

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
			if g.by&(1<<d) == 0 {
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
				v[d] = uint32(i / g.stride[d] % len(g.c.names[d].list)) //nolint:gosec // below the length
			}
		}
		rows = append(rows, Row{Start: start, Key: g.c.key(v, g.by), Count: g.dense[i]})
		g.dense[i] = 0
	}
	g.touched = g.touched[:0]
	slices.SortFunc(rows[before:], Row.Compare)
	return rows
}
