package sqlitestore_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/sqlitestore"
)

// traffic makes n records like those of real senders: 600 clients, five
// methods, two events a second. IDs begin at 1.
func traffic(n int) []event.Record {
	methods := [...]string{event.MethodIDCard, event.MethodMobileID, event.MethodSmartID, event.MethodEIDAS, event.MethodBankLink}
	start := time.Date(2018, 4, 1, 0, 0, 0, 0, event.DefaultLocation())
	records := make([]event.Record, n)
	for i := range records {
		t := start.Add(time.Duration(i) * 500 * time.Millisecond)
		records[i] = event.Record{ID: int64(i + 1), Event: event.Event{
			Time: t, TimeText: t.Format("2006-01-02T15:04:05.000"),
			ClientID: fmt.Sprintf("client-%03d", i*7919%600), Method: methods[i*31%5], Operation: event.StartAuth,
		}}
		e := &records[i].Event
		switch {
		case i%20 == 0:
			e.Operation, e.Error = event.Failed, "NO_AGREEMENT: User has no agreement with the provider"
		case i%2 == 0:
			e.Operation = event.SuccessfulAuth
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
