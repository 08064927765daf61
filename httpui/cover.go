package httpui

import (
	"context"
	"slices"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/chart"
	"github.com/e-gov/tarastat/logbase"
)

// cover says of which days there is data. A day within the bounds of the log
// base on which nothing at all happened is a gap: TARA never rests for a whole
// day. A gap is not a zero, and nothing is compared across one.
type cover struct {
	bounds  logbase.Bounds
	today   aggregate.Day
	days    map[aggregate.Day]bool // days with events, within what was asked
	deleted []logbase.Deletion
	known   bool // days was asked for and answered
}

// coverage asks which days from first to last have events, whatever filters
// are set.
func (r *request) coverage(first, last aggregate.Day, bounds logbase.Bounds) (*cover, error) {
	c := &cover{bounds: bounds, today: aggregate.DayOf(r.now, r.h.loc)}
	if bounds.Records == 0 || first > last {
		return c, nil
	}
	first, last = max(first, bounds.First), min(last, bounds.Last)
	days := aggregate.Between(first.Start(r.h.loc), (last + 1).Start(r.h.loc), r.h.loc)
	var rows []aggregate.Row
	err := r.h.slots.Do(r.ctx, func(ctx context.Context) (err error) {
		rows, err = r.h.store.Sums(ctx, aggregate.Query{Period: days, Step: aggregate.EachDay})
		if err == nil {
			c.deleted, err = r.h.store.Deletions(ctx)
		}
		return err
	})
	if err != nil {
		return c, err
	}
	c.known, c.days = true, make(map[aggregate.Day]bool, len(rows))
	for _, row := range rows {
		c.days[aggregate.DayOf(row.Start, r.h.loc)] = true
	}
	return c, nil
}

// state says how much data there is of a day, and as a key of the catalogue,
// why there is none.
func (c *cover) state(d aggregate.Day) (state chart.Cover, why string) {
	switch {
	case c.days[d], !c.known, d == c.today: // today is not over yet
		return chart.Full, ""
	case d > c.today:
		return chart.None, "state.gapFuture"
	case slices.ContainsFunc(c.deleted, func(del logbase.Deletion) bool { return del.Period.Contains(d.Start(del.Period.Location())) }):
		return chart.Deleted, "state.gapDeleted"
	case d < c.bounds.First:
		return chart.None, "state.gapBefore"
	}
	return chart.None, "state.gapNoData"
}

// days of a stretch without data, for one reason.
type gap struct {
	first, last aggregate.Day
	state       chart.Cover
	why         string
}

// gaps returns the stretches of p without data, up to yesterday.
func (c *cover) gaps(p aggregate.Period) []gap {
	first, last, ok := p.Days()
	if !ok || !c.known {
		return nil
	}
	var out []gap
	for d := first; d <= min(last, c.today-1); d++ {
		state, why := c.state(d)
		if state == chart.Full {
			continue
		}
		if n := len(out); n > 0 && out[n-1].last == d-1 && out[n-1].why == why {
			out[n-1].last = d
			continue
		}
		out = append(out, gap{d, d, state, why})
	}
	return out
}

// missing reports whether there is no data at all of one step of a series.
func (c *cover) missing(p aggregate.Point, r *request) bool {
	state, _ := c.step(p, r)
	return state == chart.Gap
}

// step says how far the data of one step of a series can be trusted.
func (c *cover) step(p aggregate.Point, r *request) (state chart.State, reason string) {
	first, last := aggregate.DayOf(p.Start, r.h.loc), aggregate.DayOf(p.End.Add(-1), r.h.loc)
	if p.Start.After(r.now) {
		return chart.Complete, "" // an empty place for what is to come
	}
	missing := aggregate.Day(0)
	for _, g := range c.gaps(aggregate.Between(p.Start, p.End, r.h.loc)) {
		missing += g.last - g.first + 1
		reason = r.text.T(g.why)
	}
	switch {
	case missing > 0 && missing >= min(last, c.today)-first+1:
		return chart.Gap, reason
	case !p.End.Before(r.now) && p.Start.Before(r.now):
		return chart.Running, ""
	case missing > 0:
		return chart.Partial, reason
	}
	return chart.Complete, ""
}
