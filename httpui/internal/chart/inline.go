package chart

import (
	"html/template"
	"strconv"
)

// Bar is a bar inside a cell of a table, beside the number it shows: a
// decoration that a screen reader passes over.
type Bar struct {
	Value int64
	Max   int64 // what fills the cell; the largest of the table
	Look  Look
}

// HTML draws the bar. It fails only when drawing itself does.
func (b Bar) HTML() (template.HTML, error) { return render("bar.html", b) }

// Ink is the class of the colour of the bar.
func (b Bar) Ink() string { return inkClass(b.Look % Looks) }

// Width is the length of the bar in percent. What is not zero can be seen.
func (b Bar) Width() string {
	if b.Value <= 0 {
		return "0"
	}
	return coordinate(min(100, max(0.5, 100*share(b.Value, b.Max))))
}

// Sparkline is a line inside a cell of a table: the course of one figure.
type Sparkline struct {
	// Values are in the order of time. A cell without a figure interrupts the
	// line; those at the end leave the place of what is to come.
	Values []Cell

	// Title names the line and says what it shows, since a screen reader has
	// nothing else of it. An empty one makes it decoration.
	Title string

	// Running says that the last figure is not final: it is dashed.
	Running bool
}

// sparkHeight and sparkStep are the measures of a sparkline's own coordinates,
// which are stretched over the cell.
const (
	sparkHeight = 24
	sparkStep   = 10
)

// HTML draws the line. It fails only when drawing itself does.
func (s Sparkline) HTML() (template.HTML, error) { return render("sparkline.html", s.view()) }

type sparkView struct {
	Title, ViewBox string
	Line           string // path of what is final
	Tail           string // path to the figure that is not
	Last           string // path of a dot on the last figure
}

func (s Sparkline) view() sparkView {
	v := sparkView{
		Title:   s.Title,
		ViewBox: "0 0 " + strconv.Itoa(max(1, len(s.Values)-1)*sparkStep) + " " + strconv.Itoa(sparkHeight),
	}
	end := len(s.Values)
	for end > 0 && s.Values[end-1].None {
		end--
	}
	if end == 0 {
		return v
	}
	v.Last = s.path(end-1, end)
	if !s.Running {
		v.Line = s.path(0, end)
		return v
	}
	v.Line, v.Tail = s.path(0, end-1), s.path(max(0, end-2), end)
	return v
}

// path draws the values from one index to another.
func (s Sparkline) path(from, to int) string {
	var highest int64
	for _, v := range s.Values {
		highest = max(highest, v.N)
	}
	const margin = 2
	var d []byte
	for i := from; i < to; i++ {
		v := s.Values[i]
		if v.None {
			continue
		}
		begins := i == from || s.Values[i-1].None
		command := byte('L')
		if begins {
			command = 'M'
		}
		d = append(d, command)
		d = strconv.AppendInt(d, int64(i*sparkStep), 10)
		d = append(d, ' ')
		d = append(d, coordinate(sparkHeight-margin-(sparkHeight-2*margin)*share(max(0, v.N), highest))...)
		if begins {
			d = append(d, "h0"...) // a value on its own is a dot
		}
	}
	return string(d)
}
