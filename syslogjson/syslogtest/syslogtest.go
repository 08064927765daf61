// Package syslogtest helps to test what sends or receives syslog over TLS, as
// net/http/httptest does for HTTP: [NewServer] starts a syslogjson.Server with
// certificates of a throwaway [CA], and a [Collector] keeps what arrives.
package syslogtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/e-gov/tarastat/syslogjson"
)

// TB is the part of testing.TB that this package needs.
type TB interface {
	Cleanup(fn func())
	Fatalf(format string, args ...any)
}

// Server is a syslogjson.Server that listens on a free port of the loopback
// address and demands certificates of CA.
type Server struct {
	*syslogjson.Server
	Addr     string       // such as "127.0.0.1:40123"
	CA       *CA          // signs the server's and the clients' certificates
	Listener net.Listener // set before Start to listen otherwise

	tb     TB         // nil: failures panic
	served chan error // nil before Start
}

// ServerName is the DNS name of the server's certificate, which also names
// localhost and 127.0.0.1.
const ServerName = "syslogtest.localhost"

// NewServer starts a server that hands messages to h. It is closed when the test
// ends. A program that is no test passes a nil t and calls Close; failures panic.
func NewServer(t TB, h syslogjson.Handler) *Server {
	s := NewUnstartedServer(t, h)
	s.Start()
	return s
}

// NewUnstartedServer is [NewServer] without the start, so that fields of the
// embedded syslogjson.Server can be set before Start.
func NewUnstartedServer(t TB, h syslogjson.Handler) *Server {
	ca := NewCA()
	s := &Server{
		Server: &syslogjson.Server{
			Handler:   h,
			TLSConfig: syslogjson.ServerTLSConfig(ca.ServerCert(), ca.Pool()),
		},
		CA: ca,
		tb: t,
	}
	if t != nil {
		t.Cleanup(s.Close)
	}
	return s
}

// ServerCert issues a certificate for a server on this machine.
func (ca *CA) ServerCert() tls.Certificate {
	return ca.Issue(CertOptions{
		CommonName:  ServerName,
		DNSNames:    []string{ServerName, "localhost"},
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
	cfg.ServerName = ServerName
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
