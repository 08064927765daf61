// Package syslogtest helps to test what sends or receives syslog over TLS, as
// net/http/httptest does for HTTP:
//
//	func TestSender(t *testing.T) {
//		var got syslogtest.Collector
//		srv := syslogtest.NewServer(t, &got)
//		send(srv.Addr, srv.ClientTLS()) // the sender under test
//		if err := got.Wait(t.Context(), 1); err != nil {
//			t.Fatal(err)
//		}
//		fmt.Println(got.Payloads())
//	}
//
// [NewServer] starts a syslogjson.Server with certificates of a throwaway [CA], and a
// [Collector] keeps what arrives. [Server.WaitRejected] and [Server.WaitRefused] wait
// for what does not arrive. Give each wait a context with a deadline: examples/sendertest.
package syslogtest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"sync"
	"time"

	"github.com/e-gov/tarastat/syslogjson"
)

// TB is the part of testing.TB that this package needs.
type TB interface {
	Cleanup(fn func())
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
}

// Server is a syslogjson.Server that listens on a free port of the loopback
// address and demands certificates of CA.
type Server struct {
	*syslogjson.Server
	Addr     string       // such as "127.0.0.1:40123"
	CA       *CA          // signs the server's and the clients' certificates; set before Start to keep another server's
	Listener net.Listener // set before Start to listen otherwise

	made   *tls.Config // the TLSConfig that signs with madeBy
	madeBy *CA
	tb     TB         // nil: failures panic
	served chan error // nil before Start
}

// serverName is the DNS name of the server's certificate, which also names
// localhost and 127.0.0.1.
const serverName = "syslogtest.localhost"

// NewServer starts a server that hands messages to h, which must not be nil. It is
// closed when the test ends, and what it logs stands in the test's log. A program that
// is no test passes a nil t and calls Close; then failures panic, and the log is
// slog.Default.
func NewServer(t TB, h syslogjson.Handler) *Server {
	s := NewUnstartedServer(t, h)
	s.Start()
	return s
}

// NewUnstartedServer is [NewServer] without the start, so that fields of the
// embedded syslogjson.Server can be set before Start.
func NewUnstartedServer(t TB, h syslogjson.Handler) *Server {
	ca := NewCA()
	made := syslogjson.ServerTLSConfig(ca.ServerCert(), ca.Pool())
	s := &Server{
		Server: &syslogjson.Server{Handler: h, TLSConfig: made},
		CA:     ca,
		made:   made,
		madeBy: ca,
		tb:     t,
	}
	if t != nil {
		log := &testLog{t: t}
		s.Logger = slog.New(slog.NewTextHandler(log, nil))
		t.Cleanup(func() {
			s.Close()
			log.end()
		})
	}
	return s
}

// testLog writes lines into a test's log until the test ends: a handler may still be at
// work then, and to log after the end is a panic.
type testLog struct {
	mu    sync.Mutex
	t     TB
	ended bool
}

func (l *testLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.t.Logf("%s", bytes.TrimSuffix(line, []byte("\n")))
	}
	return len(line), nil
}

func (l *testLog) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
}

// ServerCert issues a certificate for a server on this machine.
func (ca *CA) ServerCert() tls.Certificate {
	return ca.Issue(CertOptions{
		CommonName:  serverName,
		DNSNames:    []string{serverName, "localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
}

// Start listens, if Listener is nil, and serves.
func (s *Server) Start() {
	if s.served != nil {
		s.fail("the server is already started")
		return
	}
	if s.Handler == nil {
		s.fail("the handler is nil: pass a Collector, or a handler of your own")
		return
	}
	if s.TLSConfig == s.made && s.CA != s.madeBy {
		s.TLSConfig = syslogjson.ServerTLSConfig(s.CA.ServerCert(), s.CA.Pool())
	}
	if s.Listener == nil {
		ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			s.fail("listen: %v", err)
			return
		}
		s.Listener = ln
	}
	s.Addr = s.Listener.Addr().String()
	s.served = make(chan error, 1)
	go func() { s.served <- s.Serve(s.Listener) }()
}

// ClientTLS returns the configuration of a client that the server accepts under
// the name "syslogtest client".
func (s *Server) ClientTLS() *tls.Config {
	return s.ClientTLSWith(s.CA.Issue(CertOptions{CommonName: "syslogtest client"}))
}

// ClientTLSWith returns the configuration of a client that trusts the server and
// shows cert.
func (s *Server) ClientTLSWith(cert tls.Certificate) *tls.Config {
	cfg := syslogjson.ClientTLSConfig(cert, s.CA.Pool())
	cfg.ServerName = serverName
	return cfg
}

// Dial connects a client that the server accepts, without TLS to a server without it.
// With a test, the client is closed when the test ends.
func (s *Server) Dial(opts syslogjson.ClientOptions) *syslogjson.Client {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var cfg *tls.Config
	if s.TLSConfig != nil {
		cfg = s.ClientTLS()
	}
	c, err := syslogjson.Dial(ctx, s.Addr, cfg, opts)
	if err != nil {
		s.fail("%v", err)
		return nil
	}
	if s.tb != nil {
		s.tb.Cleanup(func() { _ = c.Close() })
	}
	return c
}

// WaitRejected returns when at least n frames have been rejected since the start, or
// with ctx's error and how many there were of each class.
func (s *Server) WaitRejected(ctx context.Context, n int) error {
	return wait(ctx, n, "rejected frames", func() syslogjson.Counts[syslogjson.Class] { return s.Stats().Rejected })
}

// WaitRefused returns when at least n connections have failed in their handshake since
// the start, or with ctx's error and how many there were of each class. A sender whose
// certificate is refused sees no error under TLS 1.3, if it does not read.
func (s *Server) WaitRefused(ctx context.Context, n int) error {
	return wait(ctx, n, "refused handshakes", func() syslogjson.Counts[syslogjson.HandshakeClass] { return s.Stats().Handshakes })
}

// wait looks at counts, which tell nobody when they change, until their total is n.
func wait[C syslogjson.Class | syslogjson.HandshakeClass](ctx context.Context, n int, what string, counts func() syslogjson.Counts[C]) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		have := counts()
		if have.Total() >= uint64(max(n, 0)) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			maps.DeleteFunc(have, func(_ C, n uint64) bool { return n == 0 })
			return fmt.Errorf("syslogtest: wait for %d %s, have %d %v: %w", n, what, have.Total(), map[C]uint64(have), ctx.Err())
		}
	}
}

// Close closes the server and waits until Serve has returned. It may be called
// again.
func (s *Server) Close() {
	if err := s.Server.Close(); err != nil {
		s.fail("close: %v", err)
	}
	if s.served == nil {
		return
	}
	if err, ok := <-s.served; ok {
		close(s.served)
		if !errors.Is(err, syslogjson.ErrServerClosed) {
			s.fail("serve: %v", err)
		}
	}
}

func (s *Server) fail(format string, args ...any) {
	if s.tb == nil {
		panic(fmt.Sprintf("syslogtest: "+format, args...))
	}
	s.tb.Fatalf("syslogtest: "+format, args...)
}
