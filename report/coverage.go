package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Cover says how much data there is of a day, and why there is none.
type Cover uint8

// The covers of a day.
const (
	Covered       Cover = iota // there is data, or the day is not over, or nothing is known
	NoData                     // nothing came
	DeletedData                // it was deleted
	OlderThanData              // it is older than the log base
	InFuture                   // it has not begun
)

// String gives the name that the API uses: full, none, deleted, before, future.
func (c Cover) String() string {
	names := [...]string{"full", "none", "deleted", "before", "future"}
	if int(c) >= len(names) {
		return ""
	}
	return names[c]
}

// MarshalText is [Cover.String].
func (c Cover) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Gap is a stretch of days without any event, for one reason.
type Gap struct {
	First  aggregate.Day `json:"first"`
	Last   aggregate.Day `json:"last"`
	Reason Cover         `json:"reason" doc:"none, deleted or before: no data came, it was deleted, or it is older than the log base."`
}

// Coverage says of which days there is data. A day within the bounds of the log
// base on which nothing at all happened is a gap: TARA never rests for a whole
// day. A gap is not a zero, and nothing is compared across one.
type Coverage struct {
	bounds  logbase.Bounds
	today   aggregate.Day
	days    map[aggregate.Day]bool // days with events, within what was asked
	deleted []logbase.Deletion
	known   bool // days was asked for and answered
}

// coverage asks which days from first to last have events, whatever the filter.
// Deletions are asked for only where a day has none.
func (r *Report) coverage(ctx context.Context, first, last aggregate.Day) (*Coverage, error) {
	c := &Coverage{bounds: r.Bounds, today: aggregate.DayOf(r.Now, r.loc)}
	if r.Bounds.Records == 0 || first > last {
		return c, nil
	}
	var rows []aggregate.Row
	if from, to := max(first, r.Bounds.First), min(last, r.Bounds.Last); from <= to {
		var err error
		days := aggregate.Between(from.Start(r.loc), (to + 1).Start(r.loc), r.loc)
		if rows, err = r.src.Sums(ctx, aggregate.Query{Period: days, Step: aggregate.DayUnit}); err != nil {
			return c, err
		}
	}
	days := make(map[aggregate.Day]bool, len(rows))
	for _, row := range rows {
		days[aggregate.DayOf(row.Start, r.loc)] = true
	}
	for d := first; d <= min(last, c.today-1); d++ {
		if !days[d] {
			var err error
			if c.deleted, err = r.Deletions(ctx); err != nil {
				return c, err
			}
			break
		}
	}
	c.days, c.known = days, true
	return c, nil
}

// scopeCoverage is the coverage of all that a scope shows and compares with.
func (r *Report) scopeCoverage(ctx context.Context) (*Coverage, error) {
	first, last, ok := r.Shown.Days()
	if !ok {
		return r.coverage(ctx, 1, 0) // no day
	}
	if _, reference, compared := r.compared(); compared {
		for _, p := range []aggregate.Period{reference, r.plan.Beside} {
			if refFirst, refLast, ok := p.Days(); ok {
				first, last = min(first, refFirst), max(last, refLast)
			}
		}
	}
	return r.coverage(ctx, first, last)
}

// Day says how much data there is of d.
func (c *Coverage) Day(d aggregate.Day) Cover {
	switch {
	case c.days[d], !c.known, d == c.today: // today is not over yet
		return Covered
	case d > c.today:
		return InFuture
	case slices.ContainsFunc(c.deleted, func(del logbase.Deletion) bool { return del.Period.Contains(d.Start(del.Period.Location())) }):
		return DeletedData
	case d < c.bounds.First:
		return OlderThanData
	}
	return NoData
}

// Gaps returns the stretches of p without data, up to yesterday.
func (c *Coverage) Gaps(p aggregate.Period) []Gap {
	first, last, ok := p.Days()
	if !ok || !c.known {
		return nil
	}
	var out []Gap
	for d := first; d <= min(last, c.today-1); d++ {
		cover := c.Day(d)
		if cover == Covered {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Last == d-1 && out[n-1].Reason == cover {
			out[n-1].Last = d
			continue
		}
		out = append(out, Gap{d, d, cover})
	}
	return out
}

// State says how far the figures of one step can be trusted.
type State string

// The states of a step.
const (
	Complete State = "complete" // or still to come
	Running  State = "running"  // it is not over
	Partial  State = "partial"  // there is no data of some of its days
	Missing  State = "gap"      // there is no data of it at all
)

// step says how far the figures of one step can be trusted, and why not.
func (c *Coverage) step(p aggregate.Point, now time.Time) (State, Cover) {
	if p.Start.After(now) {
		return Complete, Covered // an empty place for what is to come
	}
	loc := p.Start.Location()
	first, last := aggregate.DayOf(p.Start, loc), aggregate.DayOf(p.End.Add(-1), loc)
	missing, why := aggregate.Day(0), Covered
	for _, g := range c.Gaps(aggregate.Between(p.Start, p.End, loc)) {
		missing += g.Last - g.First + 1
		why = g.Reason
	}
	switch {
	case missing > 0 && missing >= min(last, c.today)-first+1:
		return Missing, why
	case !p.End.Before(now) && p.Start.Before(now):
		return Running, Covered
	case missing > 0:
		return Partial, why
	}
	return Complete, Covered
}

// Gaps returns the stretches of the period without data, up to yesterday.
func (r *Report) Gaps(ctx context.Context) ([]Gap, error) {
	s := r.Scope(ctx)
	if err := cmp.Or(r.BoundsErr, s.CoverageErr); err != nil {
		return nil, err
	}
	return append([]Gap{}, r.shared.coverage.Gaps(r.Shown)...), nil
}

// Calendar says of each day how much data there is.
type Calendar struct {
	Period aggregate.Period
	Days   []Cover // none when all of them are still to come
}

// Calendar is the coverage of the year that ends with the period, or of the
// period when that is longer, up to [MostMonths] and today.
func (r *Report) Calendar(ctx context.Context) (Calendar, error) {
	months, ok := monthsAround(r.Shown)
	if !ok {
		return Calendar{}, nil
	}
	first, last, _ := months.Days()
	last = min(last, aggregate.DayOf(r.Now, r.loc))
	if first > last {
		return Calendar{}, nil
	}
	c, err := r.coverage(ctx, first, last)
	if err != nil {
		return Calendar{}, err
	}
	out := Calendar{Period: aggregate.Between(first.Start(r.loc), (last + 1).Start(r.loc), r.loc)}
	for d := first; d <= last; d++ {
		out.Days = append(out.Days, c.Day(d))
	}
	return out, nil
}
