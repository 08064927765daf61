package httpui

import (
	"html/template"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/chart"
)

// successOperation is what shares and sparklines count.
const successOperation = event.SuccessfulAuth

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

// drawing is a chart of package chart.
type drawing interface {
	HTML() (template.HTML, error)
}

// drawn adds a chart and its data to w.
func (r *request) drawn(w widget, s *scope, c drawing, t chart.Table) widget {
	html, err := c.HTML()
	if w.Fault = r.fault(err); err != nil {
		return w
	}
	w.Chart = html
	w.Grid = r.chartGrid(w.ID, w.Title, r.text.Period(s.period, s.bounds), t)
	return w
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
