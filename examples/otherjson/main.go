// Otherjson receives JSON of another kind over syslog, here what thermometers
// measure, and prints it. Nothing in it knows of TARA.
//
//	otherjson -cert server.crt -key server.key -client-ca ca.crt
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/e-gov/tarastat/syslogjson"
)

// measurement is the payload of one message.
type measurement struct {
	Room    string  `json:"room"`
	Celsius float64 `json:"celsius"`
}

func main() {
	cert := flag.String("cert", "server.crt", "our certificate")
	key := flag.String("key", "server.key", "its key")
	clientCA := flag.String("client-ca", "ca.crt", "who vouches for the senders")
	flag.Parse()
	pem, err := os.ReadFile(*clientCA)
	if err != nil {
		fail(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem) // an empty pool lets nobody in
	srv := receiver(os.Stdout)
	srv.TLSConfig = syslogjson.ServerTLSConfig(tls.Certificate{}, pool)
	fail(srv.ListenAndServeTLS(*cert, *key)) // until it is interrupted
}

// receiver returns a server that writes a line for each measurement and for whatever
// is none.
func receiver(w io.Writer) *syslogjson.Server {
	var mu sync.Mutex // each connection has a goroutine
	printf := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(w, format, args...)
	}
	return &syslogjson.Server{
		Handler: syslogjson.HandlerFunc(func(_ context.Context, m *syslogjson.Message) error {
			var got measurement
			if err := json.Unmarshal(m.Payload, &got); err != nil {
				printf("%s: no measurement\n", m.Peer)
				return err // counted by the server, see Stats
			}
			serial := m.Peer.TLS.PeerCertificates[0].SerialNumber // TLS is nil without TLS
			printf("%s (certificate %x): %s %.1f\n", m.Peer, serial, got.Room, got.Celsius)
			return nil
		}),
		OnReject: func(r syslogjson.Reject) error { // a frame in which no message was found
			printf("%s: %s\n", r.Peer, r.Class)
			return nil
		},
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
