// Countonly receives events over mutual TLS and counts them in memory. There is
// no log base: when it ends, it prints what each client application did.
//
//	countonly -cert server.crt -key server.key -client-ca ca.crt
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/syslogjson"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:6514", "where senders connect")
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
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err != nil {
		fail(err)
	}
	rows, err := count(ctx, ln, tlsConfig)
	if err != nil {
		fail(err)
	}
	for _, r := range rows {
		fmt.Printf("%8d  %s %s %s\n", r.Count, r.Key.ClientID, r.Key.Method, r.Key.Operation)
	}
}

// count receives until ctx ends.
func count(ctx context.Context, ln net.Listener, tlsConfig *tls.Config) ([]aggregate.Row, error) {
	var sums aggregate.Cube // safe for the goroutines of all connections
	loc := event.DefaultLocation()
	srv := &syslogjson.Server{
		TLSConfig: tlsConfig,
		Handler: syslogjson.HandlerFunc(func(_ context.Context, m *syslogjson.Message) error {
			e, err := event.Parse(m.Payload)
			if err != nil {
				return err // counted by the server, see Stats
			}
			sums.Add(aggregate.DayOf(e.Time, loc), aggregate.KeyOf(e), 1)
			return nil
		}),
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = srv.Shutdown(stop) // what is only half here by then is not counted
	}()
	if err := srv.Serve(ln); !errors.Is(err, syslogjson.ErrServerClosed) {
		return nil, err
	}
	<-drained // Serve returns when Shutdown begins; what has arrived is still being read
	rows := sums.Rows(aggregate.Query{By: aggregate.ByClient | aggregate.ByMethod | aggregate.ByOperation})
	return rows, nil
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
