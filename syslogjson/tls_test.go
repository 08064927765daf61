package syslogjson_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

var versions = []struct {
	name string
	id   uint16
}{{"1.2", tls.VersionTLS12}, {"1.3", tls.VersionTLS13}}

// Reliability.md row 31 and section 2: which certificates may send.
func TestClientCertificates(t *testing.T) {
	now := time.Now()
	serverOnly := []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	tests := []struct {
		name string
		cert func(ca *syslogtest.CA) tls.Certificate
		peer string // the name under which it is accepted; "": it is not
	}{
		{"common name only", issue(syslogtest.CertOptions{CommonName: "tara-1"}), "tara-1"},
		{"common name and DNS name", issue(syslogtest.CertOptions{CommonName: "tara-1", DNSNames: []string{"tara.ee"}}), "tara-1"},
		{"DNS name only", issue(syslogtest.CertOptions{DNSNames: []string{"tara.ee", "b.ee"}}), "tara.ee"},
		{"wildcard", issue(syslogtest.CertOptions{DNSNames: []string{"*.tara.ee"}}), "*.tara.ee"},
		{"no key usage", issue(syslogtest.CertOptions{CommonName: "old", ExtKeyUsage: []x509.ExtKeyUsage{}}), "old"},
		{"control characters in the name", issue(syslogtest.CertOptions{CommonName: "a\x1b\n\u202eb"}), "a???b"},
		{"long name", issue(syslogtest.CertOptions{CommonName: strings.Repeat("õ", 200)}), strings.Repeat("õ", 128)},
		{"two-deep chain", func(ca *syslogtest.CA) tls.Certificate {
			return ca.Intermediate().Issue(syslogtest.CertOptions{CommonName: "deep"})
		}, "deep"},
		{"self-signed, trusted itself", issue(syslogtest.CertOptions{CommonName: "listed", SelfSigned: true}), "listed"},

		{"server authentication only", issue(syslogtest.CertOptions{CommonName: "x", ExtKeyUsage: serverOnly}), ""},
		{"other authority", func(*syslogtest.CA) tls.Certificate {
			return syslogtest.NewCA().Issue(syslogtest.CertOptions{CommonName: "x"})
		}, ""},
		{"self-signed", issue(syslogtest.CertOptions{CommonName: "x", SelfSigned: true}), ""},
		{"expired", issue(syslogtest.CertOptions{CommonName: "x", NotBefore: now.Add(-2 * time.Hour), NotAfter: now.Add(-time.Hour)}), ""},
		{"not yet valid", issue(syslogtest.CertOptions{CommonName: "x", NotBefore: now.Add(time.Hour)}), ""},
		{"none", func(*syslogtest.CA) tls.Certificate { return tls.Certificate{} }, ""},
	}
	for _, tt := range tests {
		for _, version := range versions {
			t.Run(tt.name+"/"+version.name, func(t *testing.T) {
				is := is.New(t)
				srv := newServer(t)
				cert := tt.cert(srv.CA)
				if tt.peer == "listed" { // beside the authorities
					srv.TLSConfig.ClientCAs.AddCert(cert.Leaf)
				}
				srv.Start()
				cfg := srv.ClientTLSWith(cert)
				cfg.MinVersion, cfg.MaxVersion = version.id, version.id
				// A client without a fitting certificate sends none; this one sends it anyway.
				cfg.Certificates = nil
				cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil }
				c, err := syslogjson.Dial(inTime(t), srv.Addr, cfg, syslogjson.ClientOptions{})
				if err == nil {
					_ = c.Send([]byte("{}")) // under TLS 1.3 a refused sender may see no error
				}
				if tt.peer != "" {
					is.NoErr(err)
					is.NoErr(c.Close())
					is.Equal(srv.got.Messages()[0].Peer.Name, tt.peer)
					is.Equal(srv.Stats().Handshakes.Total(), uint64(0))
					return
				}
				class := syslogjson.HandshakeBadCertificate
				if cert.Leaf == nil {
					class = syslogjson.HandshakeNoCertificate
				}
				refused(t, srv, class)
				if cert.Leaf != nil {
					is.True(strings.Contains(srv.log.String(), " certificate=x "))
					is.True(strings.Contains(srv.log.String(), " not_after="+cert.Leaf.NotAfter.Format("2006-01-02T15:04:05.000Z")))
				}
			})
		}
	}
}

