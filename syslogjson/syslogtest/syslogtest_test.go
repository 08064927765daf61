package syslogtest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

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
}

func (f *failure) Cleanup(fn func()) { f.cleanups = append(f.cleanups, fn) }
func (f *failure) Fatalf(format string, args ...any) {
	f.text = fmt.Sprintf(format, args...)
}

func TestServerFails(t *testing.T) {
	is := is.New(t)
	var tb failure
	srv := syslogtest.NewServer(&tb, nil) // no handler: Serve refuses
	srv.Close()
	is.True(strings.Contains(tb.text, "Handler is nil"))
	tb.text = ""
	is.True(srv.Dial(syslogjson.ClientOptions{}) == nil)
	is.True(strings.Contains(tb.text, "dial"))
	is.Equal(len(tb.cleanups), 1)
	tb.cleanups[0]()
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
