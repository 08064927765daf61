package aggregate_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// ledger holds the same events as a cube, one by one.
type ledger struct {
	*world
	cube   aggregate.Cube
	events []event.Event
}

func (l *ledger) dayOf(e event.Event) aggregate.Day { return aggregate.DayOf(e.Time, l.loc) }

func (l *ledger) remove(which func(event.Event) bool) { l.events = slices.DeleteFunc(l.events, which) }

// change does one thing to the cube and the same to the events.
func (l *ledger) change() {
	first := l.near + aggregate.Day(l.r.IntN(60)-30)
	switch l.r.IntN(5) {
	case 0, 1:
		for _, e := range l.world.events(1 + l.r.IntN(80)) {
			l.events = append(l.events, e)
			l.cube.Add(l.dayOf(e), aggregate.KeyOf(e), 1)
		}
	case 2: // some go one by one, one key of a day at once
		for range len(l.events) / 10 {
			i := l.r.IntN(len(l.events))
			e := l.events[i]
			l.events = slices.Delete(l.events, i, i+1)
			l.cube.Add(l.dayOf(e), aggregate.KeyOf(e), -1)
		}
		if len(l.events) > 0 {
			e := l.events[0]
			l.remove(func(o event.Event) bool { return l.dayOf(o) == l.dayOf(e) && aggregate.KeyOf(o) == aggregate.KeyOf(e) })
			l.cube.Add(l.dayOf(e), aggregate.KeyOf(e), -1000)
		}
	case 3: // one day anew, each event a sum of its own
		l.remove(func(e event.Event) bool { return l.dayOf(e) == first })
		var sums []aggregate.Sum
		for _, e := range l.world.events(300) {
			if l.dayOf(e) == first {
				l.events = append(l.events, e)
				sums = append(sums, aggregate.Sum{Key: aggregate.KeyOf(e), Count: 1})
			}
		}
		l.cube.Replace(first, sums)
	case 4:
		last := first + aggregate.Day(l.r.IntN(10)-1)
		l.remove(func(e event.Event) bool { return first <= l.dayOf(e) && l.dayOf(e) <= last })
		l.cube.Drop(first, last)
	}
}

// check holds every answer of the cube against the events.
func (l *ledger) check(t *testing.T) {
	t.Helper()
	q := l.query()
	bare := aggregate.Query{Period: q.Period, Step: q.Step} // answered from the totals of days
	q.Filter = l.filter(l.events)
	l.checkRows(t, q)
	l.checkRows(t, bare)

	var first, last aggregate.Day
	seen := make(map[string]aggregate.Span)
	for i, e := range l.events {
		d := l.dayOf(e)
		if i == 0 {
			first, last = d, d
		}
		first, last = min(first, d), max(last, d)
		s, ok := seen[e.ClientID]
		if !ok {
			s = aggregate.Span{ClientID: e.ClientID, First: d, Last: d}
		}
		s.First, s.Last = min(s.First, d), max(s.Last, d)
		seen[e.ClientID] = s
	}
	holds(t, &l.cube, first, last, int64(len(l.events)))
	everySum := aggregate.Query{Period: aggregate.Everything(l.loc), By: aggregate.ByAll, Step: aggregate.EachDay}
	l.checkRows(t, everySum)
	l.checkRows(t, aggregate.Query{Period: everySum.Period, Step: everySum.Step}) // the totals of days
	clients := slices.SortedFunc(maps.Values(seen), func(a, b aggregate.Span) int { return strings.Compare(a.ClientID, b.ClientID) })
	if diff := cmp.Diff(clients, l.cube.Clients(), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("clients: %s", diff)
	}
}

func (l *ledger) checkRows(t *testing.T, q aggregate.Query) {
	t.Helper()
	if !q.ByDays() {
		return
	}
	if diff := cmp.Diff(count(l.events, q), l.cube.Rows(q)); diff != "" {
		t.Fatalf("%s by %06b in steps of %s, %+v: %s", q.Period, q.By, q.Step, q.Filter, diff)
	}
}

func runLedger(t *testing.T, r *rand.Rand, values, changes int) {
	t.Helper()
	l := &ledger{world: newWorld(r, values)}
	for range changes {
		l.change()
		for range 3 {
			l.check(t)
		}
	}
}

func TestCubeEqualsCount(t *testing.T) {
	r := random(t)
	for range 25 {
		runLedger(t, r, 3, 20)
	}
}

// With 40 values in each of five fields there are far more than 2^20 possible
// keys, which takes the cube another way.
func TestCubeEqualsCountWithManyKeys(t *testing.T) {
	r := random(t)
	for range 10 {
		runLedger(t, r, 40, 20)
	}
}
