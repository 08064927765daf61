package chart

import (
	"cmp"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// Words are the words that a chart puts into titles and tables, in the
// language of the page. An empty one is left out.
type Words struct {
	Step    string // what a row of the table is: time
	Total   string // the sum of the series
	Running string // the step is not over yet
	Gap     string // there is no data for the step
	Partial string // some of the data is missing
}

// Series is one part of every column.
type Series struct {
	Name string
	Look Look
}

// State says how far a step can be trusted.
type State uint8

// The states of a step.
const (
	Complete State = iota
	Running        // not over yet: its column is hatched
	Partial        // some of the data is missing: a grey band behind its column
	Gap            // no data: a grey band in place of its column
)

// word is that of a state, "" for one of which there is nothing to say.
func (w Words) word(s State) string {
	switch s {
	case Running:
		return w.Running
	case Partial:
		return w.Partial
	case Gap:
		return w.Gap
	}
	return ""
}

// Column is one step of a chart.
type Column struct {
	Label  string  // short, for the axis
	Name   string  // in full, for titles and the table
	Href   string  // where its link leads; "" for no link
	Values []int64 // one for each series, 0 and more

	// Reference is the sum of the same step of the period compared with,
	// where HasReference is set. ReferenceName names that step; "" leaves it
	// with the name of the period.
	Reference     int64
	ReferenceName string
	HasReference  bool

	State  State
	Reason string // why the step is Partial or Gap
}

// value returns the value of a series; what is missing or negative counts as 0.
func (c Column) value(series int) int64 {
	if series >= len(c.Values) {
		return 0
	}
	return max(0, c.Values[series])
}

// sum adds up the values of that many series.
func (c Column) sum(series int) int64 {
	var n int64
	for i := range series {
		n += c.value(i)
	}
	return n
}

func (c Column) reference() int64 {
	if !c.HasReference {
		return 0
	}
	return max(0, c.Reference)
}

// part is the share of one of that many series in the column.
func (c Column) part(i, series int) float64 { return share(c.value(i), c.sum(series)) }

// note says in words what state a column is in.
func (w Words) note(c Column) string {
	if c.State == Complete {
		return ""
	}
	return noted(w.word(c.State), c.Reason)
}

// noted is a word with its reason; either may be missing.
func noted(word, reason string) string {
	if word == "" || reason == "" {
		return word + reason
	}
	return word + ": " + reason
}

// title says all that is known of a column: its parts and its note.
func (w Words) title(c Column, parts []string) string {
	if note := w.note(c); note != "" {
		parts = append(parts, note)
	}
	return noted(c.Name, strings.Join(parts, ", "))
}

// tableOf is the table of a chart of columns: the series, their sum, and the
// period compared with where it has a name.
func tableOf(w Words, series []Series, columns []Column, reference string) Table {
	head := []string{w.Step}
	for _, s := range series {
		head = append(head, s.Name)
	}
	head = append(head, w.Total)
	if reference != "" {
		head = append(head, reference)
	}
	rows := make([]Row, len(columns))
	for i, c := range columns {
		sum := c.sum(len(series))
		none := c.State == Gap && sum == 0
		var cells []Cell
		for s := range series {
			cells = append(cells, Cell{c.value(s), none})
		}
		cells = append(cells, Cell{sum, none})
		if reference != "" {
			cells = append(cells, Cell{c.reference(), !c.HasReference})
		}
		rows[i] = Row{Label: c.Name, Href: c.Href, Note: w.note(c), Cells: cells}
	}
	return newTable(head, rows)
}

// whole is the sum of all columns, as a column.
func whole(series []Series, columns []Column) Column {
	sum := Column{Values: make([]int64, len(series))}
	for _, c := range columns {
		for i := range series {
			sum.Values[i] += c.value(i)
		}
	}
	return sum
}

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

// Table returns the data of the chart.
func (c Columns) Table() Table { return tableOf(c.Words, c.Series, c.Columns, c.Reference) }

// HTML draws the chart. It fails only when drawing itself does.
func (c Columns) HTML() (template.HTML, error) { return render("columns.html", c.view()) }

// view lays the chart out.
func (c Columns) view() *plot {
	var highest int64
	for _, col := range c.Columns {
		highest = max(highest, col.sum(len(c.Series)), col.reference())
	}
	grid := ticks(highest)
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
	sum := whole(c.Series, c.Columns)
	for i := range c.Series {
		p.Legend[i].Figure = c.number(sum.value(i))
	}
	p.explain(c.Words, c.Reference)
	return p
}

func (c Columns) columnTitle(col Column) string {
	var parts []string
	if col.State != Gap || col.sum(len(c.Series)) != 0 {
		for i, s := range c.Series {
			parts = append(parts, s.Name+" "+c.number(col.value(i)))
		}
	}
	if c.Reference != "" && col.HasReference {
		parts = append(parts, cmp.Or(col.ReferenceName, c.Reference)+" "+c.number(col.reference()))
	}
	return c.Words.title(col, parts)
}

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
	p.stack(func(c Column, series int) float64 { return c.part(series, len(s.Series)) })
	p.bands(s.Words)
	p.links(s.columnTitle)
	p.axis()
	p.ends(s.percent)
	p.explain(s.Words, "")
	return p
}

func (s Share) columnTitle(c Column) string {
	var parts []string
	for i, series := range s.Series {
		if n := c.value(i); n > 0 {
			parts = append(parts, series.Name+" "+s.percent(c.part(i, len(s.Series)))+" ("+s.number(n)+")")
		}
	}
	if parts == nil && s.Words.note(c) == "" {
		parts = []string{s.number(0)}
	}
	return s.Words.title(c, parts)
}
