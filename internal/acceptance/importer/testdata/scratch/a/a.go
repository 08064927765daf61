// Package a receives events over mutual TLS inside another service, and stores
// them.
package a

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"

	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/syslogjson"
)

// Receiver is what the service has of it.
type Receiver struct {
	server *syslogjson.Server
	events *ingest.Ingester
}

// Start receives from senders whose certificates lead to an authority of theirs.
func Start(ln net.Listener, cert tls.Certificate, senders *x509.CertPool, store logbase.Store, log *slog.Logger) *Receiver {
	in := ingest.New(store, ingest.Options{Logger: log})
	srv := &syslogjson.Server{
		Handler: in, OnReject: in.OnReject, Logger: log,
		TLSConfig: syslogjson.ServerTLSConfig(cert, senders),
	}
	go func() { log.Info("reception has ended", "why", srv.Serve(ln)) }()
	return &Receiver{srv, in}
}

// Metrics are the service's own.
func (r *Receiver) Metrics() map[string]int64 {
	s := r.events.Stats()
	return map[string]int64{"stored": s.Stored, "rejected": s.Rejected, "refused": int64(r.server.Stats().Handshakes.Total())}
}

// Stop stores what was read.
func (r *Receiver) Stop(ctx context.Context) error {
	return errors.Join(r.server.Shutdown(ctx), r.events.Close(ctx))
}
