package chart

import (
	"html/template"
)

// plot is a chart of columns as its template draws it.
type plot struct {
	Frame
	Role     string // img, or group where there are links
	Height   int
	Top      int // y of the highest grid line
	Bottom   int // y of the zero line
	Grid     []gridLine
	Bands    []band
	Grey     []string // what the bands say, each once
	Stacks   []stack
	Running  template.HTML // rectangles over the columns that are not over
	Line     string        // path of the reference line
	LineBox  string        // its viewBox
	Links    []link
	Labels   []label
	Figures  []label
	Ends     []endLabel
	Legend   []legendItem
	Patterns []pattern
	Ended    bool // whether the series are named at the right end

	columns []Column
	series  []Series
}

type gridLine struct{ Y, Text string }

// band is a grey area behind steps in a row without data.
type band struct {
	X, Width     string
	Middle, Text string // what is written on it, where there is room
}

// stack is the part of all columns that one series makes up.
type stack struct {
	paint
	Rects template.HTML
}

// link is the area of one column from top to bottom.
type link struct {
	Href, Title string
	Area        template.HTML
}

// label is a text at a share of the width.
type label struct {
	X, Y, Text string
	Minor      bool // to be left out where there is less room
}

// endLabel names a series beside the last column that holds anything.
type endLabel struct {
	paint
	X, Y, Name, Figure string
}

type legendItem struct {
	paint
	Name, Figure string
	Line         bool // the reference
}

func newPlot(f Frame, series []Series, columns []Column) *plot {
	p := &plot{
		Frame: f, Role: "img", Height: headroom + plotHeight + axisHeight,
		Top: headroom, Bottom: headroom + plotHeight, series: series, columns: columns,
	}
	for _, s := range series {
		p.Legend = append(p.Legend, legendItem{paint: p.paint(s.Look), Name: s.Name})
	}
	return p
}

// y is the height of a share of the plot.
func (p *plot) y(share float64) float64 { return float64(p.Bottom) - plotHeight*share }

// band returns the left end and the width of a step, in percent.
func (p *plot) band(i int) (x, width float64) {
	n := float64(len(p.columns))
	return 100 * float64(i) / n, 100 / n
}
