package chart

import (
	"html/template"
	"slices"
)

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
