package aggregate_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

const oneDay = aggregate.Day(17649) // 2018-04-28

func clientKey(name string) aggregate.Key {
	return aggregate.Key{ClientID: name, Method: event.MethodIDCard, Operation: event.OpStart}
}

// held is every sum that a cube holds.
func held(c *aggregate.Cube) []aggregate.Row {
	return c.Rows(aggregate.Query{By: aggregate.ByAll, Step: aggregate.DayUnit})
}

// holds wants the bounds and the number of events that a cube tells.
func holds(t *testing.T, c *aggregate.Cube, first, last aggregate.Day, events int64) {
	t.Helper()
	is.New(t).Equal(c.Bounds(), aggregate.Bounds{Records: events, First: first, Last: last})
}

func TestCubeZeroValue(t *testing.T) {
	is := is.New(t)
	var c aggregate.Cube
	is.Equal(len(held(&c)), 0)
	holds(t, &c, 0, 0, 0)
	is.Equal(len(c.Clients()), 0)
	is.Equal(c.Rows(aggregate.Query{By: aggregate.ByAll}), []aggregate.Row{})
	is.Equal(c.Rows(aggregate.Query{Filter: aggregate.Key{ClientID: "a"}}), []aggregate.Row{})
	c.Drop(math.MinInt32, math.MaxInt32)
	c.Replace(oneDay, nil)
	c.Add(oneDay, clientKey("a"), 0)
	c.Add(oneDay, clientKey("a"), -1)
	is.Equal(len(held(&c)), 0)
	holds(t, &c, 0, 0, 0)
}

func TestCubeAdd(t *testing.T) {
	is := is.New(t)
	var c aggregate.Cube
	c.Add(oneDay, clientKey("a"), 3)
	c.Add(oneDay, clientKey("a"), -1)
	is.Equal(len(held(&c)), 1)
	holds(t, &c, oneDay, oneDay, 2)
	c.Add(oneDay, clientKey("b"), 5)
	c.Add(oneDay-1, clientKey("a"), 7)
	is.Equal(len(held(&c)), 3)
	holds(t, &c, oneDay-1, oneDay, 14)
	c.Add(oneDay, clientKey("a"), -100) // below zero is gone
	is.Equal(len(held(&c)), 2)
	holds(t, &c, oneDay-1, oneDay, 12)
	c.Add(oneDay, clientKey("b"), -5) // zero is gone, and the day with it
	holds(t, &c, oneDay-1, oneDay-1, 7)
	c.Add(oneDay-1, clientKey("a"), math.MaxInt32*4)
	holds(t, &c, oneDay-1, oneDay-1, math.MaxUint32) // as far as it goes
}

func TestCubeReplace(t *testing.T) {
	var c aggregate.Cube
	c.Add(oneDay, clientKey("gone"), 9)
	c.Replace(oneDay, []aggregate.Sum{
		{Key: clientKey("b"), Count: 1},
		{Key: clientKey("a"), Count: 2},
		{Key: clientKey("b"), Count: 4}, // an equal key
		{Key: clientKey("c"), Count: 0},
		{Key: clientKey("d"), Count: -1},
	})
	want := []aggregate.Row{
		{Key: aggregate.Key{ClientID: "a"}, Count: 2},
		{Key: aggregate.Key{ClientID: "b"}, Count: 5},
	}
	if diff := cmp.Diff(want, c.Rows(aggregate.Query{By: aggregate.ByClient})); diff != "" {
		t.Error(diff)
	}
	holds(t, &c, oneDay, oneDay, 7)
	c.Replace(oneDay, []aggregate.Sum{{Key: clientKey("a"), Count: 0}})
	holds(t, &c, 0, 0, 0)
}

func TestCubeDrop(t *testing.T) {
	tests := []struct {
		first, last aggregate.Day
		want        int64
	}{
		{oneDay, oneDay, 0b11011},
		{oneDay - 1, oneDay + 1, 0b10001},
		{oneDay + 1, oneDay - 1, 0b11111}, // backward: nothing
		{oneDay - 100, oneDay - 3, 0b11111},
		{oneDay + 1, oneDay + 100, 0b00111},
		{math.MinInt32, math.MaxInt32, 0},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.first, tt.last), func(t *testing.T) {
			var c aggregate.Cube
			for i := range 5 { // a bit for each day
				c.Add(oneDay-2+aggregate.Day(i), clientKey("a"), 1<<i)
			}
			c.Drop(tt.first, tt.last)
			is.New(t).Equal(c.Bounds().Records, tt.want)
		})
	}
}

