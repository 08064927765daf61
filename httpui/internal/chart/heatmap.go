package chart

import (
	"html/template"
	"strconv"
)

// HeatMap shows one number for each pair of a row and a column, the more the
// darker: weekday by hour.
type HeatMap struct {
	Frame
	Rows    []string // names from the top down, such as Monday
	Short   []string // the same in short, for a narrow screen; may be nil
	Columns []string // names from the left, such as 10–11
	Labels  []string // for the axis, in the place of some Columns; "" for none; may be nil
	Cells   [][]Cell // by row, then column

	Corner     string // the head of the first column of the table
	Total      string // the head of the sums
	Less, More string // the ends of the scale
}

// Shades is the number of steps from nothing to the highest number.
const Shades = 5

const (
	heatRow   = 24 // height of a row, in pixels
	heatSpace = 2
)

// Table returns the data with the columns of the chart as its rows, which fits
// a page better: a row for each hour, a column for each weekday.
func (h HeatMap) Table() Table {
	head := append([]string{h.Corner}, h.Rows...)
	if h.Total != "" {
		head = append(head, h.Total)
	}
	rows := make([]Row, len(h.Columns))
	for j, name := range h.Columns {
		cells := make([]Cell, 0, len(head)-1)
		sum := Cell{None: true}
		for i := range h.Rows {
			c := h.cell(i, j)
			cells = append(cells, c)
			sum.N += c.N
			sum.None = sum.None && c.None
		}
		if h.Total != "" {
			cells = append(cells, sum)
		}
		rows[j] = Row{Label: name, Cells: cells}
	}
	return newTable(head, rows)
}

// cell returns a figure; what is missing has none.
func (h HeatMap) cell(row, column int) Cell {
	if row >= len(h.Cells) || column >= len(h.Cells[row]) || h.Cells[row][column].None {
		return Cell{None: true}
	}
	return Cell{N: max(0, h.Cells[row][column].N)}
}

// HTML draws the chart. It fails only when drawing itself does.
func (h HeatMap) HTML() (template.HTML, error) { return render("heatmap.html", h.view()) }

type heatView struct {
	Frame
	Height     int
	Rows       []heatLine
	Labels     []label
	Less, More string
	Highest    string
	Shades     []int
}

type heatLine struct {
	Y, Name, Short string
	Cells          []heatCell
}

type heatCell struct {
	X, Y, Width string
	Shade       int // -1 where there is no figure
	Title       string
}

func (h HeatMap) view() heatView {
	v := heatView{
		Frame: h.Frame, Height: heatRow*len(h.Rows) + axisHeight,
		Less: h.Less, More: h.More, Shades: make([]int, Shades+1),
	}
	for i := range v.Shades {
		v.Shades[i] = i
	}
	var highest int64
	for i := range h.Rows {
		for j := range h.Columns {
			highest = max(highest, h.cell(i, j).N)
		}
	}
	v.Highest = h.number(highest)
	step := 100 / float64(max(1, len(h.Columns)))
	for i, name := range h.Rows {
		line := heatLine{Y: strconv.Itoa(i*heatRow + heatRow/2 + 3), Name: name, Short: name}
		if i < len(h.Short) {
			line.Short = h.Short[i]
		}
		for j, column := range h.Columns {
			c := h.cell(i, j)
			figure := "–"
			if !c.None {
				figure = h.number(c.N)
			}
			line.Cells = append(line.Cells, heatCell{
				X: coordinate(float64(j) * step), Y: strconv.Itoa(i * heatRow), Width: coordinate(step),
				Shade: shade(c, highest), Title: name + " " + column + ": " + figure,
			})
		}
		v.Rows = append(v.Rows, line)
	}
	for j := range h.Columns {
		if text := h.label(j); text != "" {
			v.Labels = append(v.Labels, label{
				X: coordinate((float64(j) + 0.5) * step), Y: strconv.Itoa(len(h.Rows)*heatRow + 16), Text: text,
			})
		}
	}
	return v
}

func (h HeatMap) label(column int) string {
	if h.Labels == nil {
		return h.Columns[column]
	}
	if column < len(h.Labels) {
		return h.Labels[column]
	}
	return ""
}

// shade is 0 for nothing, then rises in equal steps.
func shade(c Cell, highest int64) int {
	if c.None {
		return -1
	}
	if c.N == 0 {
		return 0
	}
	return min(Shades, 1+int(Shades*share(c.N-1, highest)))
}
