package chart

import (
	"html/template"
	"strconv"
)

// Bar is a bar inside a cell of a table, beside the number it shows.
type Bar struct {
	Value int64
	Max   int64 // what fills the cell; the largest of the table
	Look  Look

	// Title names the bar. Leave it empty where the number stands beside it:
	// then the bar is decoration and a screen reader passes over it.
	Title string
}

// HTML draws the bar. It fails only when drawing itself does.
func (b Bar) HTML() (template.HTML, error) { return render("bar.html", b) }

// Width is the length of the bar in percent. What is not zero can be seen.
func (b Bar) Width() string {
	if b.Value <= 0 {
		return "0"
	}
	return coordinate(min(100, max(0.5, 100*share(b.Value, b.Max))))
}

// Ink is the class of the colour.
func (b Bar) Ink() string { return inkClass(b.Look % Looks) }

// Sparkline is a line inside a cell of a table: the course of one figure.
type Sparkline struct {
	Values []Cell // a cell without a figure interrupts the line

	// Title names the line and says what it shows, since a screen reader has
	// nothing else of it. An empty one makes it decoration.
	Title string

	// Running says that the last value is not final: it is dashed.
	Running bool
}

// sparkHeight and sparkStep are the measures of a sparkline's own coordinates,
// which are stretched over the cell.
const (
	sparkHeight = 24
	sparkStep   = 10
)

// HTML draws the line. It fails only when drawing itself does.
func (s Sparkline) HTML() (template.HTML, error) { return render("sparkline.html", s) }

// Table returns the values under their numbers, from 1 on.
func (s Sparkline) Table() Table {
	rows := make([]Row, len(s.Values))
	for i, v := range s.Values {
		rows[i] = Row{Label: strconv.Itoa(i + 1), Cells: []Cell{v}}
	}
	return newTable([]string{"", s.Title}, rows)
}

// ViewBox spans the values and a margin for the width of the line.
func (s Sparkline) ViewBox() string {
	return "0 0 " + strconv.Itoa(max(1, len(s.Values)-1)*sparkStep) + " " + strconv.Itoa(sparkHeight)
}

// line draws the values from one index to another.
func (s Sparkline) line(from, to int) string {
	var d []byte
	var highest int64
	for _, v := range s.Values {
		highest = max(highest, v.N)
	}
	const margin = 2
	drawn := false
	for i := from; i < to; i++ {
		v := s.Values[i]
		if v.None {
			drawn = false
			continue
		}
		command := byte('M')
		if drawn {
			command = 'L'
		}
		d = append(d, command)
		d = strconv.AppendInt(d, int64(i*sparkStep), 10)
		d = append(d, ' ')
		d = appendCoordinate(d, sparkHeight-margin-(sparkHeight-2*margin)*share(max(0, v.N), highest))
		if !drawn {
			d = append(d, "h0"...) // a value on its own is a dot
		}
		drawn = true
	}
	return string(d)
}

// Line is the path of what is final.
func (s Sparkline) Line() string {
	if s.Running {
		return s.line(0, len(s.Values)-1)
	}
	return s.line(0, len(s.Values))
}

// Tail is the path to the value that is not final.
func (s Sparkline) Tail() string {
	if !s.Running || len(s.Values) == 0 {
		return ""
	}
	return s.line(max(0, len(s.Values)-2), len(s.Values))
}

// Last is the path of a dot on the last value.
func (s Sparkline) Last() string {
	if len(s.Values) == 0 {
		return ""
	}
	return s.line(len(s.Values)-1, len(s.Values))
}
