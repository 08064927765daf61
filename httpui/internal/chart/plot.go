package chart

import (
	"html/template"
	"slices"
	"strconv"
	"unicode/utf8"
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
	Grey     bool // whether there are bands
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
type band struct{ X, Width, Middle, Title, Text string }

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
	Minor      bool // to be left out on a narrow screen
}

// endLabel names a series at the right end of its columns.
type endLabel struct {
	paint
	Y, Name, Figure string
}

type legendItem struct {
	paint
	Name, Figure string
	Line         bool // the reference
}

// explain adds to the legend what is not a series.
func (p *plot) explain(w Words, reference string) {
	if p.Line != "" {
		p.Legend = append(p.Legend, legendItem{Name: reference, Line: true})
	}
	if p.Running != "" && w.Running != "" {
		p.Legend = append(p.Legend, legendItem{Name: w.Running, paint: paint{Class: "chart-ink-1", Over: p.ID + "-running"}})
	}
	if p.Grey && w.Gap != "" {
		p.Legend = append(p.Legend, legendItem{Name: w.Gap, paint: paint{Class: "chart-gap"}})
	}
}

// paint is how an area is filled: by a class, or a pattern of that id; and the
// pattern that is laid over it.
type paint struct{ Class, Pattern, Over string }

// pattern is one that this chart uses.
type pattern struct {
	ID   string
	Look Look
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

// paint returns how a look is filled and keeps the pattern it takes.
func (p *plot) paint(l Look) paint {
	l %= Looks
	if l == Blue {
		return paint{Class: inkClass(l)}
	}
	pt := pattern{p.ID + "-p" + strconv.Itoa(int(l)), l}
	if !slices.Contains(p.Patterns, pt) {
		p.Patterns = append(p.Patterns, pt)
	}
	return paint{Pattern: pt.ID}
}

func inkClass(l Look) string { return "chart-ink-" + strconv.Itoa(int(l)+1) }

// Ink is the class of the colour of a pattern.
func (p pattern) Ink() string { return inkClass(p.Look) }

// y is the height of a share of the plot.
func (p *plot) y(share float64) float64 { return float64(p.Bottom) - plotHeight*share }

// band returns the left end and the width of a step, in percent.
func (p *plot) band(i int) (x, width float64) {
	n := float64(len(p.columns))
	return 100 * float64(i) / n, 100 / n
}

// Shares of a step that its column fills, and the widest a column may be, in
// percent: a single column should not be a wall.
const (
	columnShare  = 0.74
	columnWidest = 12.0
)

func (p *plot) column(i int) (x, width float64) {
	x, step := p.band(i)
	width = min(columnShare*step, columnWidest)
	return x + (step-width)/2, width
}

// seam is left free between two stacked parts, and least is how high a part
// that is not zero is at least, both in pixels.
const (
	seam  = 1.5
	least = 1.0
)

// stack draws the columns; height gives the share of the plot of a part.
func (p *plot) stack(height func(c Column, series int) float64) {
	rects := make([][]byte, len(p.series))
	var running []byte
	for i, c := range p.columns {
		x, width := p.column(i)
		y := float64(p.Bottom)
		for s := range p.series {
			if c.value(s) == 0 {
				continue
			}
			h := max(least, plotHeight*height(c, s))
			y -= h
			if h > 2*seam && y+h < float64(p.Bottom) {
				h -= seam
			}
			rects[s] = appendRect(rects[s], x, y, width, h)
		}
		if c.State == Running && y < float64(p.Bottom) {
			running = appendRect(running, x, y, width, float64(p.Bottom)-y)
		}
	}
	for s, series := range p.series {
		p.Stacks = append(p.Stacks, stack{p.paint(series.Look), template.HTML(rects[s])}) //nolint:gosec // numbers only
	}
	p.Running = template.HTML(running) //nolint:gosec // numbers only
}

// runeWidth is the width of a letter in percent of the narrowest plot on which
// bands are labelled.
const runeWidth = 0.75

// fitting returns the first text that fits into a width in percent, or "".
func fitting(width float64, texts ...string) string {
	for _, t := range texts {
		if runeWidth*float64(utf8.RuneCountInString(t)) <= width {
			return t
		}
	}
	return ""
}

// bands joins neighbouring steps that lack data for the same reason.
func (p *plot) bands(w Words) {
	for i := 0; i < len(p.columns); {
		c := p.columns[i]
		end := i + 1
		if c.State != Gap && c.State != Partial {
			i = end
			continue
		}
		for end < len(p.columns) && p.columns[end].State == c.State && p.columns[end].Reason == c.Reason {
			end++
		}
		x, width := p.band(i)
		width *= float64(end - i)
		word := w.Gap
		if c.State == Partial {
			word = w.Partial
		}
		note := w.note(c)
		p.Bands = append(p.Bands, band{
			X: coordinate(x), Width: coordinate(width), Middle: coordinate(x + width/2),
			Title: note, Text: fitting(width, note, c.Reason, word),
		})
		p.Grey = true
		i = end
	}
}

// links lays one area over each column. Without an address it only has a
// title.
func (p *plot) links(title func(Column) string) {
	p.Links = make([]link, 0, len(p.columns))
	for i, c := range p.columns {
		x, width := p.band(i)
		area := appendRect(nil, x, float64(p.Top), width, plotHeight)
		p.Links = append(p.Links, link{c.Href, title(c), template.HTML(area)}) //nolint:gosec // numbers only
		if c.Href != "" {
			p.Role = "group"
		}
	}
}

// Most labels of the axis on a wide and on a narrow screen.
const (
	mostLabels       = 13
	mostNarrowLabels = 5
)

func (p *plot) axis() {
	every := labelled(len(p.columns), mostLabels)
	shown := (len(p.columns) + every - 1) / every
	major := labelled(shown, mostNarrowLabels)
	for i := 0; i < len(p.columns); i += every {
		x, width := p.band(i)
		p.Labels = append(p.Labels, label{
			X: coordinate(x + width/2), Y: strconv.Itoa(p.Bottom + 17), Text: p.columns[i].Label,
			Minor: i/every%major != 0,
		})
	}
}

// figures writes the sum over the highest column, and over all where there are
// few; top is the value of the highest grid line.
func (p *plot) figures(top int64) {
	best, highest := -1, int64(0)
	for i, col := range p.columns {
		if n := col.sum(len(p.series)); n > highest {
			best, highest = i, n
		}
	}
	for i, col := range p.columns {
		n := col.sum(len(p.series))
		if n == 0 || (i != best && len(p.columns) > mostLabels) {
			continue
		}
		x, width := p.band(i)
		p.Figures = append(p.Figures, label{
			X: coordinate(x + width/2), Y: coordinate(p.y(share(n, top)) - 6),
			Text: p.number(n), Minor: i != best,
		})
	}
}

// lineStep is the width of a step in the coordinates of the reference line,
// which are stretched over the plot.
const lineStep = 10

// reference draws the sum compared with as a line of steps.
func (p *plot) reference(top int64) {
	var d []byte
	drawn := false
	for i, c := range p.columns {
		if !c.HasReference {
			drawn = false
			continue
		}
		y := plotHeight * (1 - share(c.reference(), top))
		if drawn {
			d = append(d, 'V')
		} else {
			d = append(d, 'M')
			d = strconv.AppendInt(d, int64(i)*lineStep, 10)
			d = append(d, ' ')
		}
		d = appendCoordinate(d, y)
		d = append(d, 'H')
		d = strconv.AppendInt(d, int64(i+1)*lineStep, 10)
		drawn = true
	}
	p.Line = string(d)
	p.LineBox = "0 0 " + strconv.Itoa(max(1, len(p.columns))*lineStep) + " " + strconv.Itoa(plotHeight)
}