func TestCubeClients(t *testing.T) {
	var c aggregate.Cube
	c.Add(oneDay, clientKey("b"), 1)
	c.Add(oneDay+5, clientKey("b"), 1)
	c.Add(oneDay-7, clientKey("a"), 1)
	c.Add(oneDay+3, clientKey("gone"), 1)
	c.Add(oneDay+3, clientKey("gone"), -1)
	want := []aggregate.Seen{
		{ClientID: "a", First: oneDay - 7, Last: oneDay - 7},
		{ClientID: "b", First: oneDay, Last: oneDay + 5},
	}
	if diff := cmp.Diff(want, c.Clients()); diff != "" {
		t.Error(diff)
	}
}

func TestCubeRefusesWhatDaysCannotAnswer(t *testing.T) {
	is := is.New(t)
	var c aggregate.Cube
	for _, q := range []aggregate.Query{
		{Step: aggregate.Hour},
		{Period: period(t, "2018-04-28T10", "")},
		{Period: period(t, "2018-0[4-6]", "")},
	} {
		is.True(!c.Answers(q))
		func() {
			defer func() { is.True(recover() != nil) }()
			c.Rows(q)
		}()
	}
}

// More different values than a field of a sum can number count as Other, and no
// event is lost.
func TestCubeOverflowCountsAsOther(t *testing.T) {
	const methods, banks = 300, 1<<16 + 50
	is := is.New(t)
	var c aggregate.Cube
	var sums []aggregate.Sum
	for i := range banks {
		k := clientKey("a")
		k.Method, k.Bank = fmt.Sprint("method", i%methods), fmt.Sprint("bank", i)
		sums = append(sums, aggregate.Sum{Key: k, Count: 1})
	}
	c.Replace(oneDay, sums)
	holds(t, &c, oneDay, oneDay, banks)

	byMethod := c.Rows(aggregate.Query{By: aggregate.ByMethod})
	is.Equal(len(byMethod), 256) // 255 names and Other
	is.Equal(sum(byMethod), int64(banks))
	byBank := c.Rows(aggregate.Query{By: aggregate.ByBank})
	is.Equal(len(byBank), 1<<16)
	is.Equal(sum(byBank), int64(banks))

	other := c.Rows(aggregate.Query{Filter: aggregate.Key{Bank: event.Other}})
	is.Equal(sum(other), int64(51)) // what came after the first 65,535
}

func TestCubeOtherMayBeAnOrdinaryValue(t *testing.T) {
	is := is.New(t)
	var c aggregate.Cube
	c.Add(oneDay, aggregate.Key{Method: event.Other}, 1)
	for i := range 300 {
		c.Add(oneDay, aggregate.Key{Method: fmt.Sprint(i)}, 1)
	}
	rows := c.Rows(aggregate.Query{By: aggregate.ByMethod})
	is.Equal(len(rows), 255)
	is.Equal(sum(rows), int64(301))
}

func TestCubeConcurrentUse(t *testing.T) {
	const writers, each = 4, 200
	var c aggregate.Cube
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				c.Add(oneDay+aggregate.Day(i%7), clientKey(fmt.Sprint(w, "-", i%20)), 2)
				c.Add(oneDay+aggregate.Day(i%7), clientKey(fmt.Sprint(w, "-", i%20)), -1)
				c.Replace(oneDay+100+aggregate.Day(w), []aggregate.Sum{{Key: clientKey("r"), Count: 1}})
				c.Drop(oneDay+200, oneDay+300)
			}
		})
		wg.Go(func() {
			for range each {
				c.Rows(aggregate.Query{By: aggregate.ByStat, Step: aggregate.Week})
				c.Bounds()
				c.Clients()
			}
		})
	}
	wg.Wait()
	is.New(t).Equal(c.Bounds().Records, int64(writers*each+writers))
}

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
	seen := make(map[string]aggregate.Seen)
	for i, e := range l.events {
		d := l.dayOf(e)
		if i == 0 {
			first, last = d, d
		}
		first, last = min(first, d), max(last, d)
		s, ok := seen[e.ClientID]
		if !ok {
			s = aggregate.Seen{ClientID: e.ClientID, First: d, Last: d}
		}
		s.First, s.Last = min(s.First, d), max(s.Last, d)
		seen[e.ClientID] = s
	}
	holds(t, &l.cube, first, last, int64(len(l.events)))
	everySum := aggregate.Query{Period: aggregate.Everything(l.loc), By: aggregate.ByAll, Step: aggregate.DayUnit}
	l.checkRows(t, everySum)
	l.checkRows(t, aggregate.Query{Period: everySum.Period, Step: everySum.Step}) // the totals of days
	clients := slices.SortedFunc(maps.Values(seen), func(a, b aggregate.Seen) int { return strings.Compare(a.ClientID, b.ClientID) })
	if diff := cmp.Diff(clients, l.cube.Clients(), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("clients: %s", diff)
	}
}

func (l *ledger) checkRows(t *testing.T, q aggregate.Query) {
	t.Helper()
	if !l.cube.Answers(q) {
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
