package sendertest_test

import (
	"context"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/examples/sendertest"
	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

const login = `{"time":"2026-11-21T19:29:11","clientId":"openIdDemo","method":"idcard","operation":"START_AUTH"}`

func inTime(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// What is sent arrives, and is an event that TARA-Stat takes.
func TestArrives(t *testing.T) {
	is := is.New(t)
	var got syslogtest.Collector
	srv := syslogtest.NewServer(t, &got)
	is.NoErr(sendertest.Send(inTime(t), srv.Addr, srv.ClientTLS(), login))
	is.NoErr(got.Wait(inTime(t), 1))
	e, err := event.Parse(got.Messages()[0].Payload)
	is.NoErr(err)
	is.Equal(e.ClientID, "openIdDemo")
}

// What is no JSON is rejected.
func TestRejected(t *testing.T) {
	is := is.New(t)
	var got syslogtest.Collector
	srv := syslogtest.NewServer(t, &got)
	is.NoErr(sendertest.Send(inTime(t), srv.Addr, srv.ClientTLS(), "somebody logged in"))
	is.NoErr(srv.WaitRejected(inTime(t), 1))
	is.Equal(srv.Stats().Rejected[syslogjson.ClassNoJSON], uint64(1))
	is.Equal(got.Len(), 0)
}

// An expired certificate is refused. The sender may not see it: TLS 1.3 judges it late.
func TestRefused(t *testing.T) {
	is := is.New(t)
	srv := syslogtest.NewServer(t, new(syslogtest.Collector))
	expired := srv.CA.Issue(syslogtest.CertOptions{NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(-time.Hour)})
	_ = sendertest.Send(inTime(t), srv.Addr, srv.ClientTLSWith(expired), login)
	is.NoErr(srv.WaitRefused(inTime(t), 1))
	is.Equal(srv.Stats().Handshakes[syslogjson.HandshakeBadCertificate], uint64(1))
}
