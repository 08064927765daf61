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
