// Embed is TARA-Stat assembled by hand from its public packages, for a service
// that wants reception and pages inside its own process. What cmd/tarastat adds
// to this are settings, keys made at the first start, and a log.
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
	"syscall"
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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	tlsConfig, err := load(*cert, *key, *clientCA)
	if err != nil {
		fail(err)
	}
	syslog, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:6514")
	if err != nil {
		fail(err)
	}
	pages, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:8443")
	if err != nil {
		fail(err)
	}
	if err := run(ctx, *file, syslog, pages, tlsConfig); err != nil {
		fail(err)
	}
}

// run serves until ctx ends. This is the whole of the embedding.
func run(ctx context.Context, file string, syslog, pages net.Listener, tlsConfig *tls.Config) error {
	store, err := sqlitestore.Open(ctx, file, sqlitestore.Options{})
	if err != nil {
		return err
	}
	in := ingest.New(store, ingest.Options{})
	receiver := &syslogjson.Server{Handler: in, OnReject: in.OnReject, TLSConfig: tlsConfig}
	web := &http.Server{
		Handler:           httpui.New(store, httpui.Options{Ingester: in, Syslog: receiver}),
		TLSConfig:         &tls.Config{Certificates: tlsConfig.Certificates, MinVersion: tls.VersionTLS12},
		ReadHeaderTimeout: 5 * time.Second,
	}
	ended := make(chan error, 2)
	go func() { ended <- receiver.Serve(syslog) }()
	go func() { ended <- web.ServeTLS(pages, "", "") }()
	select {
	case <-ctx.Done():
	case err = <-ended:
		err = fmt.Errorf("a server ended by itself: %w", err)
	}
	// Reception ends before the queue, and the queue before the log base.
	ctx = context.WithoutCancel(ctx)
	err = errors.Join(err, within(ctx, 5*time.Second, receiver.Shutdown), within(ctx, 5*time.Second, in.Close))
	if within(ctx, time.Second, web.Shutdown) != nil { // a browser that has connected and asks nothing
		err = errors.Join(err, web.Close())
	}
	return errors.Join(err, store.Close())
}

func within(ctx context.Context, d time.Duration, end func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return end(ctx)
}

// load returns our side of mutual TLS.
func load(cert, key, clientCA string) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(clientCA)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", clientCA)
	}
	return syslogjson.ServerTLSConfig(pair, pool), nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
