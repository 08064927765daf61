// Senderprobe is a receiver for the tests of a sender, such as TARA-Server's
// own: it listens with throwaway certificates, prints what arrives, and says
// whether a receiver would have kept it. TARA-Server's tests, or anybody's, can
// do in a Go test what main does here.
//
//	senderprobe -dir keys -n 10
//
// writes ca.crt, client.crt and client.key for the sender into the directory,
// prints the address, waits for ten frames and ends with exit code 1 when one of
// them was malformed, be it that no message could be found in it.
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func main() {
	dir := flag.String("dir", ".", "where the sender's certificate is written")
	n := flag.Int("n", 1, "frames to wait for")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	malformed, err := probe(ctx, os.Stdout, *dir, *n)
	if err != nil {
		fail(err)
	}
	if malformed > 0 {
		os.Exit(1)
	}
}

// result is what became of one frame.
type result struct {
	line      string
	malformed bool
}

func judge(m *syslogjson.Message) result {
	e, err := event.Parse(m.Payload)
	if err != nil {
		return result{fmt.Sprintf("%s, %s: malformed: %v", m.Format, m.Framing, err), true}
	}
	return result{fmt.Sprintf("%s, %s: %s %s %s", m.Format, m.Framing, e.ClientID, e.Method, e.Operation), false}
}

// probe reports on n frames and returns how many were malformed.
func probe(ctx context.Context, w io.Writer, dir string, n int) (malformed int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // releases whoever still tells
	results := make(chan result)
	tell := func(r result) {
		select {
		case results <- r:
		case <-ctx.Done():
		}
	}
	srv := syslogtest.NewUnstartedServer(nil, syslogjson.HandlerFunc(func(_ context.Context, m *syslogjson.Message) error {
		tell(judge(m))
		return nil
	}))
	srv.OnReject = func(r syslogjson.Reject) error {
		tell(result{fmt.Sprintf("malformed: %s: %v", r.Class, r.Err), true})
		return nil
	}
	srv.Start()
	defer srv.Close()
	if err := writeKeys(dir, srv.CA, srv.CA.Issue(syslogtest.CertOptions{CommonName: "sender"})); err != nil {
		return 0, err
	}
	fmt.Fprintln(w, "listening on", srv.Addr)
	for range n {
		select {
		case r := <-results:
			fmt.Fprintln(w, r.line)
			if r.malformed {
				malformed++
			}
		case <-ctx.Done():
			return malformed, context.Cause(ctx)
		}
	}
	return malformed, nil
}

func writeKeys(dir string, ca *syslogtest.CA, cert tls.Certificate) error {
	certPEM, keyPEM := syslogtest.PEMPair(cert)
	for name, data := range map[string][]byte{"ca.crt": ca.PEM(), "client.crt": certPEM, "client.key": keyPEM} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