// refused awaits the end of the server's one connection in its handshake.
func refused(t *testing.T, srv *server, class syslogjson.HandshakeClass) {
	t.Helper()
	is := is.New(t)
	testenv.Await(t, "the connection ends", func() bool { return srv.Stats().Handshakes.Total() == 1 && srv.Stats().Active == 0 })
	is.Equal(srv.Stats().Handshakes[class], uint64(1))
	is.Equal(srv.Stats().Frames, uint64(0))
	is.Equal(len(srv.Peers()), 0)
	is.Equal(strings.Count(srv.log.String(), "reason="+string(class)), 1)
	is.True(strings.Contains(srv.log.String(), " addr=127.0.0.1:"))
}

func issue(opts syslogtest.CertOptions) func(ca *syslogtest.CA) tls.Certificate {
	return func(ca *syslogtest.CA) tls.Certificate { return ca.Issue(opts) }
}

// Reliability.md row 32: what is not TLS is refused before any parsing, and named.
func TestNotTLS(t *testing.T) {
	tests := []struct {
		name, first string
		want        syslogjson.HandshakeClass
	}{
		{"plain syslog", bsd(j("a")) + "\n", syslogjson.HandshakeNoTLS},
		{"counted syslog", oc(p5(j("a"))), syslogjson.HandshakeNoTLS},
		{"HTTP", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", syslogjson.HandshakeHTTP},
		{"HTTP POST", "POST / HTTP/1.1\r\nHost: x\r\n\r\n", syslogjson.HandshakeHTTP},
		{"gibberish", "\x00\xff\x13\x37\x00\x00\x00\x00", syslogjson.HandshakeNoTLS},
		{"nothing", "", syslogjson.HandshakeLeft},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			srv := started(t)
			nc := dialTCP(t, srv.Addr)
			write(t, nc, tt.first)
			is.NoErr(nc.CloseWrite())
			refused(t, srv, tt.want)
		})
	}
}

// Reliability.md row 37: old versions and weak suites are refused.
func TestOldTLS(t *testing.T) {
	suites := func(ids ...uint16) func(*tls.Config) {
		return func(c *tls.Config) { c.MaxVersion, c.CipherSuites = tls.VersionTLS12, ids }
	}
	weak := map[string]func(*tls.Config){
		"TLS 1.0":          func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 },
		"TLS 1.1":          func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS11, tls.VersionTLS11 },
		"CBC":              suites(tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA),
		"RC4":              suites(tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA),
		"RSA key exchange": suites(tls.TLS_RSA_WITH_AES_128_GCM_SHA256),
	}
	for name, weaken := range weak {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			srv := started(t)
			cfg := srv.ClientTLS()
			weaken(cfg)
			_, err := syslogjson.Dial(inTime(t), srv.Addr, cfg, syslogjson.ClientOptions{})
			is.True(err != nil)
			refused(t, srv, syslogjson.HandshakeOther)
		})
	}
}

// No session is ever resumed: the server forbids tickets, also in a configuration
// that is chosen for each client.
func TestNoTickets(t *testing.T) {
	for _, version := range versions {
		t.Run(version.name, func(t *testing.T) {
			is := is.New(t)
			srv := newServer(t)
			willing := srv.TLSConfig.Clone()
			willing.SessionTicketsDisabled = false
			srv.TLSConfig.SessionTicketsDisabled = false
			srv.TLSConfig.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return willing, nil }
			// A reply makes the client read, and with it any ticket.
			srv.Replies, srv.Greeting = true, "hello"
			srv.Start()
			cfg := srv.ClientTLS()
			cfg.MinVersion, cfg.MaxVersion = version.id, version.id
			cfg.ClientSessionCache = tls.NewLRUClientSessionCache(4)
			for range 3 {
				nc, err := (&tls.Dialer{Config: cfg}).DialContext(inTime(t), "tcp", srv.Addr)
				is.NoErr(err)
				_, err = io.ReadFull(nc, make([]byte, len("hello\r\n")))
				is.NoErr(err)
				is.True(!nc.(*tls.Conn).ConnectionState().DidResume)
				is.NoErr(nc.Close())
			}
			is.True(!willing.SessionTicketsDisabled)       // the caller's own
			is.True(!srv.TLSConfig.SessionTicketsDisabled) // is not changed
		})
	}
}

