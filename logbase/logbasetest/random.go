package logbasetest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// newRand returns the random choices of one test.
func newRand(seed, stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, stream))
}

// rng returns the random choices number stream of the run.
func (s suite) rng(stream uint64) *rand.Rand { return newRand(s.o.Seed, stream) }

// moments are where civil time is not what one expects. Random events lie near
// them, so that they share days, hours and months, and fall on both sides.
var moments = []string{
	"2018-03-25T02:30", "2018-03-25T04:30", // the clock is put forward
	"2018-10-28T02:30", "2018-10-28T03:30", // and back
	"2018-10-28T03:30:00+02:00",            // the second hour of that name
	"2020-12-31T23:00", "2021-01-01T00:30", // week 53 of 2020
	"2018-04-30T23:59:59.999", "2018-05-01", "2018-06-30", "2018-07-01", // ends of months and quarters
	"2020-02-29T12:00",
	"1918-02-01", "1940-08-06", "1921-05-01", // local time moves by minutes, or by hours at midnight
	"1999-12-31T23:59", "2100-01-01", "0001-05-05", "9999-12-31T10:00", // no year of ours
}

// near returns a time text near a random moment, in one of the forms that
// senders write.
func near(rng *rand.Rand) string {
	t, err := event.ParseTime(pick(rng, moments), event.DefaultLocation())
	if err != nil {
		panic(err)
	}
	switch rng.IntN(3) {
	case 0:
		t = t.Add(time.Duration(rng.Int64N(int64(6*time.Hour))) - 3*time.Hour)
	case 1:
		t = t.Add(time.Duration(rng.Int64N(int64(96*time.Hour))) - 48*time.Hour)
	}
	if y := t.Year(); y < 1 || y > 9999 {
		t = t.AddDate(1-y, 0, 0)
	}
	layout := pick(rng, []string{
		"2006-01-02", "2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02T15:04:05.000",
		"2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.000Z07:00", "2006-01-02T15:04:05-0700",
	})
	if rng.IntN(4) == 0 {
		t = t.UTC()
	}
	return t.Format(layout)
}

// randomEvent returns an event that passes [event.Event.Validate].
func randomEvent(rng *rand.Rand) event.Event {
	for {
		e := event.Event{
			TimeText:  near(rng),
			ClientID:  pick(rng, []string{"openIdDemo", "e-äri", "client with space", "A", "a", "12345", "𝄞"}),
			Method:    pick(rng, []string{event.MethodIDCard, event.MethodMobileID, event.MethodEIDAS, event.MethodBankLink, "novel"}),
			Operation: pick(rng, []event.Operation{event.OpStart, event.OpSuccess, event.OpFailure}),
		}
		switch e.Method {
		case event.MethodBankLink:
			e.Bank = pick(rng, []string{"SEB", "LHV", "Swedbank"})
		case event.MethodEIDAS:
			e.Country = pick(rng, []string{"", "FI", "LV"})
		}
		if e.Operation == event.OpFailure {
			e.Error = pick(rng, []string{"", "TIMEOUT", "TIMEOUT: after 60 s", "NO_AGREEMENT: {a: b}", ": nothing before", "  spaced : x"})
		}
		var err error
		e.Time, err = event.ParseTime(e.TimeText, event.DefaultLocation())
		if err == nil && e.Validate() == nil {
			return e
		}
	}
}

// randomPeriod returns a period of any form, mostly one that holds events.
func (b *base) randomPeriod(rng *rand.Rand) aggregate.Period {
	if rng.IntN(12) == 0 {
		return b.parse(pick(rng, []string{
			"^2018-", "2018-0[345]-2", "T0[0-3]:", "-2[58]T03", "5$", "2020|2021", "[13579]:[0-9]+:00", "T..:..:0.$", "nothing", "-31T", "()",
		}))
	}
	p := b.parse(b.randomUnit(rng))
	switch rng.IntN(12) {
	case 0:
		return b.parse("")
	case 1, 2:
		if q := b.parse(b.randomUnit(rng)); !q.From().Before(p.From()) && !q.To().Before(p.From()) {
			return b.parse(p.String() + "/" + q.String())
		}
	case 3:
		return aggregate.Between(p.From(), time.Time{}, p.Location())
	case 4:
		return aggregate.Between(time.Time{}, p.To(), p.Location())
	}
	return p
}

// randomUnit writes the hour, day, week, month, quarter or year of a moment.
func (b *base) randomUnit(rng *rand.Rand) string {
	t, err := event.ParseTime(near(rng), event.DefaultLocation())
	if err != nil {
		b.t.Fatal(err)
	}
	if t = t.In(event.DefaultLocation()); t.Year() < 1583 || t.Year() > 9998 {
		t = t.AddDate(2018-t.Year(), 0, 0) // other years cannot be asked for
	}
	year, week := t.ISOWeek()
	return pick(rng, []string{
		t.Format("2006-01-02T15"), t.Format("2006-01-02"), fmt.Sprintf("%04d-W%02d", year, week),
		t.Format("2006-01"), fmt.Sprintf("%04d-Q%d", t.Year(), (t.Month()+2)/3), t.Format("2006"),
	})
}

func (b *base) parse(text string) aggregate.Period {
	b.t.Helper()
	p, err := aggregate.ParsePeriod(text, nil)
	if err != nil {
		b.t.Fatalf("the suite wrote the period %q: %v", text, err)
	}
	return p
}

// randomQuery returns a query that mostly has an answer.
func (b *base) randomQuery(rng *rand.Rand) aggregate.Query {
	q := aggregate.Query{
		Period: b.randomPeriod(rng),
		By:     aggregate.Dim(rng.IntN(int(aggregate.ByAll) + 1)),
		Step:   aggregate.Unit(rng.IntN(int(aggregate.Year) + 1)),
	}
	if rng.IntN(2) == 0 {
		k := aggregate.KeyOf(randomEvent(rng))
		for _, set := range []func(){
			func() { q.Filter.ClientID = k.ClientID },
			func() { q.Filter.Method = k.Method },
			func() { q.Filter.Operation = k.Operation },
			func() { q.Filter.Bank = k.Bank },
			func() { q.Filter.Country = k.Country },
			func() { q.Filter.ErrorCode = k.ErrorCode },
		} {
			if rng.IntN(4) == 0 {
				set()
			}
		}
	}
	return q
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }
