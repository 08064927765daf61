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
	c, err := syslogjson.Dial(ctx, ln.Addr().String(),
		clientTLS(ca), syslogjson.ClientOptions{})
	is.NoErr(err)
	for range 3 {
		is.NoErr(c.Send([]byte(`{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"START_AUTH"}`)))
	}
	is.NoErr(c.Send([]byte(`{"time":"2018-04-28"}`)))
	is.NoErr(c.Close()) // returns when everything has been read
	stop()
	got := <-answers
	is.NoErr(got.err)
	want := []aggregate.Row{{
		Key:   aggregate.Key{ClientID: "a", Method: event.MethodIDCard, Operation: event.StartAuth},
		Count: 3,
	}}
	if d := cmp.Diff(want, got.rows); d != "" {
		t.Error(d)
	}
}

func clientTLS(ca *syslogtest.CA) *tls.Config {
	return syslogjson.ClientTLSConfig(ca.Issue(syslogtest.CertOptions{CommonName: "sender"}), ca.Pool())
}
