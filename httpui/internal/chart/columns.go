package chart

import (
	"cmp"
	"html/template"
	"strings"
)

// Columns is a chart of stacked columns over time. A dashed line shows the
// period compared with.
type Columns struct {
	Frame
	Words   Words
	Series  []Series // from the bottom of the stack to its top
	Columns []Column

	// Reference names the period compared with; "" when there is none.
	Reference string

	// Tick writes the numbers of the axis in short. Nil writes them as Format
	// does.
	Tick func(int64) string
}

// Heights of a chart of columns, in pixels.
const (
	headroom   = 20  // over the plot, for the number of the highest column
	plotHeight = 200 // from the zero line to the highest grid line
	axisHeight = 24  // under the plot
)

// Table returns the data of the chart.
func (c Columns) Table() Table { return tableOf(c.Words, c.Series, c.Columns, c.Reference) }

// HTML draws the chart. It fails only when drawing itself does.
func (c Columns) HTML() (template.HTML, error) { return render("columns.html", c.view()) }

// view lays the chart out.
func (c Columns) view() *plot {
	grid := ticks(c.highest())
	top := grid[len(grid)-1]
	p := newPlot(c.Frame, c.Series, c.Columns)
	write := c.Tick
	if write == nil {
		write = c.number
	}
	for _, v := range grid {
		p.Grid = append(p.Grid, gridLine{coordinate(p.y(share(v, top))), write(v)})
	}
	p.stack(func(col Column, series int) float64 { return share(col.value(series), top) })
	p.bands(c.Words)
	p.links(c.columnTitle)
	p.axis()
	p.figures(top)
	if c.Reference != "" {
		p.reference(top)
	}
	for i := range c.Series {
		var n int64
		for _, col := range c.Columns {
			n += col.value(i)
		}
		p.Legend[i].Figure = c.number(n)
	}
	p.explain(c.Words, c.Reference)
	return p
}

func (c Columns) highest() int64 {
	var n int64
	for _, col := range c.Columns {
		n = max(n, col.sum(len(c.Series)), col.reference())
	}
	return n
}

// columnTitle says all that is known of a column.
func (c Columns) columnTitle(col Column) string {
	var b strings.Builder
	b.WriteString(col.Name)
	sep := ": "
	write := func(name, value string) {
		b.WriteString(sep)
		b.WriteString(name)
		if value != "" {
			b.WriteByte(' ')
			b.WriteString(value)
		}
		sep = ", "
	}
	if col.State != Gap || col.sum(len(c.Series)) != 0 {
		for i, s := range c.Series {
			write(s.Name, c.number(col.value(i)))
		}
	}
	if c.Reference != "" && col.HasReference {
		write(cmp.Or(col.ReferenceName, c.Reference), c.number(col.reference()))
	}
	if note := c.Words.note(col); note != "" {
		write(note, "")
	}
	return b.String()
}

// share is a part of a whole, from 0 to 1.
func share(part, whole int64) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
