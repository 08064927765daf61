package chart

import (
	"slices"
	"strconv"
)

// Look is the colour and the pattern of a series.
type Look uint8

// The looks. Each has its own pattern, so that they differ without colour.
const (
	Blue   Look = iota // plain
	Green              // rising lines
	Orange             // falling lines
	Grey               // dots
	Ochre              // level lines
	Pale               // crossed lines

	// Looks is the number of looks.
	Looks = iota
)

// What happened always looks the same.
const (
	Success = Blue
	Failure = Orange
)

// paint is how an area is filled: by a class, or a pattern of that id; and the
// pattern that is laid over it.
type paint struct{ Class, Pattern, Over string }

// pattern is one that this chart uses.
type pattern struct {
	ID   string
	Look Look
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

// Weave is the path that is laid over the colour of a look, in a tile of 6 by
// 6 pixels.
func (p pattern) Weave() string {
	switch p.Look {
	case Green:
		return "M-1 1L1 -1M-1 7L7 -1M5 7L7 5"
	case Orange:
		return "M-1 5L1 7M-1 -1L7 7M5 -1L7 1"
	case Grey:
		return "M1.5 1.5h0M4.5 4.5h0"
	case Ochre:
		return "M0 1.5H6M0 4.5H6"
	case Pale:
		return "M0 3H6M3 0V6"
	}
	return ""
}