// Reliability.md row 19: peers that are silent or slow in their handshake keep
// nobody out.
func TestSlowHandshakes(t *testing.T) {
	is := is.New(t)
	srv := started(t)
	hello := clientHello(t, srv)
	const each = 10
	for i := range 3 * each {
		// Nothing, one byte, or a whole hello without what must follow it.
		write(t, dialTCP(t, srv.Addr), string(hello[:[]int{0, 1, len(hello)}[i%3]]))
	}
	testenv.Await(t, "all are waiting", func() bool { return srv.Stats().Active == 3*each })
	oneArrives(t, srv)
	is.Equal(srv.Stats().Handshakes.Total(), uint64(0)) // the slow ones still wait
}

// clientHello returns the first flight of a TLS client.
func clientHello(t *testing.T, srv *server) []byte {
	t.Helper()
	ours, theirs := net.Pipe()
	defer func() { _ = ours.Close() }()
	go func() { _ = tls.Client(theirs, srv.ClientTLS()).HandshakeContext(t.Context()) }()
	b := make([]byte, 16<<10)
	n, err := ours.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return b[:n]
}

func TestHandshakeTimeout(t *testing.T) {
	is := is.New(t)
	srv := started(t, func(s *server) { s.HandshakeTimeout = time.Millisecond })
	_, err := dialTCP(t, srv.Addr).Read(make([]byte, 1))
	is.True(err != nil) // closed by the server
	refused(t, srv, syslogjson.HandshakeTimedOut)
}

func TestListenAndServeTLS(t *testing.T) {
	is := is.New(t)
	ca := syslogtest.NewCA()
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "server.crt"), filepath.Join(dir, "server.key")
	certPEM, keyPEM := syslogtest.PEMPair(ca.ServerCert())
	is.NoErr(os.WriteFile(certFile, certPEM, 0o600))
	is.NoErr(os.WriteFile(keyFile, keyPEM, 0o600))

	srv := &syslogjson.Server{Addr: "127.0.0.1:0", Handler: new(syslogtest.Collector), Logger: silent()}
	is.True(srv.ListenAndServeTLS(certFile, keyFile) != nil) // no TLSConfig: whom to accept?
	srv.TLSConfig = syslogjson.ServerTLSConfig(tls.Certificate{}, ca.Pool())
	is.True(srv.ListenAndServeTLS(certFile, certFile) != nil) // no key
	is.True(srv.ListenAndServeTLS(certFile, "") != nil)       // no key
	is.True(strings.Contains(srv.ListenAndServeTLS("", "").Error(), "no certificate"))
	srv.Addr = "256.0.0.1:0"
	is.True(srv.ListenAndServeTLS(certFile, keyFile) != nil) // no address
	srv.Addr = "127.0.0.1:0"
	ends := func(srv *syslogjson.Server, certFile, keyFile string) {
		t.Helper()
		served := make(chan error)
		go func() { served <- srv.ListenAndServeTLS(certFile, keyFile) }()
		is.NoErr(srv.Close())
		is.True(errors.Is(<-served, syslogjson.ErrServerClosed))
	}
	ends(srv, certFile, keyFile)
	ends(&syslogjson.Server{
		Addr: srv.Addr, Handler: srv.Handler, TLSConfig: syslogjson.ServerTLSConfig(ca.ServerCert(), ca.Pool()),
	}, "", "")
}

