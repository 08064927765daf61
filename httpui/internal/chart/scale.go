package chart

import (
	"math"
	"strconv"
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

// coordinate writes a position with at most two decimals.
func coordinate(v float64) string { return string(appendCoordinate(nil, v)) }

func appendCoordinate(b []byte, v float64) []byte {
	if math.Abs(v) < 0.005 {
		return append(b, '0')
	}
	b = strconv.AppendFloat(b, v, 'f', 2, 64)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	return b
}

// appendRect writes a rectangle: x and width in percent of the width there is,
// y and height in pixels. It holds nothing but numbers.
func appendRect(b []byte, x, y, width, height float64) []byte {
	b = append(b, `<rect x="`...)
	b = appendCoordinate(b, x)
	b = append(b, `%" y="`...)
	b = appendCoordinate(b, y)
	b = append(b, `" width="`...)
	b = appendCoordinate(b, width)
	b = append(b, `%" height="`...)
	b = appendCoordinate(b, height)
	return append(b, `"/>`...)
}
