package sqlitestore_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/sqlitestore"
)

// traffic makes n records like those of real senders: 600 clients, five
// methods, two events a second. IDs begin at 1.
func traffic(n int) []logbase.Record {
	methods := [...]string{event.MethodIDCard, event.MethodMobileID, event.MethodSmartID, event.MethodEIDAS, event.MethodBankLink}
	start := time.Date(2018, 4, 1, 0, 0, 0, 0, event.DefaultLocation())
	records := make([]logbase.Record, n)
	for i := range records {
		t := start.Add(time.Duration(i) * 500 * time.Millisecond)
		records[i] = logbase.Record{ID: int64(i + 1), Event: event.Event{
			Time: t, TimeText: t.Format("2006-01-02T15:04:05.000"),
			ClientID: fmt.Sprintf("client-%03d", i*7919%600), Method: methods[i*31%5], Operation: event.OpStart,
		}}
		e := &records[i].Event
		switch {
		case i%20 == 0:
			e.Operation, e.Error = event.OpFailure, "NO_AGREEMENT: User has no agreement with the provider"
		case i%2 == 0:
			e.Operation = event.OpSuccess
		}
		if e.Method == event.MethodBankLink {
			e.Bank = "SEB"
		}
	}
	return records
}

func open(tb testing.TB, path string, o sqlitestore.Options) *sqlitestore.Store {
	tb.Helper()
	s, err := sqlitestore.Open(context.Background(), path, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1000, 8192} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "events.db"), sqlitestore.Options{})
			records := traffic(100 * size)
			n := 0
			for i := 0; b.Loop(); i++ {
				batch := records[i%100*size:][:size]
				for j := range batch {
					n++
					batch[j].ID = int64(n)
				}
				if err := s.Append(context.Background(), batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "events.db")
	s := open(b, path, sqlitestore.Options{})
	const sums = 500_000
	fillSums(b, s, sums)
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := sqlitestore.Open(context.Background(), path, sqlitestore.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(sums*b.N)/b.Elapsed().Seconds(), "sums/s")
}

// fillSums appends so many events of which no two are counted together: 600
// clients of ten kinds, day after day.
func fillSums(b *testing.B, s *sqlitestore.Store, n int) {
	b.Helper()
	const clients, kinds, batch = 600, 10, 10_000
	start := time.Date(2018, 1, 1, 12, 0, 0, 0, event.DefaultLocation())
	records := make([]logbase.Record, 0, batch)
	for i := range n {
		t := start.AddDate(0, 0, i/(clients*kinds))
		r := logbase.Record{ID: int64(i + 1), Event: event.Event{
			Time: t, TimeText: t.Format("2006-01-02T15:04:05.000"),
			ClientID: fmt.Sprintf("client-%03d", i/kinds%clients), Method: fmt.Sprintf("method-%d", i%kinds/2),
			Operation: [...]event.Operation{event.OpStart, event.OpSuccess}[i%2],
		}}
		if records = append(records, r); len(records) == batch || i == n-1 {
			if err := s.Append(context.Background(), records); err != nil {
				b.Fatal(err)
			}
			records = records[:0]
		}
	}
}

func BenchmarkSums(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "events.db"), sqlitestore.Options{})
	fillSums(b, s, 2_000_000) // 333 days
	for _, c := range []struct {
		name, period string
		by           aggregate.Dim
		step         aggregate.Unit
	}{
		{"YearByClient", "2018", aggregate.ByClient, aggregate.Whole},
		{"YearByStat", "2018", aggregate.ByStat, aggregate.Whole},
		{"YearByDay", "2018", aggregate.ByOperation, aggregate.DayUnit},
		{"DayByHour", "2018-04-28", aggregate.ByOperation, aggregate.Hour},
		{"Hour", "2018-04-28T12", aggregate.ByStat, aggregate.Whole},
		{"ExpressionOnDates", "2018-04-2[0-9]", aggregate.ByStat, aggregate.Whole},
		{"ExpressionOnHours", "T1[0-5]:", aggregate.ByStat, aggregate.Whole},
	} {
		b.Run(c.name, func(b *testing.B) {
			p, err := aggregate.ParsePeriod(c.period, nil)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				rows, err := s.Sums(context.Background(), aggregate.Query{Period: p, By: c.by, Step: c.step})
				if err != nil || len(rows) == 0 {
					b.Fatal(len(rows), err)
				}
			}
		})
	}
}

