package aggregate_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// daySums are the sums of one day of 600 clients.
func daySums() []aggregate.Sum {
	var sums []aggregate.Sum
	for client := range 600 {
		for _, m := range []string{event.MethodIDCard, event.MethodMobileID, event.MethodSmartID} {
			for _, o := range []event.Operation{event.OpStart, event.OpSuccess, event.OpFailure} {
				k := aggregate.Key{ClientID: fmt.Sprintf("client-%03d", client), Method: m, Operation: o}
				if o == event.OpFailure {
					k.ErrorCode = "USER_CANCEL"
				}
				sums = append(sums, aggregate.Sum{Key: k, Count: 30})
			}
		}
	}
	return sums
}

// yearCube holds what a year of 600 clients amounts to: some two million sums
// in 2018.
func yearCube(b *testing.B) *aggregate.Cube {
	b.Helper()
	sums := daySums()
	var c aggregate.Cube
	first := aggregate.Date(2018, 1, 1)
	for d := range aggregate.Day(365) {
		c.Replace(first+d, sums)
	}
	return &c
}

func BenchmarkCubeRows(b *testing.B) {
	c := yearCube(b)
	year := period(b, "2018", "")
	for _, tt := range []struct {
		name  string
		query aggregate.Query
	}{
		{"client", aggregate.Query{By: aggregate.ByClient}},
		{"stat", aggregate.Query{By: aggregate.ByStat}},
		{"day by operation", aggregate.Query{By: aggregate.ByOperation, Step: aggregate.DayUnit}},
		{"month by client", aggregate.Query{By: aggregate.ByClient, Step: aggregate.Month}},
		{"day by client", aggregate.Query{By: aggregate.ByClient, Step: aggregate.DayUnit}},
		{"one client by day", aggregate.Query{
			By: aggregate.ByOperation, Step: aggregate.DayUnit, Filter: aggregate.Key{ClientID: "client-300"},
		}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			tt.query.Period = year
			b.ReportAllocs()
			for b.Loop() {
				if len(c.Rows(tt.query)) == 0 {
					b.Fatal("no rows")
				}
			}
		})
	}
}

func BenchmarkCubeOverview(b *testing.B) {
	c := yearCube(b)
	b.Run("Bounds", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.Bounds()
		}
	})
	b.Run("Clients", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.Clients()
		}
	})
}

func BenchmarkCubeAdd(b *testing.B) {
	c := yearCube(b)
	k := aggregate.Key{ClientID: "client-300", Method: event.MethodSmartID, Operation: event.OpSuccess}
	d := aggregate.Date(2018, 12, 31)
	b.ReportAllocs()
	for b.Loop() {
		c.Add(d, k, 1)
	}
}

func BenchmarkCubeReplace(b *testing.B) {
	sums := daySums()
	var c aggregate.Cube
	c.Replace(0, sums)
	slices.Reverse(sums) // the order in which Add moves most
	b.ReportAllocs()
	for b.Loop() {
		c.Replace(1, sums)
	}
}

func BenchmarkCount(b *testing.B) {
	at := time.Date(2018, 4, 28, 7, 51, 12, 0, time.UTC)
	e := event.Event{
		Time: at, ClientID: "client-300", Method: event.MethodSmartID, Operation: event.OpSuccess,
	}
	for _, text := range []string{"2018", "2018-0[4-6]"} {
		p := period(b, text, "")
		b.Run(text, func(b *testing.B) {
			c := aggregate.NewCounter(aggregate.Query{Period: p, By: aggregate.ByStat, Step: aggregate.DayUnit})
			b.ReportAllocs()
			for b.Loop() {
				c.Add(e)
			}
		})
	}
}

func BenchmarkContains(b *testing.B) {
	at := time.Date(2018, 4, 28, 7, 51, 12, 0, time.UTC)
	for _, text := range []string{"2018-04", "2018-0[4-6]", "T(0[89]|1[0-7]):"} {
		p := period(b, text, "")
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !p.Contains(at) {
					b.Fatal("not contained")
				}
			}
		})
	}
}

func BenchmarkDayOf(b *testing.B) {
	loc := event.DefaultLocation()
	for _, at := range []time.Time{time.Date(2018, 4, 28, 7, 51, 12, 0, time.UTC), time.Now()} {
		b.Run(at.Format("2006"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				aggregate.DayOf(at, loc)
			}
		})
	}
}