// A configuration that lets in nobody, or anybody, is told at once.
func TestUnusableTLSConfig(t *testing.T) {
	ca := syslogtest.NewCA()
	own := []tls.Certificate{ca.ServerCert()}
	tests := []struct {
		name string
		cfg  *tls.Config
		want string // of the error; "": it serves
	}{
		{"no certificate", &tls.Config{ClientCAs: ca.Pool(), ClientAuth: tls.RequireAndVerifyClientCert}, "no certificate"},
		{"empty certificate", syslogjson.ServerTLSConfig(tls.Certificate{}, ca.Pool()), "no certificate"},
		{"required, verified by nobody", &tls.Config{Certificates: own, ClientAuth: tls.RequireAndVerifyClientCert}, "ClientCAs are nil"},
		{"if given, verified by nobody", &tls.Config{Certificates: own, ClientAuth: tls.VerifyClientCertIfGiven}, "ClientCAs are nil"},
		{"not verified", &tls.Config{Certificates: own, ClientAuth: tls.RequireAnyClientCert}, ""},
		{"certificate by function", &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &own[0], nil }}, ""},
		{"chosen for each client", &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, nil }}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			serve := map[string]func(*syslogjson.Server) error{
				"Serve":             func(s *syslogjson.Server) error { return s.Serve(listen(t)) },
				"ListenAndServeTLS": func(s *syslogjson.Server) error { return s.ListenAndServeTLS("", "") },
			}
			for _, call := range serve {
				srv := &syslogjson.Server{Addr: "127.0.0.1:0", Handler: new(syslogtest.Collector), TLSConfig: tt.cfg, Logger: silent()}
				if tt.want == "" {
					is.NoErr(srv.Close()) // so that serving ends at once
				}
				err := call(srv)
				is.Equal(errors.Is(err, syslogjson.ErrServerClosed), tt.want == "")
				is.True(strings.Contains(err.Error(), tt.want))
			}
		})
	}
}

// A configuration that is chosen for a client is judged then.
func TestUnusableChosenTLSConfig(t *testing.T) {
	for name, chosen := range map[string]*tls.Config{"its own": {ClientAuth: tls.RequireAndVerifyClientCert}, "none": nil} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			srv := newServer(t)
			if chosen != nil {
				chosen.Certificates = srv.TLSConfig.Certificates
			}
			srv.TLSConfig.ClientCAs = nil
			srv.TLSConfig.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return chosen, nil }
			srv.Start()
			_, err := syslogjson.Dial(inTime(t), srv.Addr, srv.ClientTLS(), syslogjson.ClientOptions{})
			is.True(err != nil)
			refused(t, srv, syslogjson.HandshakeOther)
		})
	}
}

// writeOnly sends events and closes at once. It never reads, as many senders do.
const writeOnly = `
import socket, ssl, sys
host, port, ca, cert, key, version, count = sys.argv[1:]
ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
ctx.load_verify_locations(ca)
ctx.load_cert_chain(cert, key)
ctx.minimum_version = ctx.maximum_version = getattr(ssl.TLSVersion, version)
s = ctx.wrap_socket(socket.create_connection((host, int(port))), server_hostname="localhost")
for i in range(int(count)):
    s.sendall(b'<38>Nov 21 19:29:11 vm {"n":%d,"clientId":"openIdDemo","method":"banklink","bank":"SEB"}\n' % i)
s.close()
`

// A write-only OpenSSL client sends 20,000 events and closes at once, while our
// reader comes 300 ms late. One byte from us, be it a session ticket, would make
// its close a reset: 724 of the events arrived then.
func TestWriteOnlyOpenSSL(t *testing.T) {
	python := testenv.Program(t, "python3")
	const count = 20000
	for _, version := range []string{"TLSv1_2", "TLSv1_3"} {
		t.Run(version, func(t *testing.T) {
			is := is.New(t)
			var late sync.Once
			srv := started(t, func(s *server) {
				s.got.Answer = func(*syslogjson.Message) error {
					late.Do(func() { time.Sleep(300 * time.Millisecond) }) // the fault itself, not a wait for something
					return nil
				}
			})
			dir := t.TempDir()
			certPEM, keyPEM := syslogtest.PEMPair(srv.CA.Issue(syslogtest.CertOptions{CommonName: "python"}))
			for name, content := range map[string][]byte{"ca.crt": srv.CA.PEM(), "client.crt": certPEM, "client.key": keyPEM} {
				is.NoErr(os.WriteFile(filepath.Join(dir, name), content, 0o600))
			}
			host, port, err := net.SplitHostPort(srv.Addr)
			is.NoErr(err)
			cmd := exec.CommandContext(inTime(t), python, "-c", writeOnly, host, port,
				"ca.crt", "client.crt", "client.key", version, fmt.Sprint(count))
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			testenv.Await(t, "the connection ends", func() bool { return srv.Stats().Active == 0 && srv.Stats().Accepted == 1 })
			is.Equal(srv.got.Len(), count)
			st := srv.Stats()
			is.Equal(st.Frames, uint64(count))
			is.Equal(st.Rejected.Total(), uint64(0))
		})
	}
}

