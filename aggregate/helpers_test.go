package aggregate_test

import (
	"flag"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

var seedFlag = flag.Uint64("seed", 0, "repeat the property tests with this seed")

// random returns a source whose seed is shown when the test fails.
func random(t *testing.T) *rand.Rand {
	t.Helper()
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("repeat with -args -seed=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// at reads an instant with its offset from UTC; "" is the zero time.
func at(t testing.TB, text string) time.Time {
	t.Helper()
	if text == "" {
		return time.Time{}
	}
	u, err := time.Parse("2006-01-02T15:04:05Z07:00", text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// period parses text in the named zone, "" being the default one.
func period(t testing.TB, text, zoneName string) aggregate.Period {
	t.Helper()
	var loc *time.Location
	if zoneName != "" {
		loc = zone(t, zoneName)
	}
	p, err := aggregate.ParsePeriod(text, loc)
	if err != nil {
		t.Fatalf("ParsePeriod(%q): %v", text, err)
	}
	return p
}

// stamp writes an instant in full, so that tables can tell the two hours of one
// name apart.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02T15:04:05Z07:00")
}

// every returns one successful authentication for each step of time from one
// instant up to another.
func every(step time.Duration, from, to time.Time) iter.Seq[event.Event] {
	return func(yield func(event.Event) bool) {
		for t := from; t.Before(to); t = t.Add(step) {
			e := event.Event{Time: t, ClientID: "a", Method: event.MethodIDCard, Operation: event.OpSuccess}
			if !yield(e) {
				return
			}
		}
	}
}

func sum(rows []aggregate.Row) int64 {
	var n int64
	for _, r := range rows {
		n += r.Count
	}
	return n
}

func count(events []event.Event, q aggregate.Query) []aggregate.Row {
	return aggregate.Count(slices.Values(events), q)
}
