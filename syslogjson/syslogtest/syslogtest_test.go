package syslogtest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func TestServerInTest(t *testing.T) {
	is := is.New(t)
	var got syslogtest.Collector
	srv := syslogtest.NewServer(t, &got)
	c := srv.Dial(syslogjson.ClientOptions{Header: syslogjson.Header{Format: syslogjson.RFC5424, Framing: syslogjson.OctetCounting}})
	is.NoErr(c.Send([]byte(`{"n":1}`)))
	is.NoErr(c.Close())
	is.Equal(got.Payloads(), []string{`{"n":1}`})
	is.Equal(got.Messages()[0].Framing, syslogjson.OctetCounting)
	srv.Close()
	srv.Close() // again
}

func TestServerWithoutTest(t *testing.T) {
	is := is.New(t)
	srv := syslogtest.NewServer(nil, new(syslogtest.Collector))
	srv.Close()
	func() {
		defer func() { is.True(strings.Contains(fmt.Sprint(recover()), "already started")) }()
		srv.Start()
	}()
}

// failure records what a test was told.
type failure struct {
	text     string
	cleanups []func()

	mu  sync.Mutex
	log []string
}

func (f *failure) Logf(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, fmt.Sprintf(format, args...))
}

func (f *failure) logged() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.log)
}

func (f *failure) Cleanup(fn func()) { f.cleanups = append(f.cleanups, fn) }
func (f *failure) Fatalf(format string, args ...any) {
	f.text = fmt.Sprintf(format, args...)
}

func TestServerFails(t *testing.T) {
	is := is.New(t)
	var tb failure
	srv := syslogtest.NewServer(&tb, nil)
	is.True(strings.Contains(tb.text, "the handler is nil"))
	srv.Close()
	tb.text = ""
	is.True(srv.Dial(syslogjson.ClientOptions{}) == nil)
	is.True(strings.Contains(tb.text, "dial"))
	is.Equal(len(tb.cleanups), 1)
	tb.cleanups[0]()
}

// What the server logs stands in the test's log, but nothing after the test's end.
func TestServerLogs(t *testing.T) {
	is := is.New(t)
	var tb failure
	working, end := make(chan struct{}), make(chan struct{})
	srv := syslogtest.NewServer(&tb, syslogjson.HandlerFunc(func(context.Context, *syslogjson.Message) error {
		close(working)
		<-end
		panic("after the end") // which is logged
	}))
	sendRaw(t, srv, "bad\n<38>{}\n")
	<-working
	is.NoErr(srv.WaitRejected(inTime(t), 1))
	is.Equal(len(tb.logged()), 1)
	is.True(strings.Contains(tb.logged()[0], "class=bad_header"))
	for _, cleanup := range slices.Backward(tb.cleanups) {
		cleanup()
	}
	close(end)
	testenv.Await(t, "the handler to end", func() bool { return srv.Stats().Panics == 1 && srv.Stats().Active == 0 })
	is.Equal(len(tb.logged()), 1)
}

func TestWaitForWhatDoesNotArrive(t *testing.T) {
	is := is.New(t)
	var got syslogtest.Collector
	srv := syslogtest.NewServer(t, &got)
	rejected, refused := make(chan error, 1), make(chan error, 1)
	go func() { rejected <- srv.WaitRejected(inTime(t), 2) }()
	go func() { refused <- srv.WaitRefused(inTime(t), 1) }()
	sendRaw(t, srv, "bad\n<38>no object\n")
	stranger := srv.CA.Issue(syslogtest.CertOptions{SelfSigned: true})
	if c, err := syslogjson.Dial(inTime(t), srv.Addr, srv.ClientTLSWith(stranger), syslogjson.ClientOptions{}); err == nil {
		defer c.Abort()
	}
	is.NoErr(<-rejected)
	is.NoErr(<-refused)
	is.Equal(got.Len(), 0)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := srv.WaitRejected(ctx, 3)
	is.True(errors.Is(err, context.Canceled))
	is.True(strings.Contains(err.Error(), "have 2 map[bad_header:1 no_json:1]"))
	err = srv.WaitRefused(ctx, 3)
	is.True(errors.Is(err, context.Canceled))
	is.True(strings.Contains(err.Error(), "have 1 map["))
}

