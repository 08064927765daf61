package syslogjson_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// streamConn is a connection from an address that only reads, from r.
type streamConn struct {
	net.Conn
	r    io.Reader
	from net.IP
}

func newStreamConn(r io.Reader, from net.IP) net.Conn {
	ours, theirs := net.Pipe()
	_ = theirs.Close() // nobody reads what is written
	return streamConn{ours, r, from}
}

func (c streamConn) Read(b []byte) (int, error) { return c.r.Read(b) }
func (c streamConn) RemoteAddr() net.Addr       { return &net.TCPAddr{IP: c.from, Port: 4000} }

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
		Logger: silent(),
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
	srv.ServeConn(newStreamConn(r, net.IPv4(192, 0, 2, 1)))
	st := srv.Stats()
	if st.Frames != st.Messages+st.Rejected.Total() {
		t.Errorf("%d frames, but %d messages and %d rejected", st.Frames, st.Messages, st.Rejected.Total())
	}
	return got, st
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
func oc(m string) string     { return ocOff(m, 0) }
func ocOff(m string, off int) string {
	return fmt.Sprintf("%d %s", len(m)+off, m)
}
func x(n int) string { return strings.Repeat("x", n) }

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// inTime returns a context that ends before the test run does.
func inTime(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// server is a server under test, with what it gets and what it logs.
type server struct {
	*syslogtest.Server
	got syslogtest.Collector
	log lockedBuffer
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := new(server)
	s.Server = syslogtest.NewUnstartedServer(t, &s.got)
	s.Logger = slog.New(slog.NewTextHandler(&s.log, nil))
	return s
}

// started returns a server that runs, changed by set.
func started(t *testing.T, set ...func(*server)) *server {
	t.Helper()
	s := newServer(t)
	for _, change := range set {
		change(s)
	}
	s.Start()
	return s
}

// plain turns TLS off.
func plain(s *server) { s.TLSConfig = nil }

// answer returns a function that answers every message with err.
func answer(err error) func(*syslogjson.Message) error {
	return func(*syslogjson.Message) error { return err }
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// changedListener accepts through accept.
type changedListener struct {
	net.Listener
	accept func(net.Listener) (net.Conn, error)
}

func (l changedListener) Accept() (net.Conn, error) { return l.accept(l.Listener) }

// hiding hides the sockets of ln's connections: the kernel cannot be asked what has
// arrived, as on other systems.
func hiding(ln net.Listener) net.Listener {
	return changedListener{ln, func(ln net.Listener) (net.Conn, error) {
		nc, err := ln.Accept()
		return struct{ net.Conn }{nc}, err
	}}
}

// failing fails n times before ln accepts.
func failing(ln net.Listener, n int, err error) net.Listener {
	return changedListener{ln, func(ln net.Listener) (net.Conn, error) {
		if n--; n >= 0 {
			return nil, &net.OpError{Op: "accept", Err: err}
		}
		return ln.Accept()
	}}
}

// stutter fails with a timeout before every read.
type stutter struct {
	r    io.Reader
	next bool
}

func (s *stutter) Read(b []byte) (int, error) {
	if s.next = !s.next; s.next {
		return 0, os.ErrDeadlineExceeded
	}
	return s.r.Read(b)
}

// loop yields its data for ever.
type loop struct {
	data []byte
	at   int
}

func (l *loop) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) {
		c := copy(b[n:], l.data[l.at:])
		n += c
		l.at = (l.at + c) % len(l.data)
	}
	return n, nil
}

// endless yields n bytes made by repeating unit, then rest.
func endless(unit string, n int, rest string) io.Reader {
	return io.MultiReader(io.LimitReader(&loop{data: []byte(strings.Repeat(unit, 4096))}, int64(n)), strings.NewReader(rest))
}

// oneArrives sends a message as a good sender does, and it is the only one.
func oneArrives(t *testing.T, srv *server) {
	t.Helper()
	c := srv.Dial(syslogjson.ClientOptions{})
	if err := errors.Join(c.Send([]byte("{}")), c.Close()); err != nil || srv.got.Len() != 1 {
		t.Fatalf("%v, %d messages", err, srv.got.Len())
	}
}

// listen listens on a free port of the loopback address.
func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// dialTCP connects without TLS. The connection is closed when the test ends.
func dialTCP(t *testing.T, addr string) *net.TCPConn {
	t.Helper()
	nc, err := new(net.Dialer).DialContext(inTime(t), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nc.Close() })
	return nc.(*net.TCPConn)
}

// connected returns the ends of a connection. They are closed when the test ends.
func connected(t *testing.T) (client, accepted *net.TCPConn) {
	t.Helper()
	ln := listen(t)
	client = dialTCP(t, ln.Addr().String())
	nc, err := ln.Accept()
	if err = errors.Join(err, ln.Close()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nc.Close() })
	return client, nc.(*net.TCPConn)
}

// write writes text, which must be taken whole.
func write(t *testing.T, w io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
}
