package aggregate

import "github.com/e-gov/tarastat/event"

// MinRateBase is the least number of ended authentications for which a success
// rate is shown: under it one user more or less would move the figure by
// several percentage points.
const MinRateBase = 20

// Tally is the number of events by what happened.
type Tally struct {
	Attempts  int64 // authentications begun
	Successes int64 // ended well
	Failures  int64 // ended badly
}

// Add counts n events of an operation.
func (t *Tally) Add(o event.Operation, n int64) {
	switch o {
	case event.StartAuth:
		t.Attempts += n
	case event.SuccessfulAuth:
		t.Successes += n
	case event.Failed:
		t.Failures += n
	}
}

// Plus returns the sum of two tallies.
func (t Tally) Plus(o Tally) Tally {
	return Tally{t.Attempts + o.Attempts, t.Successes + o.Successes, t.Failures + o.Failures}
}

// Events is the number of all events.
func (t Tally) Events() int64 { return t.Attempts + t.Successes + t.Failures }

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
