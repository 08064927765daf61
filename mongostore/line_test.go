package mongostore_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
	"time"
)

// line is the network between a store and its server.
type line struct {
	uri    string
	deaf   atomic.Bool  // what the server says is lost
	budget atomic.Int64 // requests that get through when cut is set; the last one's answer is lost
	cut    atomic.Pointer[func()]
	last   atomic.Pointer[net.Conn] // to the server, of the last request that got through
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
			go l.ask(server, client)
			go l.answer(client, server)
		}
	}()
	return l
}

// cutAfter calls cut when so many requests about records and sums have got
// through, and lets nothing through from then on.
func (l *line) cutAfter(requests int, cut func()) {
	l.budget.Store(int64(requests))
	l.cut.Store(&cut)
}

// ask carries requests, each as a whole.
func (l *line) ask(server, client net.Conn) {
	defer func() { _, _ = server.Close(), client.Close() }()
	for {
		head := make([]byte, 4)
		if _, err := io.ReadFull(client, head); err != nil {
			return
		}
		message := make([]byte, binary.LittleEndian.Uint32(head))
		copy(message, head)
		if _, err := io.ReadFull(client, message[4:]); err != nil {
			return
		}
		about := bytes.Contains(message, []byte("autentimised")) || bytes.Contains(message, []byte("tarastat_"))
		if cut := l.cut.Load(); cut != nil && about {
			left := l.budget.Add(-1)
			if left == 0 {
				l.last.Store(&server)
				l.deaf.Store(true)
			}
			if left < 0 {
				l.deaf.Store(true)
				if l.last.Load() == nil {
					(*cut)()
				}
				return
			}
		}
		if _, err := server.Write(message); err != nil {
			return
		}
	}
}

// answer carries what the server says, until it is lost, and with it all that
// follows: half a message is none.
func (l *line) answer(client, server net.Conn) {
	defer func() { _, _ = server.Close(), client.Close() }()
	buf := make([]byte, 64<<10)
	for {
		n, err := server.Read(buf)
		if err != nil {
			return
		}
		if l.deaf.Load() {
			if last := l.last.Load(); last != nil && *last == server {
				(*l.cut.Load())()
				return
			}
			for l.deaf.Load() { // then the connection breaks, as after an outage
				time.Sleep(10 * time.Millisecond)
			}
			return
		}
		if _, err := client.Write(buf[:n]); err != nil {
			return
		}
	}
}
