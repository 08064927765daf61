package syslogjson_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/e-gov/tarastat/syslogjson"
)

// memConn is a connection that only reads, from r.
type memConn struct{ r io.Reader }

func (c memConn) Read(b []byte) (int, error)       { return c.r.Read(b) }
func (c memConn) Write(b []byte) (int, error)      { return len(b), nil }
func (c memConn) Close() error                     { return nil }
func (c memConn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c memConn) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 4000} }
func (c memConn) SetDeadline(time.Time) error      { return nil }
func (c memConn) SetReadDeadline(time.Time) error  { return nil }
func (c memConn) SetWriteDeadline(time.Time) error { return nil }

// memListener accepts the given connections and then blocks until it is closed.
type memListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemListener(conns ...net.Conn) *memListener {
	l := &memListener{conns: make(chan net.Conn, len(conns)), closed: make(chan struct{})}
	for _, c := range conns {
		l.conns <- c
	}
	return l
}

func (l *memListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *memListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *memListener) Addr() net.Addr { return &net.TCPAddr{} }

// splits are the ways in which a stream may arrive.
var splits = []struct {
	name string
	wrap func(io.Reader) io.Reader
}{
	{"whole", func(r io.Reader) io.Reader { return r }},
	{"one byte", iotest.OneByteReader},
	{"half", iotest.HalfReader},
	{"with error", iotest.DataErrReader},
}

// served is what a server did with a stream: payloads handed on as they are,
// rejected frames as "!class", in order.
func served(t *testing.T, r io.Reader) ([]string, syslogjson.Stats) {
	t.Helper()
	var got []string
	srv := &syslogjson.Server{
		Logger: slog.New(slog.DiscardHandler),
		Handler: syslogjson.HandlerFunc(func(_ context.Context, m *syslogjson.Message) error {
			got = append(got, string(m.Payload))
			return nil
		}),
		OnReject: func(rej syslogjson.Reject) error {
			if len(rej.Prefix) > syslogjson.MaxSampleBytes {
				t.Errorf("sample of %d bytes", len(rej.Prefix))
			}
			got = append(got, "!"+string(rej.Class))
			return nil
		},
	}
	done := make(chan struct{})
	ln := newMemListener(closeNotifier{memConn{r}, done})
	result := make(chan error, 1)
	go func() { result <- srv.Serve(ln) }()
	<-done
	if err := srv.Shutdown(context.Background()); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if err := <-result; !errors.Is(err, syslogjson.ErrServerClosed) {
		t.Errorf("serve: %v", err)
	}
	st := srv.Stats()
	if st.Frames != st.Messages+st.Rejected.Total() {
		t.Errorf("%d frames, but %d messages and %d rejected", st.Frames, st.Messages, st.Rejected.Total())
	}
	return got, st
}

type closeNotifier struct {
	net.Conn
	done chan struct{}
}

func (c closeNotifier) Close() error {
	close(c.done)
	return c.Conn.Close()
}

// forms are the three in which TARA's senders write.
var forms = []struct {
	name   string
	header syslogjson.Header
}{
	{"bsd", syslogjson.Header{}},
	{"rfc5424", syslogjson.Header{Format: syslogjson.RFC5424}},
	{"octet", syslogjson.Header{Format: syslogjson.RFC5424, Framing: syslogjson.OctetCounting}},
}

// inForm returns h in another format and framing.
func inForm(h, form syslogjson.Header) syslogjson.Header {
	h.Format, h.Framing = form.Format, form.Framing
	return h
}

// The notation of reliability.md section 1.
func j(name string) string   { return `{"n":"` + name + `"}` }
func p5(text string) string  { return "<13>1 - h a - - - " + text }
func bsd(text string) string { return "<38>Aug  1 10:51:54 h " + text }
func oc(m string) string     { return fmt.Sprintf("%d %s", len(m), m) }
func ocOff(m string, off int) string {
	return fmt.Sprintf("%d %s", len(m)+off, m)
}
func x(n int) string { return strings.Repeat("x", n) }
