package syslogjson_test

import (
	"bytes"
	"context"
	"crypto/tls"
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

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// inTime returns a context that ends before the test run does.
func inTime(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// await waits until ok, which it asks again and again.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx := inTime(t)
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain: %s", what)
		case <-time.After(time.Millisecond):
		}
	}
}

func newServer(t *testing.T, h syslogjson.Handler) *syslogtest.Server {
	t.Helper()
	srv := syslogtest.NewUnstartedServer(t, h)
	srv.Logger = silent()
	return srv
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

// addrConn is a connection from its own address.
type addrConn struct {
	memConn
	ip net.IP
}

func (c addrConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: c.ip, Port: 4000} }

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

// keeping also gives out the connections that ln accepts.
func keeping(ln net.Listener) (net.Listener, <-chan net.Conn) {
	conns := make(chan net.Conn, 1)
	return changedListener{ln, func(ln net.Listener) (net.Conn, error) {
		nc, err := ln.Accept()
		if err == nil {
			conns <- nc
		}
		return nc, err
	}}, conns
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

// started returns a server that runs, changed by set, and what it gets.
func started(t *testing.T, set ...func(*syslogtest.Server)) (*syslogtest.Server, *syslogtest.Collector) {
	t.Helper()
	got := new(syslogtest.Collector)
	srv := newServer(t, got)
	for _, change := range set {
		change(srv)
	}
	srv.Start()
	return srv, got
}

// plain turns TLS off, and logTo writes the log to b.
func plain(s *syslogtest.Server) { s.TLSConfig = nil }

func logTo(b *lockedBuffer) func(*syslogtest.Server) {
	return func(s *syslogtest.Server) { s.Logger = slog.New(slog.NewTextHandler(b, nil)) }
}

// answering returns a collector that answers every message with err.
func answering(err error) *syslogtest.Collector {
	return &syslogtest.Collector{Answer: func(*syslogjson.Message) error { return err }}
}

// dial connects a client, with TLS if srv has it. It is aborted when the test ends.
func dial(t *testing.T, srv *syslogtest.Server) *syslogjson.Client {
	t.Helper()
	var cfg *tls.Config
	if srv.TLSConfig != nil {
		cfg = srv.ClientTLS()
	}
	c, err := syslogjson.Dial(inTime(t), srv.Addr, cfg, syslogjson.ClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Abort)
	return c
}

// oneArrives sends a message as a good sender does, and it is the only one.
func oneArrives(t *testing.T, srv *syslogtest.Server, got *syslogtest.Collector) {
	t.Helper()
	c := srv.Dial(syslogjson.ClientOptions{})
	if err := errors.Join(c.Send([]byte("{}")), c.Close()); err != nil || got.Len() != 1 {
		t.Fatalf("%v, %d messages", err, got.Len())
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
func dialTCP(t *testing.T, srv *syslogtest.Server) *net.TCPConn {
	t.Helper()
	nc, err := new(net.Dialer).DialContext(inTime(t), "tcp", srv.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nc.Close() })
	return nc.(*net.TCPConn)
}

// write writes text, which must be taken whole.
func write(t *testing.T, w io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
}
