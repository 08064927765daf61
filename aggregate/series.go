package aggregate

import (
	"time"

	"github.com/e-gov/tarastat/event"
)

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
		point := Point{Start: start, End: next, Tally: sums[start.Unix()]}
		if start.Before(p.from) {
			point.Start = p.from
		}
		if next.After(p.to) {
			point.End = p.to
		}
		points = append(points, point)
		start = next
	}
	return points
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
		return DayUnit
	case days <= 366+92:
		return Week
	default:
		return Month
	}
}

// MinRateBase is the least number of ended authentications for which a success
// rate is shown: under it one user more or less would move the figure by
// several percentage points.
const MinRateBase = 20

// Tally is the number of events by what happened.
type Tally struct {
	Attempts  int64 `json:"attempts" doc:"Authentications begun (START_AUTH)."`
	Successes int64 `json:"successes" doc:"Authentications that ended well (SUCCESSFUL_AUTH)."`
	Failures  int64 `json:"failures" doc:"Authentications that ended badly (ERROR)."`

	// Other is the number of events without one of the three operations: all of
	// them in rows that were not counted by operation, else what was written into
	// the log base by hand.
	Other int64 `json:"-"`
}

// Add counts n events of an operation.
func (t *Tally) Add(o event.Operation, n int64) {
	switch o {
	case event.OpStart:
		t.Attempts += n
	case event.OpSuccess:
		t.Successes += n
	case event.OpFailure:
		t.Failures += n
	default:
		t.Other += n
	}
}

// Plus returns the sum of two tallies.
func (t Tally) Plus(o Tally) Tally {
	return Tally{t.Attempts + o.Attempts, t.Successes + o.Successes, t.Failures + o.Failures, t.Other + o.Other}
}

// Events is the number of all events.
func (t Tally) Events() int64 { return t.Attempts + t.Successes + t.Failures + t.Other }

// Ended is the number of authentications that ended, well or badly.
func (t Tally) Ended() int64 { return t.Successes + t.Failures }

// Rate is the success rate, from 0 to 1: successes among the authentications
// that ended. It reports false when fewer than [MinRateBase] ended.
func (t Tally) Rate() (rate float64, ok bool) {
	if t.Ended() < MinRateBase {
		return 0, false
	}
	return float64(t.Successes) / float64(t.Ended()), true
}

// Total adds up rows that were counted by operation, whatever else they were
// counted by.
func Total(rows []Row) Tally {
	var t Tally
	for _, r := range rows {
		t.Add(r.Key.Operation, r.Count)
	}
	return t
}
