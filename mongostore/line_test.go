package mongostore_test

import (
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
)

// line is the network between a store and its server.
type line struct {
	uri  string
	deaf atomic.Bool // what the server says is lost
}

// newLine returns a line to a server.
func newLine(t *testing.T, server string) *line {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	l := &line{uri: "mongodb://" + ln.Addr().String() + u.Path}
	go func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", u.Host)
			if err != nil {
				_ = client.Close()
				continue
			}
			go l.carry(server, client, nil)
			go l.carry(client, server, &l.deaf)
		}
	}()
	return l
}

// carry copies until one side ends, and then ends both. What comes while lose
// is set is lost, and with it all that follows: half a message is none.
func (l *line) carry(to, from net.Conn, lose *atomic.Bool) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if lose != nil && lose.Load() {
			_, _ = io.Copy(io.Discard, from)
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}