// sendRaw sends what a syslogjson.Client would not.
func sendRaw(t *testing.T, srv *syslogtest.Server, text string) {
	t.Helper()
	nc, err := (&tls.Dialer{Config: srv.ClientTLS()}).DialContext(inTime(t), "tcp", srv.Addr)
	if err == nil {
		t.Cleanup(func() { _ = nc.Close() })
		_, err = nc.Write([]byte(text))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func inTime(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testenv.Patience)
	t.Cleanup(cancel)
	return ctx
}

func TestCollectorWait(t *testing.T) {
	is := is.New(t)
	var got syslogtest.Collector
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- got.Wait(ctx, 2) }()
	m := &syslogjson.Message{Payload: []byte("{}")}
	is.NoErr(got.HandleSyslog(ctx, m))
	is.NoErr(got.HandleSyslog(ctx, m))
	is.NoErr(<-result)
	go func() { result <- got.Wait(ctx, 3) }()
	cancel()
	err := <-result
	is.True(errors.Is(err, context.Canceled))
	is.True(strings.Contains(err.Error(), "have 2"))
	m.Payload[0] = 'x'
	is.Equal(got.Payloads(), []string{"{}", "{}"}) // copies
	got.Reset()
	is.Equal(got.Len(), 0)
	is.True(strings.Contains(got.Wait(ctx, 1).Error(), "have 0"))
	is.NoErr(got.HandleSyslog(t.Context(), m))
	is.NoErr(got.Wait(t.Context(), 1))
}

func TestCertificates(t *testing.T) {
	is := is.New(t)
	ca := syslogtest.NewCA()
	verify := func(cert tls.Certificate, usage x509.ExtKeyUsage) error {
		intermediates := x509.NewCertPool()
		for _, der := range cert.Certificate[1:] {
			c, err := x509.ParseCertificate(der)
			is.NoErr(err)
			intermediates.AddCert(c)
		}
		_, err := cert.Leaf.Verify(x509.VerifyOptions{
			Roots: ca.Pool(), Intermediates: intermediates, KeyUsages: []x509.ExtKeyUsage{usage},
		})
		return err
	}
	client, server := x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth
	is.NoErr(verify(ca.Issue(syslogtest.CertOptions{}), client))
	is.NoErr(verify(ca.ServerCert(), server))
	is.NoErr(verify(ca.Intermediate().Intermediate().Issue(syslogtest.CertOptions{}), client))
	is.True(verify(ca.Issue(syslogtest.CertOptions{}), server) != nil)
	is.True(verify(ca.ServerCert(), client) != nil)
	is.True(verify(ca.Issue(syslogtest.CertOptions{SelfSigned: true}), client) != nil)
	is.True(verify(ca.Issue(syslogtest.CertOptions{NotAfter: time.Now().Add(-time.Minute)}), client) != nil)

	certPEM, keyPEM := syslogtest.PEMPair(ca.Intermediate().Issue(syslogtest.CertOptions{CommonName: "x"}))
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	is.NoErr(err)
	is.Equal(len(pair.Certificate), 2)
	pool := x509.NewCertPool()
	is.True(pool.AppendCertsFromPEM(ca.PEM()))
}

// TestRestart: a server in the place of another keeps its address and authority, so
// that clients go on with what they have.
func TestRestart(t *testing.T) {
	is := is.New(t)
	var got syslogtest.Collector
	first := syslogtest.NewServer(t, &got)
	clients := first.ClientTLS()
	first.Close()

	again := syslogtest.NewUnstartedServer(t, &got)
	again.CA = first.CA
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", first.Addr)
	is.NoErr(err)
	again.Listener = ln
	again.Start()
	is.Equal(again.Addr, first.Addr)
	c, err := syslogjson.Dial(t.Context(), first.Addr, clients, syslogjson.ClientOptions{})
	is.NoErr(err)
	is.NoErr(c.Send([]byte(`{}`)))
	is.NoErr(c.Close())
	is.NoErr(got.Wait(t.Context(), 1))
}
