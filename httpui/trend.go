package httpui

import (
	"cmp"
	"slices"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/chart"
)

// series is a period in steps, with the reference period beside it.
type series struct {
	Step     string  `json:"step" doc:"hour, day, week, month, quarter or year."`
	Points   []point `json:"points" doc:"One for each step, without a break."`
	compared bool    // there is a reference
}

// point is one step of a series.
type point struct {
	Period string `json:"period" doc:"The step, as it is written in an address."`
	State  string `json:"state" doc:"complete, running, partial or gap. A gap is no zero."`
	figures
	Previous *figures `json:"previous" doc:"The step of the reference period that stands beside it, for a day one of the same weekday; null where there is none or it has no data."`
	Beside   string   `json:"previousPeriod,omitempty" doc:"The step that previous is of."`

	aggregate.Point `json:"-"`

	state  chart.State
	reason string
	then   *aggregate.Point
}

// seriesQuery are the answers that a series is made of.
type seriesQuery struct{ now, then *answer }

// askSeries puts in the questions of a series. Beside the operation, the
// answer for the period itself may keep another field.
func (q *questions) askSeries(s *scope, f aggregate.Key, beside aggregate.Dim) *seriesQuery {
	if !s.divided() {
		return nil
	}
	out := &seriesQuery{now: q.add(aggregate.Query{Period: s.shown, Filter: f, By: beside | aggregate.ByOperation, Step: s.step})}
	if s.compared {
		out.then = q.add(aggregate.Query{Period: s.beside, Filter: f, By: aggregate.ByOperation, Step: s.step})
	}
	return out
}

// answer is the answer for the period itself; nil when it has no steps.
func (q *seriesQuery) answer() *answer {
	if q == nil {
		return nil
	}
	return q.now
}

func (q *seriesQuery) err() error {
	if q.now.err != nil || q.then == nil {
		return q.now.err
	}
	return q.then.err
}

// result makes the series of what was answered.
func (q *seriesQuery) result(r *request, s *scope) series {
	out := series{Step: s.step.String(), compared: q.then != nil}
	var then []aggregate.Point
	if q.then != nil {
		then = aggregate.Series(q.then.rows, s.beside, s.step)
	}
	for i, p := range aggregate.Series(q.now.rows, s.shown, s.step) {
		pt := point{Period: aggregate.Of(s.step, p.Start, r.h.loc).String(), figures: figuresOf(p.Tally), Point: p}
		pt.state, pt.reason = s.cover.step(p, r)
		pt.State = [...]string{"complete", "running", "partial", "gap"}[pt.state]
		if i < len(then) && !s.cover.missing(then[i], r) {
			f := figuresOf(then[i].Tally)
			pt.Previous, pt.then = &f, &then[i]
			pt.Beside = aggregate.Of(s.step, then[i].Start, r.h.loc).String()
		}
		out.Points = append(out.Points, pt)
	}
	return out
}

// words are what charts say in the language of the request.
func (r *request) words() chart.Words {
	t := r.text.T
	return chart.Words{
		Step: t("chart.step"), Total: t("table.total"),
		Running: t("chart.running"), Gap: t("chart.gap"), Partial: t("chart.partial"),
	}
}

// column is the step of a point without its values.
func (r *request) column(v *view, s *scope, p *point) chart.Column {
	c := chart.Column{
		Label: r.text.Axis(s.step, p.Start), Name: r.text.Step(s.step, p.Start),
		State: p.state, Reason: p.reason,
	}
	if !p.Start.After(r.now) && s.step != aggregate.Hour {
		c.Href = v.here(param{paramPeriod, p.Period}, param{paramStep, unset})
	}
	return c
}