// BenchmarkYear asks a year of records, one every 16 seconds, for what sums by
// day cannot answer. The real volume is thirty times as many: what reads the
// records of a time takes as many times longer.
func BenchmarkYear(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "events.db"), sqlitestore.Options{})
	last := fillYear(b, s, 2_000_000)
	for _, c := range []struct {
		name, period string
		step         aggregate.Unit
	}{
		{"HoursOfDay", "2018-06-15", aggregate.Hour},
		{"HoursOfMonth", "2018-06", aggregate.Hour},
		{"Hour", "2018-06-15T12", aggregate.Whole},
		{"ExpressionOnDates", "^2018-0[4-6]", aggregate.Whole},
		{"ExpressionOnHours", "2018-06-1.T1[0-9]:", aggregate.Whole},
		{"ExpressionOnAllHours", "T1[0-9]:", aggregate.Whole},
		{"ExpressionOnNothing", "2017-1[0-2]", aggregate.Whole},
	} {
		b.Run(c.name, func(b *testing.B) {
			q := aggregate.Query{Period: benchPeriod(b, c.period), By: aggregate.ByStat, Step: c.step}
			for b.Loop() {
				if _, err := s.Sums(context.Background(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, text := range []string{"2018-06-15", "2018-06-15T12", "2018"} {
		b.Run("Extent/"+text, func(b *testing.B) {
			for b.Loop() {
				if x, err := s.Extent(context.Background(), benchPeriod(b, text)); err != nil || x.Records == 0 {
					b.Fatal(x, err)
				}
			}
		})
	}
	b.Run("Records/2018-06-15", func(b *testing.B) {
		for b.Loop() {
			for _, err := range s.Records(context.Background(), benchPeriod(b, "2018-06-15")) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("DeleteHour", func(b *testing.B) {
		hour := time.Date(2018, 1, 2, 0, 0, 0, 0, event.DefaultLocation())
		for b.Loop() {
			p := aggregate.Of(aggregate.Hour, hour, nil)
			if _, err := s.Delete(context.Background(), logbase.Deletion{Period: p, UpTo: last}); err != nil {
				b.Fatal(err)
			}
			hour = hour.Add(time.Hour)
		}
	})
}

// fillYear appends n records spread over 2018 in the order of time, but for one
// of fifty that comes up to ten minutes late. It returns the last ID.
func fillYear(b *testing.B, s *sqlitestore.Store, n int) (last int64) {
	b.Helper()
	start := time.Date(2018, 1, 1, 0, 0, 0, 0, event.DefaultLocation())
	kinds := traffic(6000)
	batch := make([]logbase.Record, 0, 10_000)
	for i := range n {
		r := kinds[i*7%len(kinds)]
		r.ID, r.Time = int64(i+1), start.Add(time.Duration(i)*(365*24*time.Hour/time.Duration(n)))
		if i%50 == 0 {
			r.Time = r.Time.Add(-time.Duration(i%600) * time.Second)
		}
		r.TimeText = r.Time.Format("2006-01-02T15:04:05.000")
		if batch = append(batch, r); len(batch) == cap(batch) || i == n-1 {
			if err := s.Append(context.Background(), batch); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	return int64(n)
}

func benchPeriod(b *testing.B, text string) aggregate.Period {
	b.Helper()
	p, err := aggregate.ParsePeriod(text, nil)
	if err != nil {
		b.Fatal(err)
	}
	return p
}
