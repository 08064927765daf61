package d

import (
	"testing"
	"time"

	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func TestSender(t *testing.T) {
	var got syslogtest.Collector
	server := syslogtest.NewServer(t, &got)
	s := &Sender{Addr: server.Addr, TLS: server.ClientTLS()}
	for _, text := range []string{`{"n":1}`, `no object`, `{"n":2}`} {
		check(t, s.Send(t.Context(), text))
	}
	check(t, server.WaitRejected(t.Context(), 1))
	check(t, got.Wait(t.Context(), 2))
	s.Close()
	check(t, s.Send(t.Context(), `{"n":3}`)) // over a new connection
	check(t, got.Wait(t.Context(), 3))
	if list := got.Payloads(); list[2] != `{"n":3}` {
		t.Errorf("%q", list)
	}
	got.Reset()

	expired := server.CA.Issue(syslogtest.CertOptions{CommonName: "vana", NotAfter: time.Now().Add(-time.Minute)})
	late := &Sender{Addr: server.Addr, TLS: server.ClientTLSWith(expired)}
	_ = late.Send(t.Context(), `{"n":4}`) // under TLS 1.3 the sender may not notice
	check(t, server.WaitRefused(t.Context(), 1))
	if got.Len() != 0 {
		t.Error("the message of an expired certificate arrived")
	}
	late.Close()
	s.Close()
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
