// Package d is a sender of syslog over TLS, newline by newline.
package d

import (
	"context"
	"crypto/tls"
	"fmt"
)

// Sender sends messages to one server and connects when it must.
type Sender struct {
	Addr string
	TLS  *tls.Config

	conn *tls.Conn
}

// Send sends one message.
func (s *Sender) Send(ctx context.Context, text string) error {
	if s.conn == nil {
		conn, err := (&tls.Dialer{Config: s.TLS}).DialContext(ctx, "tcp", s.Addr)
		if err != nil {
			return err
		}
		s.conn = conn.(*tls.Conn)
	}
	if _, err := fmt.Fprintf(s.conn, "<38>Nov 21 19:29:11 vm %s\n", text); err != nil {
		s.Close()
		return err
	}
	return nil
}

// Close leaves the server; Send connects anew.
func (s *Sender) Close() {
	if s.conn != nil {
		_ = s.conn.Close()
		s.conn = nil
	}
}
