package main

import (
	"context"
	"crypto/tls"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func TestCount(t *testing.T) {
	is := is.New(t)
	ca := syslogtest.NewCA()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	is.NoErr(err)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	type answer struct {
		rows []aggregate.Row
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		rows, err := count(ctx, ln, syslogjson.ServerTLSConfig(ca.ServerCert(), ca.Pool()))
		answers <- answer{rows, err}
	}()
	// Each writes all of its messages at once, no more than a socket holds: most are
	// unread when count is told to end, and the senders stay connected.
	const senders, each = 8, 400
	var clients []*syslogjson.Client
	for range senders {
		c, err := syslogjson.Dial(ctx, ln.Addr().String(), clientTLS(ca), syslogjson.ClientOptions{BufferBytes: 1 << 20})
		is.NoErr(err)
		for range each {
			is.NoErr(c.Send([]byte(`{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"START_AUTH"}`)))
		}
		is.NoErr(c.Send([]byte(`{"time":"2018-04-28"}`)))
		clients = append(clients, c)
	}
	for _, c := range clients {
		is.NoErr(c.Flush())
	}
	stop()
	got := <-answers
	is.NoErr(got.err)
	want := []aggregate.Row{{
		Key:   aggregate.Key{ClientID: "a", Method: event.MethodIDCard, Operation: event.StartAuth},
		Count: senders * each,
	}}
	if d := cmp.Diff(want, got.rows); d != "" {
		t.Error(d)
	}
	for _, c := range clients {
		is.True(c.Close() != nil) // reset: the sender notices
	}
}

func clientTLS(ca *syslogtest.CA) *tls.Config {
	return syslogjson.ClientTLSConfig(ca.Issue(syslogtest.CertOptions{CommonName: "sender"}), ca.Pool())
}
