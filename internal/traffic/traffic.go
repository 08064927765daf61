// Package traffic plays the users of TARA: it makes authentication events as
// several client applications would cause them in a year, with the rhythm of
// hours and weekdays, methods that come and go, failures and outages. The demo,
// the test sender, benchmarks and tests share it.
//
// All names are invented. Equal seeds give equal events.
package traffic

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/e-gov/tarastat/event"
)

// Model makes events. It is not safe for concurrent use.
type Model struct {
	loc     *time.Location
	end     time.Time // the day the story leads up to
	rnd     *rand.Rand
	clients []client
}

// New returns a model whose story of one year leads up to end: by then the
// bank links are nearly gone, a new method has come, and clients have appeared
// and fallen silent. Times are local times of loc.
func New(seed uint64, end time.Time, loc *time.Location) *Model {
	return &Model{
		loc:     loc,
		end:     end.In(loc),
		rnd:     rand.New(rand.NewPCG(seed, 2018)), //nolint:gosec // not for secrets
		clients: slices.Clone(cast),
	}
}

// AddClients adds n clients of small and falling traffic to the cast.
func (m *Model) AddClients(n int) {
	for i := range n {
		m.clients = append(m.clients, minor(i))
	}
}

// Day returns the events of the authentications that begin on the civil day that
// t lies in, in the order of their time. One that begins just before midnight
// ends after it: that event belongs to the next day, and is returned with its
// start nevertheless. About logins authentications begin on an average working
// day; a Sunday in July has far fewer, an outage none.
func (m *Model) Day(t time.Time, logins int) []event.Event {
	y, mo, d := t.In(m.loc).Date()
	noon := time.Date(y, mo, d, 12, 0, 0, 0, m.loc)
	n := float64(logins) * weekday[noon.Weekday()] * season[mo-1]
	count := int(n)
	if m.rnd.Float64() < n-float64(count) {
		count++
	}
	var events []event.Event
	for range count {
		hour := pick(m.rnd, hours[:])
		at := time.Date(y, mo, d, hour, m.rnd.IntN(60), m.rnd.IntN(60), m.rnd.IntN(1000)*int(time.Millisecond), m.loc)
		if !m.outage(at) {
			events = append(events, m.Login(at)...)
		}
	}
	slices.SortStableFunc(events, func(a, b event.Event) int { return a.Time.Compare(b.Time) })
	return events
}

// Login returns the events of one authentication that begins at t: its start,
// and mostly its end some seconds later. Some users leave without a word.
func (m *Model) Login(t time.Time) []event.Event {
	t = t.In(m.loc)
	age := m.end.Sub(t).Hours() / 24 / 365 // years before the end
	c := m.client(age)
	start := m.event(t, c, m.method(age, c))
	end := start
	switch r := m.rnd.Float64(); {
	case r < 0.04:
		return []event.Event{start} // left
	case r < 0.04+c.failing:
		end.Operation = event.OpFailure
		end.Error = m.failure(start.Method)
	default:
		end.Operation = event.OpSuccess
	}
	m.stamp(&end, t.Add(time.Duration(2000+m.rnd.IntN(40_000))*time.Millisecond))
	return []event.Event{start, end}
}

func (m *Model) event(t time.Time, c client, method string) event.Event {
	e := event.Event{ClientID: c.name, Method: method, Operation: event.OpStart}
	switch method {
	case event.MethodBankLink:
		e.Bank = banks[pick(m.rnd, bankShares)]
	case event.MethodEIDAS:
		e.Country = countries[pick(m.rnd, countryShares)]
	}
	m.stamp(&e, t)
	return e
}

// stamp writes the time as Java's LocalDateTime.toString does: no zone, and no
// seconds when they are zero.
func (m *Model) stamp(e *event.Event, t time.Time) {
	e.Time = t.Truncate(time.Millisecond).In(m.loc)
	switch {
	case e.Time.Nanosecond() != 0:
		e.TimeText = e.Time.Format("2006-01-02T15:04:05.000")
	case e.Time.Second() != 0:
		e.TimeText = e.Time.Format("2006-01-02T15:04:05")
	default:
		e.TimeText = e.Time.Format("2006-01-02T15:04")
	}
}

func (m *Model) client(age float64) client {
	total := 0.0
	for _, c := range m.clients {
		total += c.weight(age)
	}
	r := m.rnd.Float64() * total
	for _, c := range m.clients {
		if r -= c.weight(age); r < 0 {
			return c
		}
	}
	return m.clients[0]
}

// method draws by shares that move over the year: bank links shrink from 9% to
// 1%, and live on at few clients; Smart-ID grows; a wallet appears.
func (m *Model) method(age float64, c client) string {
	bank := 0.01 + 0.08*min(1, max(0, age))
	if !c.banks {
		bank = 0
	}
	wallet := 0.0
	if age < 0.2 {
		wallet = 0.03 * (0.2 - age) / 0.2
	}
	mobile := 0.18
	card := 0.24 + 0.06*age
	eidas := 0.015
	switch r := m.rnd.Float64(); {
	case r < bank:
		return event.MethodBankLink
	case r < bank+wallet:
		return "wallet"
	case r < bank+wallet+mobile:
		return event.MethodMobileID
	case r < bank+wallet+mobile+card:
		return event.MethodIDCard
	case r < bank+wallet+mobile+card+eidas:
		return event.MethodEIDAS
	}
	return event.MethodSmartID
}

func (m *Model) failure(method string) string {
	texts := failures[method]
	if len(texts) == 0 {
		texts = failures[""]
	}
	return texts[pick(m.rnd, failureShares[:len(texts)])]
}

// outage reports whether no event came in at t: a day and an afternoon in the
// year when nothing was received.
func (m *Model) outage(t time.Time) bool {
	day := func(d time.Time) string { return d.Format(time.DateOnly) }
	return day(t) == day(m.end.AddDate(0, -5, 0)) ||
		day(t) == day(m.end.AddDate(0, 0, -100)) && t.Hour() >= 12 && t.Hour() < 17
}

// pick draws an index by weight.
func pick(rnd *rand.Rand, weights []float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	r := rnd.Float64() * total
	for i, w := range weights {
		if r -= w; r < 0 {
			return i
		}
	}
	return len(weights) - 1
}
