package chart

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// wantedTicks is about how many grid lines stand over the zero line.
const wantedTicks = 4

// ticks returns the values of the grid lines from 0 up to the first one that
// is not below highest: whole numbers a person would choose, four or five of
// them.
func ticks(highest int64) []int64 {
	if highest <= 0 {
		return []int64{0, 1}
	}
	step := niceStep(float64(highest) / wantedTicks)
	list := []int64{0}
	for v := step; ; v += step {
		list = append(list, v)
		if v >= highest || v > math.MaxInt64-step {
			return list
		}
	}
}

// niceStep rounds up to 1, 2 or 5 times a power of ten; 2.5 times from 25 on,
// where it is whole.
func niceStep(least float64) int64 {
	for power := int64(1); ; power *= 10 {
		for _, m := range []float64{1, 2, 2.5, 5} {
			step := m * float64(power)
			if step >= least && step == math.Trunc(step) {
				return int64(step)
			}
		}
		if power > math.MaxInt64/10 { // the next power would overflow
			return math.MaxInt64 / wantedTicks
		}
	}
}

// labelled returns of how many columns one gets a label, so that most at most
// do. It prefers what divides hours, weeks and years.
func labelled(columns, most int) int {
	for _, every := range []int{1, 2, 3, 4, 6, 7, 12, 14, 24, 28, 52} {
		if (columns+every-1)/every <= most {
			return every
		}
	}
	return (columns + most - 1) / most
}

// Most labels of the axis on a wide and on a narrow screen.
const (
	mostLabels       = 13
	mostNarrowLabels = 5
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

// coordinate writes a position with at most two decimals.
func coordinate(v float64) string {
	s := strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0")
	if s = strings.TrimSuffix(s, "."); s == "-0" {
		return "0"
	}
	return s
}

// share is a part of a whole, from 0 to 1.
func share(part, whole int64) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
