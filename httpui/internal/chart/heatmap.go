package chart

import (
	"html/template"
	"strconv"
)

// HeatMap shows one number for each pair of a row and a column, the more the
// darker: weekday by hour.
type HeatMap struct {
	Frame
	Rows    []string  // names from the top down, such as Monday
	Short   []string  // the same in short, for a narrow screen
	Columns []string  // names from the left, such as 10–11
	Labels  []string  // of the columns, for the axis; "" for none
	Cells   [][]int64 // by row, then column, 0 and more

	Corner     string // the head of the first column of the table
	Total      string // the head of the sums
	Less, More string // the ends of the scale
}

// Shades is the number of steps from nothing to the highest number.
const Shades = 5

const heatRow = 24 // height of a row, in pixels

// Table returns the data with the columns of the chart as its rows, which fits
// a page better: a row for each hour, a column for each weekday.
func (h HeatMap) Table() Table {
	head := append([]string{h.Corner}, h.Rows...)
	head = append(head, h.Total)
	rows := make([]Row, len(h.Columns))
	for j, name := range h.Columns {
		var cells []Cell
		var sum int64
		for _, row := range h.Cells {
			cells = append(cells, Cell{N: row[j]})
			sum += row[j]
		}
		rows[j] = Row{Label: name, Cells: append(cells, Cell{N: sum})}
	}
	return newTable(head, rows)
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
	Shades     int // with that of nothing
}

type heatLine struct {
	Y, Name, Short string
	Cells          []heatCell
}

type heatCell struct {
	X, Y, Width string
	Shade       int
	Title       string
}

func (h HeatMap) view() heatView {
	var highest int64
	for _, row := range h.Cells {
		for _, n := range row {
			highest = max(highest, n)
		}
	}
	v := heatView{
		Frame: h.Frame, Height: heatRow*len(h.Rows) + axisHeight,
		Less: h.Less, More: h.More, Highest: h.number(highest), Shades: Shades + 1,
	}
	step := 100 / float64(max(1, len(h.Columns)))
	for i, row := range h.Cells {
		line := heatLine{Y: strconv.Itoa(i*heatRow + heatRow/2 + 3), Name: h.Rows[i], Short: h.Short[i]}
		for j, n := range row {
			line.Cells = append(line.Cells, heatCell{
				X: coordinate(float64(j) * step), Y: strconv.Itoa(i * heatRow), Width: coordinate(step),
				Shade: shade(n, highest), Title: h.Rows[i] + " " + h.Columns[j] + ": " + h.number(n),
			})
		}
		v.Rows = append(v.Rows, line)
	}
	for j, text := range h.Labels {
		if text != "" {
			v.Labels = append(v.Labels, label{
				X: coordinate((float64(j) + 0.5) * step), Y: strconv.Itoa(len(h.Rows)*heatRow + 16), Text: text,
			})
		}
	}
	return v
}

// shade is 0 for nothing, then rises in equal steps.
func shade(n, highest int64) int {
	if n == 0 {
		return 0
	}
	return min(Shades, 1+int(Shades*share(n-1, highest)))
}
