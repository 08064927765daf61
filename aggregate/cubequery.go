package aggregate

import (
	"math"
	"time"
)

// Rows answers q, as [Count] would over the events whose sums c holds. It looks
// at every sum of the period, or for a query of nothing but steps at one total
// a day. It panics when sums by day cannot answer q: ask [Query.ByDays] first.
func (c *Cube) Rows(q Query) []Row {
	if !q.ByDays() {
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
