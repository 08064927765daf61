package syslogjson_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func ExampleServerTLSConfig() {
	ca := syslogtest.NewCA() // in earnest, load certificates from files
	cfg := syslogjson.ServerTLSConfig(ca.ServerCert(), ca.Pool())
	fmt.Println(cfg.ClientAuth == tls.RequireAndVerifyClientCert)
	fmt.Println(tls.VersionName(cfg.MinVersion), cfg.SessionTicketsDisabled)
	// Output:
	// true
	// TLS 1.2 true
}

func ExampleClientTLSConfig() {
	ca := syslogtest.NewCA() // in earnest, load certificates from files
	cfg := syslogjson.ClientTLSConfig(ca.Issue(syslogtest.CertOptions{CommonName: "tara-1"}), ca.Pool())
	fmt.Println(cfg.Certificates[0].Leaf.Subject.CommonName, tls.VersionName(cfg.MinVersion))
	// Output: tara-1 TLS 1.2
}

func ExampleNewClient() {
	ours, theirs := net.Pipe() // any connection will do
	received := make(chan string)
	go func() {
		frame, err := syslogjson.NewReader(theirs, 0).Next()
		received <- fmt.Sprintf("%.4s %v", frame, err)
		_, _ = io.Copy(io.Discard, theirs)
	}()
	c := syslogjson.NewClient(ours, syslogjson.ClientOptions{Header: syslogjson.DefaultHeader("vm")})
	if err := c.Send([]byte(`{"n":1}`)); err != nil {
		fmt.Println(err)
	}
	fmt.Println(<-received)
	_ = theirs.Close()
	_ = c.Close() // a pipe cannot be closed in halves: the error says nothing here
	// Output: <38> <nil>
}
