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
func (b Bar) HTML() (template.HTML, error) {
	return render("bar.html", barView{b.Title, inkClass(b.Look % Looks), b.width()})
}

type barView struct{ Title, Ink, Width string }

// width is the length of the bar in percent. What is not zero can be seen.
func (b Bar) width() string {
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
