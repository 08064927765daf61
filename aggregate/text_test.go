package aggregate_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

func ExampleParseCivil() {
	for _, text := range []string{"2018-04", "2018-Q2", "2018-13", "April 2018"} {
		p, err := aggregate.ParseCivil(text, nil)
		if err != nil {
			fmt.Println(text, "is", err)
			continue
		}
		fmt.Println(text, "is from", p.From().Format(time.DateOnly), "until", p.To().Format(time.DateOnly))
	}
	// Output:
	// 2018-04 is from 2018-04-01 until 2018-05-01
	// 2018-Q2 is from 2018-04-01 until 2018-07-01
	// 2018-13 is aggregate: period: none of the forms of a period
	// April 2018 is aggregate: period: none of the forms of a period
}

// TestParseCivilTakesNoExpression: what the old addresses read as an expression,
// and what they refuse, is an error.
func TestParseCivilTakesNoExpression(t *testing.T) {
	for _, text := range []string{
		"201", "2018-", "2018-4", "2018-13", "2018-04-31", "2018-02-29", "2018-Q5", "2018-W53", "2018-04-28 10", "September 2026",
		"2018-0[4-6]", ".", "2018-[", "2018-05/2018-04", "2018/2018-13", "28.04.2018",
	} {
		t.Run(text, func(t *testing.T) {
			is := is.New(t)
			p, err := aggregate.ParseCivil(text, nil)
			ok := errors.As(err, new(*aggregate.PeriodError))
			is.True(ok)
			is.True(p.Everything()) // the zero Period
		})
	}
	is := is.New(t)
	is.Equal((&aggregate.PeriodError{}).Error(), "aggregate: period: <nil>")
}

// TestJSON: a query and its rows say what they mean, and are read back.
func TestJSON(t *testing.T) {
	is := is.New(t)
	q := aggregate.Query{Period: period(t, "2018-Q2", ""), By: aggregate.ByBank | aggregate.ByClient, Step: aggregate.DayUnit}
	text, err := json.Marshal(struct {
		Query aggregate.Query
		Seen  aggregate.Seen
	}{q, aggregate.Seen{ClientID: "a", First: aggregate.Date(2018, 4, 28), Last: aggregate.Date(2018, 5, 1)}})
	is.NoErr(err)
	is.Equal(string(text), `{"Query":{"Period":"2018-Q2","Filter":{"ClientID":"","Method":"","Operation":"","Bank":"","Country":"",`+
		`"ErrorCode":""},"By":"client,bank","Step":"day"},"Seen":{"ClientID":"a","First":"2018-04-28","Last":"2018-05-01"}}`)
	var back struct {
		Query aggregate.Query
		Seen  aggregate.Seen
	}
	is.NoErr(json.Unmarshal(text, &back))
	is.Equal(back.Query.Period.To(), q.Period.To())
	is.Equal(back.Query.Step, q.Step)
	is.Equal(back.Query.By, q.By)
	is.Equal(back.Seen.Last, aggregate.Date(2018, 5, 1))
	for _, wrong := range []string{`{"Period":"2018-13"}`, `{"Period":"2018-0[4-6]"}`, `{"Step":"fortnight"}`, `{"By":"client,colour"}`} {
		is.True(json.Unmarshal([]byte(wrong), &back.Query) != nil)
	}
	is.True(json.Unmarshal([]byte(`{"First":"28.04.2018"}`), &back.Seen) != nil)
}

// TestPeriodWithoutText: what cannot be read back is not written.
func TestPeriodWithoutText(t *testing.T) {
	is := is.New(t)
	at := time.Date(2018, 4, 28, 10, 51, 0, 0, event.DefaultLocation())
	for _, p := range []aggregate.Period{
		aggregate.Between(at, at.Add(time.Minute), nil), aggregate.Between(at, time.Time{}, nil),
	} {
		_, err := json.Marshal(p)
		is.True(err != nil)
	}
}

func TestDimText(t *testing.T) {
	is := is.New(t)
	for d := range aggregate.ByAll + 1 {
		text, err := d.MarshalText()
		is.NoErr(err)
		var back aggregate.Dim
		is.NoErr(back.UnmarshalText(text))
		is.Equal(back, d)
	}
	is.Equal(aggregate.ByStat.String(), "client,method,operation,bank")
}

// TestZonesDoNotMix: a cube of the days of one zone does not answer for those of
// another, and says so.
func TestZonesDoNotMix(t *testing.T) {
	is := is.New(t)
	again, err := time.LoadLocation(event.DefaultZone) // another pointer
	is.NoErr(err)
	ahead := func(name string, hours int) *time.Location { return time.FixedZone(name, hours*60*60) }
	for _, tt := range []struct {
		cube, asked *time.Location
		want        bool
	}{
		{nil, nil, true},
		{nil, again, true},
		{time.UTC, nil, false},
		{nil, time.UTC, false},
		{ahead("", 2), ahead("", 3), false}, // one name, two zones
		{ahead("X", 2), ahead("X", 2), true},
		{ahead("Europe/Tallinn", 2), nil, false},
	} {
		c := aggregate.Cube{Location: tt.cube}
		day, err := aggregate.ParseCivil("2018-04-28", tt.asked)
		is.NoErr(err)
		is.Equal(c.Answers(aggregate.Query{Period: day}), tt.want)
		is.Equal(c.Answers(aggregate.Query{Period: aggregate.Everything(tt.asked), Step: aggregate.DayUnit}), tt.want)
		is.True(c.Answers(aggregate.Query{Period: aggregate.Everything(tt.asked)})) // has no days
	}
	at := time.Date(2018, 4, 28, 22, 0, 0, 0, time.UTC)
	is.Equal(aggregate.DayOf(at, nil), aggregate.Date(2018, 4, 29))
	is.Equal(aggregate.Date(2018, 4, 29).Start(nil).UTC(), at.Add(-time.Hour))
	is.Equal(len(aggregate.Count(nil, aggregate.Query{})), 0)
}

// TestOtherOperations: rows that were not counted by operation are no attempts,
// successes or failures, and are not nothing.
func TestOtherOperations(t *testing.T) {
	is := is.New(t)
	p := period(t, "2018-04-28", "")
	rows := []aggregate.Row{{Start: p.From(), Key: aggregate.Key{ClientID: "a"}, Count: 5}}
	is.Equal(aggregate.Total(rows), aggregate.Tally{Other: 5})
	is.Equal(aggregate.Total(rows).Plus(aggregate.Tally{Other: 1}).Events(), int64(6))
	is.Equal(aggregate.Series(rows, p, aggregate.DayUnit)[0].Tally, aggregate.Tally{Other: 5})
}