// A host's own listener may speak TLS itself: failed handshakes are counted and the
// verified peer is known, as with TLSConfig. The handler sees the whole certificate.
func TestHostsTLSListener(t *testing.T) {
	tests := []struct {
		name string
		auth tls.ClientAuthType
		cert func(ca *syslogtest.CA) tls.Certificate
		want string // the peer's name
		lost syslogjson.HandshakeClass
	}{
		{"verified", tls.RequireAndVerifyClientCert, issue(syslogtest.CertOptions{CommonName: "tara-1"}), "tara-1", ""},
		{"not verified", tls.RequireAnyClientCert, issue(syslogtest.CertOptions{CommonName: "x", SelfSigned: true}), "", ""},
		{"refused", tls.RequireAndVerifyClientCert, issue(syslogtest.CertOptions{CommonName: "x", SelfSigned: true}), "", syslogjson.HandshakeBadCertificate},
		{"none", tls.RequireAndVerifyClientCert, func(*syslogtest.CA) tls.Certificate { return tls.Certificate{} }, "", syslogjson.HandshakeNoCertificate},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			srv := newServer(t)
			cfg := srv.TLSConfig
			cfg.ClientAuth = tt.auth
			srv.TLSConfig = nil
			srv.Listener = tls.NewListener(listen(t), cfg)
			srv.Start()
			cert := tt.cert(srv.CA)
			own := srv.ClientTLSWith(cert)
			own.Certificates = nil
			own.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil }
			c, err := syslogjson.Dial(inTime(t), srv.Addr, own, syslogjson.ClientOptions{})
			is.NoErr(err)
			_ = c.Send([]byte("{}")) // under TLS 1.3 a refused sender may see no error
			if tt.lost != "" {
				refused(t, srv, tt.lost)
				return
			}
			is.NoErr(c.Close())
			peer := srv.got.Messages()[0].Peer
			is.Equal(peer.Name, tt.want)
			is.Equal(peer.TLS.PeerCertificates[0].Raw, cert.Leaf.Raw)
			is.Equal(len(peer.TLS.VerifiedChains) > 0, tt.want != "")
			is.Equal(srv.Peers()[0].Name, tt.want)
		})
	}
}

// The handshake of such a listener is bounded too, and its connections end at Shutdown.
func TestHostsTLSListenerEnds(t *testing.T) {
	is := is.New(t)
	srv := newServer(t)
	cfg := srv.TLSConfig
	srv.TLSConfig, srv.HandshakeTimeout = nil, 200*time.Millisecond
	srv.Listener = tls.NewListener(listen(t), cfg)
	srv.Start()
	_, err := dialTCP(t, srv.Addr).Read(make([]byte, 1))
	is.True(err != nil) // closed by the server
	refused(t, srv, syslogjson.HandshakeTimedOut)
	c, err := syslogjson.Dial(inTime(t), srv.Addr, srv.ClientTLS(), syslogjson.ClientOptions{})
	is.NoErr(err)
	is.NoErr(c.Send([]byte("{}")))
	is.NoErr(srv.got.Wait(inTime(t), 1))
	is.NoErr(srv.Shutdown(inTime(t)))
	is.True(c.Close() != nil) // reset
}
