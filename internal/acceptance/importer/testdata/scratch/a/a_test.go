package a

import (
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"testing"

	"github.com/e-gov/tarastat/sqlitestore"
	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func TestReceiver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	store, err := sqlitestore.Open(t.Context(), path, sqlitestore.Options{})
	check(t, err)
	ours, others := syslogtest.NewCA(), syslogtest.NewCA()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	r := Start(ln, ours.ServerCert(), ours.Pool(), store, slog.New(slog.DiscardHandler))

	stranger, err := syslogjson.Dial(t.Context(), ln.Addr().String(),
		syslogjson.ClientTLSConfig(others.Issue(syslogtest.CertOptions{CommonName: "stranger"}), ours.Pool()), syslogjson.ClientOptions{})
	if err == nil { // under TLS 1.3 the refusal comes later
		_ = stranger.Send([]byte(`{}`))
		if stranger.Close() == nil {
			t.Error("a client of another authority was let in")
		}
	}

	c, err := syslogjson.Dial(t.Context(), ln.Addr().String(),
		syslogjson.ClientTLSConfig(ours.Issue(syslogtest.CertOptions{CommonName: "tara"}), ours.Pool()), syslogjson.ClientOptions{})
	check(t, err)
	for i := range 100 {
		check(t, c.Send(fmt.Appendf(nil, `{"time":"2018-04-28","clientId":"c%d","method":"idcard","operation":"START_AUTH"}`, i%3)))
	}
	for range 3 {
		check(t, c.Send([]byte(`{"time":"2018-04-28"}`)))
	}
	check(t, c.Close()) // the server has read everything
	check(t, r.Stop(t.Context()))
	if got := r.Metrics(); got["stored"] != 100 || got["rejected"] != 3 || got["refused"] != 1 {
		t.Errorf("metrics %v", got)
	}
	check(t, store.Close())

	store, err = sqlitestore.Open(t.Context(), path, sqlitestore.Options{})
	check(t, err)
	bounds, err := store.Bounds(t.Context())
	check(t, err)
	if bounds.Records != 100 {
		t.Errorf("%d records", bounds.Records)
	}
	check(t, store.Close())
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
