package relay_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/internal/testenv/relay"
	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

const messages = 1000

type start func(testing.TB, relay.Config) *relay.Relay

// What a sender on the relay's side writes.
const (
	untagged = "<38>Nov 21 19:29:11 vm %s" // log4j2 by default
	tagged   = "<38>Nov 21 19:29:11 vm tara[12]: %s"
)

// TestForward sends numbered messages through each relay in each form, and
// wants every one of them, in order and byte for byte.
func TestForward(t *testing.T) {
	tests := []struct {
		name  string
		start start
		form  relay.Config
		line  string
	}{
		{"rsyslog bsd newline", relay.Rsyslog, relay.Config{}, untagged},
		{"rsyslog bsd octet", relay.Rsyslog, relay.Config{Framing: syslogjson.OctetCounting}, tagged},
		{"rsyslog rfc5424 newline", relay.Rsyslog, relay.Config{Format: syslogjson.RFC5424}, tagged},
		{"rsyslog rfc5424 octet", relay.Rsyslog, relay.Config{Format: syslogjson.RFC5424, Framing: syslogjson.OctetCounting}, tagged},
		{"rsyslog gnutls", relay.Rsyslog, relay.Config{GnuTLS: true}, tagged},
		{"syslog-ng bsd newline", relay.SyslogNG, relay.Config{}, untagged},
		{"syslog-ng rfc5424 newline", relay.SyslogNG, relay.Config{Format: syslogjson.RFC5424}, tagged},
		{"syslog-ng rfc5424 octet", relay.SyslogNG, relay.Config{Format: syslogjson.RFC5424, Framing: syslogjson.OctetCounting}, tagged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, got := forward(t, tt.start, tt.form)
			var lines, want []string
			for i := range messages {
				want = append(want, payload(i))
				lines = append(lines, fmt.Sprintf(tt.line, payload(i)))
			}
			r.Send(t, lines...)
			wait(t, got, len(want))
			r.Stop(t)

			if diff := cmp.Diff(want, got.Payloads()); diff != "" {
				t.Errorf("payloads (-sent +received):\n%s", diff)
			}
			for _, m := range got.Messages() {
				if m.Framing != tt.form.Framing || m.Format != tt.form.Format {
					t.Fatalf("arrived as %v %v, want %v %v", m.Format, m.Framing, tt.form.Format, tt.form.Framing)
				}
			}
		})
	}
}

func TestLogger(t *testing.T) {
	for name, start := range map[string]start{"rsyslog": relay.Rsyslog, "syslog-ng": relay.SyslogNG} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			r, got := forward(t, start, relay.Config{Format: syslogjson.RFC5424, Framing: syslogjson.OctetCounting})
			want := []string{payload(1), payload(2), payload(3)}
			r.Logger(t, want...)
			wait(t, got, len(want))

			is.Equal(got.Payloads(), want)
			m := got.Messages()[0]
			is.Equal(m.AppName, "tara")                                 // the tag
			is.Equal(m.Facility, syslogjson.DefaultHeader("").Facility) // the priority
			is.Equal(m.Severity, syslogjson.DefaultHeader("").Severity)
		})
	}
}

// payload is an event with everything that has tripped relays and parsers: a
// brace, a bracket with colon, a percent sign and letters beyond ASCII.
func payload(i int) string {
	return fmt.Sprintf(`{"time":"2018-04-28T10:11:12.345","clientId":"client-%d","method":"mID",`+
		`"operation":"ERROR","error":"Tõrge 50%% {\"n\": [%d]: 1}"}`, i, i)
}

// forward starts a relay that sends to a server of ours.
func forward(t *testing.T, start start, c relay.Config) (*relay.Relay, *syslogtest.Collector) {
	t.Helper()
	var got syslogtest.Collector
	srv := syslogtest.NewServer(t, &got)
	c.Addr = srv.Addr
	c.CA = srv.CA.PEM()
	c.Cert, c.Key = syslogtest.PEMPair(srv.CA.Issue(syslogtest.CertOptions{CommonName: "relay"}))
	return start(t, c), &got
}

func wait(t *testing.T, got *syslogtest.Collector, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testenv.Patience)
	defer cancel()
	if err := got.Wait(ctx, n); err != nil {
		t.Fatal(err)
	}
}
