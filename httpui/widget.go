package httpui

import (
	"cmp"
	"html/template"
	"slices"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/chart"
	"github.com/e-gov/tarastat/report"
)

// widget is one part of a page: a chart with its table, or a table alone. It
// fails on its own, and the page stands without it.
type widget struct {
	ID    string
	Title string
	Fault *fault
	Note  string // in the place of the content, or under the title
	Chart template.HTML
	Grid  *grid // folded away when there is a chart
	More  *link // to the page that shows all of it
}

// tile is one figure in large, with the period it is of.
type tile struct {
	Label  string
	Value  string
	Of     string // the period
	Change string // against the reference period; "" when there is none
	Detail string
	URL    string // "" when the figure leads nowhere
	Term   string // anchor of its definition on the help page
}

// widget begins a widget; it has a Fault when err is not nil.
func (v *visit) widget(id, title string, err error) widget {
	return widget{ID: id, Title: title, Fault: v.fault(err)}
}

// drawing is a chart of package chart.
type drawing interface {
	HTML() (template.HTML, error)
	Table() chart.Table
}

// draw adds a chart of a period and its data to w.
func (v *visit) draw(w widget, period string, c drawing) widget {
	html, err := c.HTML()
	if w.Fault = v.fault(err); err != nil {
		return w
	}
	w.Chart = html
	w.Grid = chartGrid(v.text, w.ID, w.Title, period, c.Table())
	return w
}

// words are what charts say in the language of the page.
func (v *visit) words() chart.Words {
	t := v.text.T
	return chart.Words{
		Step: t("chart.step"), Total: t("table.total"),
		Running: t("chart.running"), Gap: t("chart.gap"), Partial: t("chart.partial"),
	}
}

// column is the step of a point without its values.
func (v *visit) column(p *report.Point) chart.Column {
	states := map[report.State]chart.State{
		report.Complete: chart.Complete, report.Running: chart.Running, report.Partial: chart.Partial, report.Missing: chart.Gap,
	}
	unit := v.scope().Step
	c := chart.Column{Label: v.text.Axis(unit, p.Start), Name: v.text.Step(unit, p.Start), State: states[p.State]}
	if p.Why != report.Covered {
		c.Reason = v.text.T(coverKey(p.Why))
	}
	if !p.Start.After(v.now) && unit != aggregate.Hour {
		c.Href = v.view.Here(address.Set(address.Period, p.Period), address.Without(address.Step))
	}
	return c
}

// coverKey is the key of the text that says why there is no data of a day.
func coverKey(c report.Cover) string {
	switch c {
	case report.InFuture:
		return "state.gapFuture"
	case report.DeletedData:
		return "state.gapDeleted"
	case report.OlderThanData:
		return "state.gapBefore"
	default:
		return "state.gapNoData"
	}
}

// trendWidget is the chart of what happened, step by step.
func (v *visit) trendWidget(title string, series report.Series, err error) widget {
	w := widget{ID: "trend", Title: title}
	s := v.scope()
	if !s.Divided() {
		if v.view.Period.Expr() != nil {
			w.Note = v.text.T("state.exprNoTrend")
		}
		return w
	}
	if w.Fault = v.fault(err); err != nil {
		return w
	}
	if s.Coarser {
		w.Note = v.text.T("state.tooManySteps", v.text.Unit(s.Step))
	}
	c := chart.Columns{
		Frame: chart.Frame{ID: w.ID, Title: title, Desc: v.trendDesc(series.Points), Format: v.text.Int},
		Words: v.words(), Tick: v.text.Short,
		Series: []chart.Series{
			{Name: v.text.T("figure.successes"), Look: chart.Success},
			{Name: v.text.T("figure.failures"), Look: chart.Failure},
		},
	}
	for i := range series.Points {
		p := &series.Points[i]
		col := v.column(p)
		col.Values = []int64{p.Successes, p.Failures}
		if p.Previous != nil {
			col.Reference, col.HasReference = p.Previous.Ended(), true
			col.ReferenceName = v.text.Step(s.Step, p.BesideStart)
		}
		c.Columns = append(c.Columns, col)
	}
	if s.Compared != nil {
		c.Reference = v.text.Period(s.Beside, v.report.Bounds)
	}
	return v.draw(w, v.period(), c)
}

// trendDesc says in a sentence what the chart shows.
func (v *visit) trendDesc(points []report.Point) string {
	var sum aggregate.Tally
	for _, p := range points {
		sum = sum.Plus(p.Tally)
	}
	if sum.Ended() == 0 {
		return v.text.T("overview.trendDescEmpty", v.period())
	}
	best := slices.MaxFunc(points, func(a, b report.Point) int { return cmp.Compare(a.Ended(), b.Ended()) })
	return v.text.T("overview.trendDesc", v.period(), sum.Successes, sum.Failures, v.text.Step(v.scope().Step, best.Start), best.Ended())
}

// shareWidget is the chart of how the methods share the successes, step by
// step.
func (v *visit) shareWidget(methods part[report.Trend]) widget {
	if !v.scope().Divided() {
		return widget{} // the trend says why there are no steps
	}
	w := v.widget("shares", v.text.T("methods.shareOverTime"), methods.err)
	if w.Fault != nil {
		return w
	}
	points, entries := methods.value.Series.Points, methods.value.Breakdown.Entries
	c := chart.Share{
		Frame: chart.Frame{ID: w.ID, Title: w.Title, Desc: v.shareDesc(entries), Format: v.text.Int},
		Words: v.words(), Percent: v.text.Percent,
	}
	var at []int
	c.Series, at = v.shareSeries(entries)
	for i := range points {
		col := v.column(&points[i])
		col.Values = make([]int64, len(c.Series))
		for m, e := range entries {
			if e.Successes > 0 {
				col.Values[at[m]] += e.Trend[i]
			}
		}
		c.Columns = append(c.Columns, col)
	}
	return v.draw(w, v.period(), c)
}

func (v *visit) shareDesc(methods []report.Entry) string {
	if len(methods) == 0 || methods[0].Share == nil {
		return v.text.T("overview.trendDescEmpty", v.period())
	}
	return v.text.T("overview.methodShareDesc", v.period(), methods[0].Name, v.text.Percent(*methods[0].Share))
}

// shareSeries gives every method with successes a part of its own, as long as
// there are looks; what is left counts as others. It returns where each
// method stands.
func (v *visit) shareSeries(methods []report.Entry) ([]chart.Series, []int) {
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
	at := make([]int, len(methods))
	for i, e := range methods {
		switch {
		case e.Successes == 0:
			continue
		case len(out) < own:
			look, known := methodLook(e.ID)
			for free := chart.Blue; !known && free < chart.Looks; free++ {
				if !used[free] {
					look, known, used[free] = free, true, true
				}
			}
			at[i] = len(out)
			out = append(out, chart.Series{Name: e.Name, Look: look})
			continue
		case len(out) == own:
			out = append(out, chart.Series{Name: v.text.T("common.other"), Look: chart.Pale})
		}
		at[i] = own
	}
	return out, at
}

// methodLook is the look that a known method has on every page.
func methodLook(method string) (look chart.Look, known bool) {
	switch method {
	case event.MethodSmartID:
		return chart.Blue, true
	case event.MethodIDCard:
		return chart.Green, true
	case event.MethodMobileID:
		return chart.Orange, true
	case event.MethodEIDAS:
		return chart.Grey, true
	case event.MethodBankLink:
		return chart.Ochre, true
	}
	return chart.Pale, false
}
