package ingest_test

import (
	"context"
	"testing"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/logbase"
)

// nowhere is a log base that keeps nothing.
type nowhere struct{}

func (nowhere) Append(context.Context, []logbase.Record) error                 { return nil }
func (nowhere) IDs(context.Context) (logbase.IDs, error)                       { return logbase.IDs{}, nil }
func (nowhere) Sums(context.Context, aggregate.Query) ([]aggregate.Row, error) { return nil, nil }

// BenchmarkHandleSyslog is the way of one event from its payload to the log
// base: parsing, queue, id, batch.
func BenchmarkHandleSyslog(b *testing.B) {
	in := ingest.New(nowhere{}, ingest.Options{Logger: quiet()})
	m := message("openIdDemo")
	b.ReportAllocs()
	for b.Loop() {
		if err := in.HandleSyslog(b.Context(), m); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	if err := in.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkRefuse is the way of one malformed record.
func BenchmarkRefuse(b *testing.B) {
	in := ingest.New(nowhere{}, ingest.Options{Logger: quiet()})
	m := message("openIdDemo")
	m.Payload = m.Payload[:len(m.Payload)-1]
	b.ReportAllocs()
	for b.Loop() {
		if in.HandleSyslog(b.Context(), m) == nil {
			b.Fatal("accepted")
		}
	}
	if err := in.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
}
