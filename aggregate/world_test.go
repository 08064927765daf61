package aggregate_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// world makes random events within sixty days of a zone.
type world struct {
	r      *rand.Rand
	loc    *time.Location
	near   aggregate.Day
	values int // how many different values each free field has
}

// newWorld picks a zone, and days around a change of its clock.
func newWorld(r *rand.Rand, values int) *world {
	places := []struct {
		zone string
		near aggregate.Day
	}{
		{"Europe/Tallinn", aggregate.Date(2018, 3, 25)},
		{"Europe/Tallinn", aggregate.Date(2018, 10, 28)},
		{"Europe/Tallinn", aggregate.Date(1970, 1, 1)},
		{"America/Havana", aggregate.Date(2018, 3, 11)},
		{"America/St_Johns", aggregate.Date(2010, 11, 7)},
		{"Pacific/Apia", aggregate.Date(2011, 12, 30)},
		{"Australia/Lord_Howe", aggregate.Date(2018, 4, 1)},
		{"Asia/Kolkata", aggregate.Date(2020, 2, 29)},
	}
	at := places[r.IntN(len(places))]
	loc, err := time.LoadLocation(at.zone)
	if err != nil {
		panic(err)
	}
	return &world{r: r, loc: loc, near: at.near, values: values}
}

func (w *world) text(prefix string) string { return fmt.Sprint(prefix, w.r.IntN(w.values)) }

// events returns n events in no order.
func (w *world) events(n int) []event.Event {
	events := make([]event.Event, n)
	for i := range events {
		events[i] = event.Event{
			Time:      (w.near - 30).Start(w.loc).Add(time.Duration(w.r.Int64N(int64(60 * 24 * time.Hour)))),
			ClientID:  w.text("client"),
			Method:    w.text("method"),
			Operation: pick(w.r, event.OpStart, event.OpSuccess, event.OpFailure),
			Bank:      pick(w.r, "", w.text("bank")),
			Country:   pick(w.r, "", w.text("country")),
		}
		if events[i].Operation == event.OpFailure {
			events[i].Error = w.text("CODE") + ": something went wrong"
		}
	}
	return events
}

// filter asks for some values, mostly of one event.
func (w *world) filter(events []event.Event) aggregate.Key {
	if len(events) == 0 || w.r.IntN(3) == 0 {
		return aggregate.Key{}
	}
	k := aggregate.KeyOf(events[w.r.IntN(len(events))])
	f := k.Keep(aggregate.Dim(w.r.IntN(int(aggregate.ByAll) + 1)))
	if w.r.IntN(8) == 0 {
		f.Bank = "no such bank"
	}
	return f
}

// query asks for anything about those days.
func (w *world) query() aggregate.Query {
	r, loc := w.r, w.loc
	day := func() time.Time { return (w.near + aggregate.Day(r.IntN(60)-30)).Start(loc) }
	q := aggregate.Query{
		By:   aggregate.Dim(r.IntN(int(aggregate.ByAll) + 1)),
		Step: aggregate.Unit(r.IntN(int(aggregate.Year) + 1)),
	}
	switch r.IntN(6) {
	case 0:
		q.Period = aggregate.Everything(loc)
	case 1:
		q.Period = aggregate.Between(day(), time.Time{}, loc)
	case 2:
		q.Period = aggregate.Between(time.Time{}, day(), loc)
	case 3:
		q.Period = aggregate.Of(aggregate.Unit(1+r.IntN(int(aggregate.Year))), day(), loc)
	case 4:
		q.Period = aggregate.Between(day(), day().Add(time.Duration(r.IntN(100))*time.Hour), loc)
	default:
		q.Period = aggregate.Between(day(), day(), loc) // half of these are backward
	}
	return q
}
