// Package sendertest is a small sender of events and, in its test, what this module
// offers to whoever tests a sender.
package sendertest

import (
	"context"
	"crypto/tls"
	"fmt"
	"time"
)

const priority = 4<<3 | 6 // auth, info

// Send writes one line for each text to a receiver of syslog over TLS.
func Send(ctx context.Context, addr string, cfg *tls.Config, texts ...string) error {
	nc, err := (&tls.Dialer{Config: cfg}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer func() { _ = nc.Close() }()
	for _, text := range texts {
		if _, err := fmt.Fprintf(nc, "<%d>%s sender %s\n", priority, time.Now().Format(time.Stamp), text); err != nil {
			return err
		}
	}
	return nil
}
