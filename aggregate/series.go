package aggregate

import "time"

// Point is one step of a series.
type Point struct {
	Start, End time.Time // the step, cut to the period
	Tally
}

// MaxPoints bounds a series: ten years of days, half a year of hours.
const MaxPoints = 4400

// Series arranges rows counted by operation in steps as an unbroken series
// over p: a step without events is there, with zeros. It returns nil when p is
// not bounded or is empty, step is Whole or the series would exceed [MaxPoints].
func Series(rows []Row, p Period, step Unit) []Point {
	if _, _, ok := p.Days(); !ok || step == Whole {
		return nil
	}
	sums := make(map[int64]Tally)
	for _, r := range rows {
		t := sums[r.Start.Unix()]
		t.Add(r.Key.Operation, r.Count)
		sums[r.Start.Unix()] = t
	}
	var points []Point
	for start := step.Start(p.from); start.Before(p.to); {
		if len(points) == MaxPoints {
			return nil
		}
		next := step.Add(start, 1)
		points = append(points, Point{Start: later(start, p.from), End: earlier(next, p.to), Tally: sums[start.Unix()]})
		start = next
	}
	return points
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// AutoStep is the step that shows p best, in at most a hundred columns or so:
// hours for up to two days, days for a quarter, weeks for a year, else months.
// It is Whole for a period that is not bounded or is empty.
func AutoStep(p Period) Unit {
	first, last, ok := p.Days()
	if !ok {
		return Whole
	}
	switch days := last - first + 1; {
	case days <= 2:
		return Hour
	case days <= 92:
		return EachDay
	case days <= 366+92:
		return Week
	default:
		return Month
	}
}