// trendWidget is the chart of what happened, step by step.
func (r *request) trendWidget(v *view, s *scope, q *seriesQuery, title string) widget {
	w := widget{ID: "trend", Title: title}
	switch {
	case q == nil && v.period.Expr() != nil:
		w.Note = r.text.T("state.exprNoTrend")
		return w
	case q == nil:
		return w
	}
	if w.Fault = r.fault(q.err()); w.Fault != nil {
		return w
	}
	if s.coarser {
		w.Note = r.text.T("state.tooManySteps", r.text.Unit(s.step))
	}
	data := q.result(r, s)
	c := chart.Columns{
		Frame: chart.Frame{ID: w.ID, Title: title, Desc: r.trendDesc(s, data), Format: r.text.Int},
		Words: r.words(), Tick: r.text.Short,
		Series: []chart.Series{
			{Name: r.text.T("figure.successes"), Look: chart.Success},
			{Name: r.text.T("figure.failures"), Look: chart.Failure},
		},
	}
	for i := range data.Points {
		p := &data.Points[i]
		col := r.column(v, s, p)
		col.Values = []int64{p.Successes, p.Failures}
		if p.then != nil {
			col.Reference, col.HasReference = p.then.Ended(), true
			col.ReferenceName = r.text.Step(s.step, p.then.Start)
		}
		c.Columns = append(c.Columns, col)
	}
	if data.compared {
		c.Reference = r.text.Period(s.beside, s.bounds)
	}
	return r.drawn(w, s, c, c.Table())
}

// trendDesc says in a sentence what the chart shows.
func (r *request) trendDesc(s *scope, data series) string {
	var sum aggregate.Tally
	for _, p := range data.Points {
		sum = sum.Plus(p.Tally)
	}
	period := r.text.Period(s.period, s.bounds)
	if sum.Ended() == 0 {
		return r.text.T("overview.trendDescEmpty", period)
	}
	best := slices.MaxFunc(data.Points, func(a, b point) int { return cmp.Compare(a.Ended(), b.Ended()) })
	return r.text.T("overview.trendDesc", period, sum.Successes, sum.Failures, r.text.Step(s.step, best.Start), best.Ended())
}

// shareWidget is the chart of how the methods share the successes, step by
// step. The answer must have been counted by method beside the operation.
func (r *request) shareWidget(v *view, s *scope, q *seriesQuery, methods []entry) widget {
	w := widget{ID: "shares", Title: r.text.T("methods.shareOverTime")}
	if q == nil {
		return widget{} // the trend says why there are no steps
	}
	if w.Fault = r.fault(q.now.err); w.Fault != nil {
		return w
	}
	data := q.result(r, s)
	c := chart.Share{
		Frame: chart.Frame{ID: w.ID, Title: w.Title, Desc: r.shareDesc(s, methods), Format: r.text.Int},
		Words: r.words(), Percent: r.text.Percent,
	}
	var at map[string]int
	c.Series, at = r.shareSeries(methods)
	step := make(map[int64]int, len(data.Points))
	for i := range data.Points {
		p := &data.Points[i]
		col := r.column(v, s, p)
		col.Values = make([]int64, len(c.Series))
		step[s.step.Start(p.Start).Unix()] = i
		c.Columns = append(c.Columns, col)
	}
	for _, row := range q.now.rows {
		i, inside := step[row.Start.Unix()]
		if part, shown := at[row.Key.Method]; shown && inside && row.Key.Operation == successOperation {
			c.Columns[i].Values[part] += row.Count
		}
	}
	return r.drawn(w, s, c, c.Table())
}

func (r *request) shareDesc(s *scope, methods []entry) string {
	period := r.text.Period(s.period, s.bounds)
	if len(methods) == 0 || methods[0].Share == nil {
		return r.text.T("overview.trendDescEmpty", period)
	}
	return r.text.T("overview.methodShareDesc", period, methods[0].Name, r.text.Percent(*methods[0].Share))
}

// shareSeries gives every method a part of its own, as long as there are
// looks; what is left counts as others. It returns the part of each method.
func (r *request) shareSeries(methods []entry) ([]chart.Series, map[string]int) {
	used := make(map[chart.Look]bool)
	names := 0
	for _, e := range methods {
		if e.Successes > 0 {
			names++
			if look, known := methodLook(e.ID); known {
				used[look] = true
			}
		}
	}
	own := names
	if names > chart.Looks {
		own = chart.Looks - 1
		used[chart.Pale] = true
	}
	var out []chart.Series
	part := make(map[string]int)
	for _, e := range methods {
		if e.Successes == 0 {
			continue
		}
		if len(out) < own {
			look, known := methodLook(e.ID)
			for free := chart.Blue; !known && free < chart.Looks; free++ {
				if !used[free] {
					look, known, used[free] = free, true, true
				}
			}
			part[e.ID] = len(out)
			out = append(out, chart.Series{Name: e.Name, Look: look})
			continue
		}
		if len(out) == own {
			out = append(out, chart.Series{Name: r.text.T("common.other"), Look: chart.Pale})
		}
		part[e.ID] = own
	}
	return out, part
}
