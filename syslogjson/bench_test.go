package syslogjson_test

import (
	"bytes"
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// encoded returns one message of the size that real senders write.
func encoded(form syslogjson.Header) []byte {
	h := inForm(syslogjson.Header{Facility: 4, Severity: 6, Hostname: "vm", AppName: "tara", ProcID: "13543"}, form)
	return h.Append(nil, time.Date(2026, 11, 21, 19, 29, 15, 48e6, time.UTC), []byte(captured))
}

func perSecond(b *testing.B) {
	b.Helper()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkReader(b *testing.B) {
	for _, form := range []syslogjson.Header{forms[0].header, forms[2].header} {
		b.Run(form.Framing.String(), func(b *testing.B) {
			b.ReportAllocs()
			message := encoded(form)
			b.SetBytes(int64(len(message)))
			r := syslogjson.NewReader(&loop{data: message}, 0)
			for b.Loop() {
				if _, err := r.Next(); err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b)
		})
	}
}

func BenchmarkParse(b *testing.B) {
	frames := []struct {
		name  string
		frame []byte
	}{
		{"bsd", encoded(forms[0].header)},
		{"rfc5424 fast", encoded(forms[1].header)},
		{"rfc5424 machine", []byte(`<38>1 2026-11-21T19:29:15.048Z vm tara 13543 - [x@1 y="z"] ` + captured)},
		{"rfc5424 broken", []byte("<38>1 2026-11-21T19:29:15.048+0200 vm tara 13543 - - " + captured)},
	}
	for _, f := range frames {
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			var p syslogjson.Parser
			var m syslogjson.Message
			for b.Loop() {
				if err := p.ParseInto(&m, f.frame); err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b)
		})
	}
}

// BenchmarkServer receives over mutual TLS 1.3; the sender works in this process too.
func BenchmarkServer(b *testing.B) {
	for _, form := range forms {
		b.Run(form.name, func(b *testing.B) {
			b.ReportAllocs()
			var n atomic.Int64
			srv := syslogtest.NewServer(b, syslogjson.HandlerFunc(func(context.Context, *syslogjson.Message) error {
				n.Add(1)
				return nil
			}))
			c := srv.Dial(syslogjson.ClientOptions{})
			message := encoded(form.header)
			const batch = 64 // as a busy sender's socket coalesces them
			many := bytes.Repeat(message, batch)
			b.SetBytes(int64(len(message)))
			b.ResetTimer()
			for left := b.N; left > 0; left -= batch {
				if err := c.SendRaw(many[:min(left, batch)*len(message)]); err != nil {
					b.Fatal(err)
				}
			}
			if err := c.Close(); err != nil { // returns when everything was read
				b.Fatal(err)
			}
			b.StopTimer()
			if n.Load() != int64(b.N) {
				b.Fatalf("%d of %d arrived", n.Load(), b.N)
			}
			perSecond(b)
		})
	}
}
