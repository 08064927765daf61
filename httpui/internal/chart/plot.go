package chart

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
)

// Heights of a chart of columns, in pixels.
const (
	headroom   = 20  // over the plot, for the number of the highest column
	plotHeight = 200 // from the zero line to the highest grid line
	axisHeight = 24  // under the plot
	zeroLine   = headroom + plotHeight
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
	Running  []template.HTML // rectangles over the columns that are not over
	Line     string          // path of the reference line
	LineBox  string          // its viewBox
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
	Rects []template.HTML
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
		Frame: f, Role: "img", Height: zeroLine + axisHeight,
		Top: headroom, Bottom: zeroLine, series: series, columns: columns,
	}
	for _, s := range series {
		p.Legend = append(p.Legend, legendItem{paint: p.paint(s.Look), Name: s.Name})
	}
	return p
}

// y is the height of a share of the plot.
func (p *plot) y(share float64) float64 { return zeroLine - plotHeight*share }

// band returns the left end and the width of a step, in percent.
func (p *plot) band(i int) (x, width float64) {
	n := float64(len(p.columns))
	return 100 * float64(i) / n, 100 / n
}

// rect is a rectangle: x and width in percent of the width there is, y and
// height in pixels.
func rect(x, y, width, height float64) template.HTML {
	text := fmt.Sprintf(`<rect x="%s%%" y="%s" width="%s%%" height="%s"/>`,
		coordinate(x), coordinate(y), coordinate(width), coordinate(height))
	return template.HTML(text) //nolint:gosec // nothing but numbers
}

// Shares of a step that its column fills, and the widest a column may be, in
// percent: a single column should not be a wall.
const (
	columnShare  = 0.74
	columnWidest = 12.0
)

// seam is left free between two stacked parts, and least is how high a part
// that is not zero is at least, both in pixels.
const (
	seam  = 1.5
	least = 1.0
)

// stack draws the columns; height gives the share of the plot of a part.
func (p *plot) stack(height func(c Column, series int) float64) {
	for _, s := range p.series {
		p.Stacks = append(p.Stacks, stack{paint: p.paint(s.Look)})
	}
	for i, c := range p.columns {
		x, step := p.band(i)
		width := min(columnShare*step, columnWidest)
		x += (step - width) / 2
		y := float64(zeroLine)
		for s := range p.series {
			if c.value(s) == 0 {
				continue
			}
			h := max(least, plotHeight*height(c, s))
			y -= h
			if h > 2*seam && y+h < zeroLine {
				h -= seam
			}
			p.Stacks[s].Rects = append(p.Stacks[s].Rects, rect(x, y, width, h))
		}
		if c.State == Running && y < zeroLine {
			p.Running = append(p.Running, rect(x, y, width, zeroLine-y))
		}
	}
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
		word := w.word(c.State)
		p.Bands = append(p.Bands, band{
			X: coordinate(x), Width: coordinate(width), Middle: coordinate(x + width/2),
			Text: fitting(width, w.note(c), c.Reason, word),
		})
		if word != "" && !slices.Contains(p.Grey, word) {
			p.Grey = append(p.Grey, word)
		}
		i = end
	}
}

// links lays one area over each column. Without an address it only has a
// title.
func (p *plot) links(title func(Column) string) {
	for i, c := range p.columns {
		x, width := p.band(i)
		p.Links = append(p.Links, link{c.Href, title(c), rect(x, headroom, width, plotHeight)})
		if c.Href != "" {
			p.Role = "group"
		}
	}
}

func (p *plot) axis() {
	every := labelled(len(p.columns), mostLabels)
	shown := (len(p.columns) + every - 1) / every
	major := labelled(shown, mostNarrowLabels)
	for i := 0; i < len(p.columns); i += every {
		x, width := p.band(i)
		p.Labels = append(p.Labels, label{
			X: coordinate(x + width/2), Y: strconv.Itoa(zeroLine + 17), Text: p.columns[i].Label,
			Minor: i/every%major != 0,
		})
	}
}

// mostFigures is of how many columns all can carry their sum: more would hide
// the line they are compared with.
const mostFigures = 13

// figures writes the sum over the highest column, and over all where there are
// few and there is room; top is the value of the highest grid line.
func (p *plot) figures(top int64) {
	best, highest := -1, int64(0)
	for i, col := range p.columns {
		if n := col.sum(len(p.series)); n > highest {
			best, highest = i, n
		}
	}
	for i, col := range p.columns {
		n := col.sum(len(p.series))
		x, width := p.band(i)
		text := p.number(n)
		if n == 0 || (i != best && (len(p.columns) > mostFigures || fitting(width, text) == "")) {
			continue
		}
		p.Figures = append(p.Figures, label{
			X: coordinate(x + width/2), Y: coordinate(p.y(share(n, top)) - 6),
			Text: text, Minor: i != best,
		})
	}
}

// lineStep is the width of a step in the coordinates of the reference line,
// which are stretched over the plot.
const lineStep = 10

// reference draws the sum compared with as a line of steps.
func (p *plot) reference(top int64) {
	var d []byte
	for i, c := range p.columns {
		if !c.HasReference {
			continue
		}
		if i > 0 && p.columns[i-1].HasReference {
			d = append(d, 'V')
		} else {
			d = fmt.Appendf(d, "M%d ", i*lineStep)
		}
		d = fmt.Appendf(d, "%sH%d", coordinate(plotHeight*(1-share(c.reference(), top))), (i+1)*lineStep)
	}
	p.Line = string(d)
	p.LineBox = fmt.Sprintf("0 0 %d %d", max(1, len(p.columns))*lineStep, plotHeight)
}

// endSpace is the least distance of two labels at the right end, in pixels.
const endSpace = 15.0

// ends names the series beside the last column that holds anything, each at
// the height of its part, or as near as the others leave room. Their figures
// are of all columns together: the last may have only just begun.
func (p *plot) ends(percent func(float64) string) {
	last := len(p.columns) - 1
	for last >= 0 && p.columns[last].sum(len(p.series)) == 0 {
		last--
	}
	if last < 0 {
		return
	}
	p.Ended = true
	ys := make([]float64, len(p.series))
	below := zeroLine + endSpace // y of the label under this one
	level := 0.0
	for i := range p.series {
		part := p.columns[last].part(i, len(p.series))
		ys[i] = min(p.y(level+part/2)+4, below-endSpace)
		below = ys[i]
		level += part
	}
	// Labels that rose above the plot are pushed down again.
	above := headroom + 4 - endSpace
	for i, y := range slices.Backward(ys) {
		ys[i] = max(y, above+endSpace)
		above = ys[i]
	}
	sum := whole(p.series, p.columns)
	x, width := p.band(last)
	for i, series := range p.series {
		p.Ends = append(p.Ends, endLabel{
			paint: p.paint(series.Look), X: coordinate(x + width), Y: coordinate(ys[i] - 4),
			Name: series.Name, Figure: percent(sum.part(i, len(p.series))),
		})
	}
}

// explain adds to the legend what is not a series.
func (p *plot) explain(w Words, reference string) {
	if p.Line != "" {
		p.Legend = append(p.Legend, legendItem{Name: reference, Line: true})
	}
	if p.Running != nil && w.Running != "" {
		p.Legend = append(p.Legend, legendItem{Name: w.Running, paint: paint{Class: inkClass(Blue), Over: p.ID + "-running"}})
	}
	if len(p.Grey) > 0 {
		p.Legend = append(p.Legend, legendItem{Name: strings.Join(p.Grey, " / "), paint: paint{Class: "chart-gap"}})
	}
}
