// Embed is TARA-Stat assembled by hand from its public packages, for a service
// that wants reception and pages inside its own process. What cmd/tarastat adds
// to this are settings, first-start keys and an orderly end.
//
//	embed -cert server.crt -key server.key -client-ca ca.crt
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/sqlitestore"
	"github.com/e-gov/tarastat/syslogjson"
)

func main() {
	file := flag.String("db", "events.db", "the log base")
	cert := flag.String("cert", "server.crt", "our certificate")
	key := flag.String("key", "server.key", "its key")
	clientCA := flag.String("client-ca", "ca.crt", "who vouches for the senders")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	pair, err := tls.LoadX509KeyPair(*cert, *key)
	if err != nil {
		fail(err)
	}
	pem, err := os.ReadFile(*clientCA)
	if err != nil {
		fail(err)
	}
	senders := x509.NewCertPool()
	if !senders.AppendCertsFromPEM(pem) {
		fail(fmt.Errorf("%s holds no certificate", *clientCA))
	}
	syslog, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:6514")
	if err != nil {
		fail(err)
	}
	pages, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:8443")
	if err != nil {
		fail(err)
	}
	if err := run(ctx, *file, syslog, pages, pair, senders); err != nil {
		fail(err)
	}
}

// run serves until ctx ends. This is the whole of the embedding.
func run(ctx context.Context, file string, syslog, pages net.Listener, pair tls.Certificate, senders *x509.CertPool) error {
	store, err := sqlitestore.Open(ctx, file, sqlitestore.Options{})
	if err != nil {
		return err
	}
	in := ingest.New(store, ingest.Options{})
	receiver := &syslogjson.Server{
		Handler: in, OnReject: in.Reject, TLSConfig: syslogjson.ServerTLSConfig(pair, senders),
	}
	web := &http.Server{
		Handler:           httpui.New(store, httpui.Options{}),
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12},
		ReadHeaderTimeout: 5 * time.Second,
	}
	ended := make(chan error, 2)
	go func() { ended <- receiver.Serve(syslog) }()
	go func() { ended <- web.ServeTLS(pages, "", "") }()
	select {
	case <-ctx.Done():
		err = nil
	case err = <-ended:
		err = fmt.Errorf("a server ended by itself: %w", err)
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	// Reception ends before the queue, and the queue before the log base.
	return errors.Join(err, web.Shutdown(stop), receiver.Shutdown(stop), in.Close(stop), store.Close())
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
