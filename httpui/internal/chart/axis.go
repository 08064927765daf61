package chart

import (
	"strconv"
	"unicode/utf8"
)

// runeWidth is the width of a letter in percent of the narrowest plot on which
// the style sheet shows texts that must fit, 56rem less the margins.
const runeWidth = 0.85

// fitting returns the first text that fits into a width in percent, or "".
func fitting(width float64, texts ...string) string {
	for _, t := range texts {
		if runeWidth*float64(utf8.RuneCountInString(t)) <= width {
			return t
		}
	}
	return ""
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
