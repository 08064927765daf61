// Package h receives JSON of another kind, in each form and over each kind of
// connection.
package h

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func TestReceive(t *testing.T) {
	ca := syslogtest.NewCA()
	server := syslogjson.ServerTLSConfig(ca.ServerCert(), ca.Pool())
	client := syslogjson.ClientTLSConfig(ca.Issue(syslogtest.CertOptions{CommonName: "thermometer"}), ca.Pool())
	for name, c := range map[string]struct {
		network, addr, peer string
		server              *tls.Config // of a listener of our own
	}{
		"plain TCP":        {"tcp", "127.0.0.1:0", "", nil},
		"unix":             {"unix", filepath.Join(t.TempDir(), "s"), "", nil},
		"own TLS listener": {"tcp", "127.0.0.1:0", "thermometer", server},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			ln, err := net.Listen(c.network, c.addr)
			if err != nil {
				t.Fatal(err)
			}
			addr := ln.Addr().String()
			if c.server != nil {
				ln = tls.NewListener(ln, c.server)
			}
			var got syslogtest.Collector
			srv := &syslogjson.Server{Handler: &got}
			ended := make(chan error, 1)
			go func() { ended <- srv.Serve(ln) }()

			octet := syslogjson.DefaultHeader("vm")
			octet.Format, octet.Framing = syslogjson.RFC5424, syslogjson.OctetCounting
			lines := octet
			lines.Framing = syslogjson.DefaultHeader("vm").Framing
			for _, header := range []syslogjson.Header{syslogjson.DefaultHeader("vm"), lines, octet} {
				nc, err := net.Dial(c.network, addr)
				if err != nil {
					t.Fatal(err)
				}
				if c.server != nil {
					with := client.Clone()
					with.ServerName = "127.0.0.1"
					nc = tls.Client(nc, with)
				}
				sender := syslogjson.NewClient(nc, syslogjson.ClientOptions{Header: header})
				if err := errors.Join(sender.Send([]byte(`{"room":"a","celsius":21.5}`)), sender.Close()); err != nil {
					t.Fatal(err)
				}
			}
			if err := got.Wait(ctx, 3); err != nil {
				t.Fatal(err)
			}
			if want := slices.Repeat([]string{`{"room":"a","celsius":21.5}`}, 3); !slices.Equal(got.Payloads(), want) {
				t.Errorf("%q", got.Payloads())
			}
			if peer := got.Messages()[0].Peer.Name; peer != c.peer {
				t.Errorf("the peer is %q", peer)
			}
			if err := srv.Shutdown(ctx); err != nil {
				t.Error(err)
			}
			if err := <-ended; !errors.Is(err, syslogjson.ErrServerClosed) {
				t.Error(err)
			}
		})
	}
}
