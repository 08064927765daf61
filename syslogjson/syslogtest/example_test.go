package syslogtest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func ExampleNewServer() {
	var got syslogtest.Collector
	srv := syslogtest.NewServer(nil, &got) // a test passes its t and needs no Close
	defer srv.Close()

	// The sender under test connects to srv.Addr with srv.ClientTLS().
	sender := srv.Dial(syslogjson.ClientOptions{Header: syslogjson.DefaultHeader("vm")})
	if err := sender.Send([]byte(`{"operation":"START_AUTH"}`)); err != nil {
		fmt.Println(err)
	}

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := got.Wait(ctx, 1); err != nil {
		fmt.Println(err)
	}
	for _, m := range got.Messages() {
		fmt.Printf("%s from %q: %s\n", m.Format, m.Peer.Name, m.Payload)
	}
	// Output: bsd from "syslogtest client": {"operation":"START_AUTH"}
}

func ExampleServer_WaitRejected() {
	srv := syslogtest.NewServer(nil, new(syslogtest.Collector))
	defer srv.Close()

	sender := srv.Dial(syslogjson.ClientOptions{})
	if err := sender.Send([]byte("this is no JSON")); err != nil {
		fmt.Println(err)
	}

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	fmt.Println(srv.WaitRejected(ctx, 1), srv.Stats().Rejected[syslogjson.ClassNoJSON])
	// Output: <nil> 1
}

func ExampleServer_WaitRefused() {
	srv := syslogtest.NewServer(nil, new(syslogtest.Collector))
	defer srv.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	stranger := srv.CA.Issue(syslogtest.CertOptions{CommonName: "stranger", SelfSigned: true})
	sender, err := syslogjson.Dial(ctx, srv.Addr, srv.ClientTLSWith(stranger), syslogjson.ClientOptions{})
	if err == nil { // under TLS 1.3 the sender does not see it
		defer sender.Abort()
	}
	fmt.Println(srv.WaitRefused(ctx, 1))
	// Output: <nil>
}

func ExampleNewCA() {
	ca := syslogtest.NewCA()
	expired := ca.Issue(syslogtest.CertOptions{
		CommonName: "late",
		NotBefore:  time.Now().Add(-48 * time.Hour),
		NotAfter:   time.Now().Add(-24 * time.Hour),
	})
	fmt.Println(expired.Leaf.Subject.CommonName, expired.Leaf.NotAfter.Before(time.Now()))
	// Output: late true
}
