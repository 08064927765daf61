package syslogjson_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func ExampleParse() {
	frame := []byte(`<38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - {"operation":"START_AUTH"}`)
	m, err := syslogjson.Parse(frame)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Facility, m.Severity, m.Format, m.Hostname, m.AppName)
	fmt.Printf("%s\n", m.Payload)
	// Output:
	// 4 6 rfc5424 vm tara
	// {"operation":"START_AUTH"}
}

func ExampleParser() {
	var p syslogjson.Parser
	var m syslogjson.Message // reused: the parser allocates nothing
	for _, frame := range []string{
		`<38>Nov 21 19:29:11 vm {"n":1}`,
		`no priority`,
		`<38>Nov 21 19:29:12 vm no object`,
	} {
		err := p.ParseInto(&m, []byte(frame))
		var pe *syslogjson.ParseError
		if errors.As(err, &pe) {
			fmt.Println(pe.Class)
			continue
		}
		fmt.Printf("%s %s\n", m.Timestamp, m.Payload)
	}
	// Output:
	// Nov 21 19:29:11 {"n":1}
	// bad_header
	// no_json
}

func ExampleNewReader() {
	// Three frames: newline, octet counting, and one above the limit of 64 bytes.
	stream := "<38>Nov 21 19:29:11 vm {\"n\":1}\n" +
		`29 <13>1 - h a - - - {"n":"two"}` +
		"<38>" + strings.Repeat("x", 100) + "\n"
	r := syslogjson.NewReader(strings.NewReader(stream), 64)
	for {
		frame, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		var bad *syslogjson.FrameError
		if errors.As(err, &bad) {
			fmt.Println("rejected:", bad.Class)
			continue
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %s\n", r.Framing(), frame)
	}
	// Output:
	// newline: <38>Nov 21 19:29:11 vm {"n":1}
	// octet: <13>1 - h a - - - {"n":"two"}
	// rejected: oversize
}

func ExampleServer() {
	ca := syslogtest.NewCA() // in earnest, load certificates from files
	done := make(chan struct{})
	srv := &syslogjson.Server{
		TLSConfig: syslogjson.ServerTLSConfig(ca.ServerCert(), ca.Pool()),
		Handler: syslogjson.HandlerFunc(func(_ context.Context, m *syslogjson.Message) error {
			fmt.Printf("%s sent %s\n", m.Peer.Name, m.Payload)
			close(done)
			return nil
		}),
	}
	ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	served := make(chan error)
	go func() { served <- srv.Serve(ln) }()

	cert := ca.Issue(syslogtest.CertOptions{CommonName: "tara-1"})
	c, err := syslogjson.Dial(context.Background(), ln.Addr().String(),
		syslogjson.ClientTLSConfig(cert, ca.Pool()), syslogjson.ClientOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := c.Send([]byte(`{"n":1}`)); err != nil {
		fmt.Println(err)
	}
	<-done
	if err := c.Close(); err != nil {
		fmt.Println(err)
	}

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	fmt.Println(srv.Shutdown(ctx), errors.Is(<-served, syslogjson.ErrServerClosed))
	// Output:
	// tara-1 sent {"n":1}
	// <nil> true
}

func ExampleDial() {
	var got syslogtest.Collector
	srv := syslogtest.NewServer(nil, &got)
	defer srv.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c, err := syslogjson.Dial(ctx, srv.Addr, srv.ClientTLS(), syslogjson.ClientOptions{
		Header: syslogjson.DefaultHeader("vm"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := c.Send([]byte(`{"operation":"START_AUTH"}`)); err != nil {
		fmt.Println(err)
	}
	if err := c.Close(); err != nil { // nil: the server has read everything
		fmt.Println(err)
	}
	fmt.Println(got.Payloads())
	// Output: [{"operation":"START_AUTH"}]
}

func ExampleHeader_Append() {
	h := syslogjson.DefaultHeader("vm")
	h.AppName, h.ProcID = "tara", "13543"
	at := time.Date(2026, 11, 21, 19, 29, 15, 48e6, time.UTC)
	fmt.Printf("%s", h.Append(nil, at, []byte(`{"n":1}`)))
	h.Format = syslogjson.RFC5424
	fmt.Printf("%s", h.Append(nil, at, []byte(`{"n":1}`)))
	h.Framing = syslogjson.OctetCounting
	fmt.Printf("%s", h.Append(nil, at, []byte(`{"n":1}`)))
	// Output:
	// <38>Nov 21 19:29:15 vm {"n":1}
	// <38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - {"n":1}
	// 57 <38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - {"n":1}
}

func ExampleMessage_Clone() {
	frame := []byte(`<13>{"n":1}`)
	m, err := syslogjson.Parse(frame)
	if err != nil {
		fmt.Println(err)
		return
	}
	kept := m.Clone()
	copy(frame, bytes.Repeat([]byte("x"), len(frame))) // the frame's buffer is used again
	fmt.Printf("%s %s\n", m.Payload, kept.Payload)
	// Output: xxxxxxx {"n":1}
}

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
