package report

import (
	"context"
	"time"

	"github.com/e-gov/tarastat/aggregate"
)

// Series is a period in steps, with the reference period beside it.
type Series struct {
	Step   string  `json:"step" doc:"hour, day, week, month, quarter or year."`
	Points []Point `json:"points" doc:"One for each step, without a break."`
}

// Point is one step of a series.
type Point struct {
	Period string `json:"period" doc:"The step, as it is written in an address."`
	State  State  `json:"state" doc:"complete, running, partial or gap. A gap is no zero."`
	Figures
	Previous *Figures `json:"previous" doc:"The step of the reference period that stands beside it, for a day one of the same weekday; null where there is none or it has no data."`
	Beside   string   `json:"previousPeriod,omitempty" doc:"The step that previous is of."`

	Start, End  time.Time `json:"-"` // the step, cut to the period
	Why         Cover     `json:"-"` // why State is Partial or Missing
	BesideStart time.Time `json:"-"` // the beginning of what Previous is of
}

// Trend is a period by one field, whose entries have trends, and the steps of
// these.
type Trend struct {
	Series    Series
	Breakdown Breakdown
}

// Series is the period in steps. It has no points when the period cannot be
// divided, see [Scope.Divided].
func (r *Report) Series(ctx context.Context) (Series, error) {
	t, err := r.divide(ctx, 0, inBothSteps)
	return t.Series, err
}

// InSteps is [Report.Breakdown] with the trend of each entry. The reference
// period does not stand beside the steps.
func (r *Report) InSteps(ctx context.Context, by aggregate.Dim) (Trend, error) {
	return r.divide(ctx, by, inSteps)
}

// Trend is [Report.Series] and [Report.InSteps] from one answer.
func (r *Report) Trend(ctx context.Context, by aggregate.Dim) (Trend, error) {
	return r.divide(ctx, by, inBothSteps)
}

// detail is how far a period is divided.
type detail uint8

const (
	inTotal     detail = iota
	inSteps            // where the period can be divided
	inBothSteps        // with those of the reference period beside them
)

// divide counts the period by one field, and in steps where it is asked so.
// Without a field, only the steps are counted.
func (r *Report) divide(ctx context.Context, by aggregate.Dim, d detail) (Trend, error) {
	f, m := r.Filter, r.plan.Measure
	if by == aggregate.ByErrorCode {
		m, f.Operation = Failures, Failures.Operation()
	}
	if !r.plan.Divided() {
		d = inTotal
	}
	out := Trend{Series: Series{Step: r.plan.Step.String(), Points: []Point{}}}
	parts := r.split(by, f, d != inTotal)
	queries := parts.queries()
	if by == 0 {
		queries = queries[:1] // the period itself
		if d == inTotal {
			return out, nil
		}
	}
	var beside *query
	if d == inBothSteps && r.plan.Compared != nil {
		beside = &query{Query: aggregate.Query{Period: r.plan.Beside, Filter: f, By: aggregate.ByOperation, Step: r.plan.Step}}
		queries = append(queries, beside)
	}
	var scope *Scope
	if err := r.ask(ctx, queries, func() { scope = r.Scope(ctx) }); err != nil {
		return Trend{}, err
	}
	if by != 0 {
		out.Breakdown = r.breakdown(parts, by, field(by), m, scope.NoChange == Fair)
	}
	if d != inTotal {
		out.Series.Points = r.points(parts.now, beside)
		r.fillTrends(&out.Breakdown, parts.now, by)
	}
	return out, nil
}

// points arranges answers in steps, that of the reference period beside the
// other. What is beside has no figure where it has no data.
func (r *Report) points(now, beside *query) []Point {
	c, unit := r.shared.coverage, r.plan.Step
	var then []aggregate.Point
	if beside != nil {
		then = aggregate.Series(beside.rows, beside.Period, unit)
	}
	out := []Point{}
	for i, p := range aggregate.Series(now.rows, now.Period, unit) {
		pt := Point{Period: aggregate.Of(unit, p.Start, r.loc).String(), Figures: FiguresOf(p.Tally), Start: p.Start, End: p.End}
		pt.State, pt.Why = c.step(p, r.Now)
		if i < len(then) {
			if state, _ := c.step(then[i], r.Now); state != Missing {
				f := FiguresOf(then[i].Tally)
				pt.Previous, pt.BesideStart = &f, then[i].Start
				pt.Beside = aggregate.Of(unit, then[i].Start, r.loc).String()
			}
		}
		out = append(out, pt)
	}
	return out
}

// fillTrends adds the course of the measured figure to each entry, from an
// answer in steps that was counted by the field of the entries and by
// operation.
func (r *Report) fillTrends(b *Breakdown, q *query, by aggregate.Dim) {
	points := aggregate.Series(nil, q.Period, q.Step)
	at := make(map[int64]int, len(points))
	for i, pt := range points {
		at[q.Step.Start(pt.Start).Unix()] = i
		if !pt.Start.After(r.Now) {
			b.Begun = i + 1
		}
	}
	id, index := field(by), make(map[string]int, len(b.Entries))
	for i := range b.Entries {
		index[b.Entries[i].ID] = i
		b.Entries[i].Trend = make([]int64, len(points))
	}
	b.Total.Trend = make([]int64, len(points))
	for _, row := range q.rows {
		i, known := index[id(row.Key)]
		j, inside := at[row.Start.Unix()]
		if known && inside && row.Key.Operation == b.Measure.Operation() {
			b.Entries[i].Trend[j] += row.Count
			b.Total.Trend[j] += row.Count
		}
	}
}

// MaxHoursDays is the longest period that is counted by hour of the day, which
// takes the records themselves.
const MaxHoursDays = 31

// Hours are events by weekday, from Monday on, and hour of the day.
type Hours [7][24]int64

// HasHours reports whether the period is short enough for [Report.Hours].
func (r *Report) HasHours() bool {
	first, last, ok := r.Shown.Days()
	return ok && last-first < MaxHoursDays
}

// Hours counts the period by weekday and hour. It is for short periods, see
// [Report.HasHours].
func (r *Report) Hours(ctx context.Context) (Hours, error) {
	var out Hours
	rows, err := r.src.Sums(ctx, aggregate.Query{Period: r.Shown, Filter: r.Filter, Step: aggregate.Hour})
	for _, row := range rows {
		out[(row.Start.Weekday()+6)%7][row.Start.Hour()] += row.Count
	}
	return out, err
}
