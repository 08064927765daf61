package chart

import (
	"html/template"
	"math"
	"strconv"
	"strings"
)

// Share is a chart of columns that are all 100 per cent high: how the parts of
// a whole shift over time. Columns without anything in them stay empty.
type Share struct {
	Frame
	Words   Words
	Series  []Series // from the bottom of the stack to its top
	Columns []Column // Reference is not used

	// Percent writes a share from 0 to 1. Nil writes whole per cent.
	Percent func(float64) string
}

// Table returns the data of the chart, in numbers and not in shares.
func (s Share) Table() Table { return tableOf(s.Words, s.Series, s.Columns, "") }

// HTML draws the chart. It fails only when drawing itself does.
func (s Share) HTML() (template.HTML, error) { return render("columns.html", s.view()) }

func (s Share) percent(v float64) string {
	if s.Percent == nil {
		return strconv.Itoa(int(math.Round(100*v))) + "%"
	}
	return s.Percent(v)
}

func (s Share) view() *plot {
	p := newPlot(s.Frame, s.Series, s.Columns)
	for _, v := range []int{0, 25, 50, 75, 100} {
		p.Grid = append(p.Grid, gridLine{coordinate(p.y(float64(v) / 100)), strconv.Itoa(v) + "%"})
	}
	part := func(c Column, series int) float64 { return share(c.value(series), c.sum(len(s.Series))) }
	p.stack(part)
	p.bands(s.Words)
	p.links(s.columnTitle)
	p.axis()
	p.ends(s.percent, part)
	p.explain(s.Words, "")
	return p
}

func (s Share) columnTitle(c Column) string {
	parts := make([]string, 0, len(s.Series)+1)
	if sum := c.sum(len(s.Series)); sum > 0 {
		for i, series := range s.Series {
			if n := c.value(i); n > 0 {
				parts = append(parts, series.Name+" "+s.percent(share(n, sum))+" ("+s.number(n)+")")
			}
		}
	}
	if note := s.Words.note(c); note != "" {
		parts = append(parts, note)
	}
	if len(parts) == 0 {
		parts = append(parts, s.number(0))
	}
	return c.Name + ": " + strings.Join(parts, ", ")
}

// endSpace is the least distance of two labels at the right end, in pixels.
const endSpace = 15.0

// ends names the series beside the last column that holds anything, each at
// the height of its part, or as near as the others leave room. Their figures
// are of all columns together: the last may have only just begun.
func (p *plot) ends(percent func(float64) string, part func(Column, int) float64) {
	last := len(p.columns) - 1
	for last >= 0 && p.columns[last].sum(len(p.series)) == 0 {
		last--
	}
	if last < 0 {
		return
	}
	p.Ended = true
	ys := make([]float64, len(p.series))
	below := float64(p.Bottom) + endSpace // y of the label under this one
	level := 0.0
	for i := range p.series {
		v := part(p.columns[last], i)
		ys[i] = min(p.y(level+v/2)+4, below-endSpace)
		below = ys[i]
		level += v
	}
	// Labels that rose above the plot are pushed down again.
	above := float64(p.Top) + 4 - endSpace
	for i := len(ys) - 1; i >= 0; i-- {
		ys[i] = max(ys[i], above+endSpace)
		above = ys[i]
	}
	whole := Column{Values: make([]int64, len(p.series))}
	for _, c := range p.columns {
		for i := range p.series {
			whole.Values[i] += c.value(i)
		}
	}
	x, width := p.band(last)
	for i, series := range p.series {
		p.Ends = append(p.Ends, endLabel{
			paint: p.paint(series.Look), X: coordinate(x + width), Y: coordinate(ys[i] - 4),
			Name: series.Name, Figure: percent(part(whole, i)),
		})
	}
}
