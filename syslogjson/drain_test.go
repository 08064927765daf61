package syslogjson_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// hidingListener hides the sockets of its connections: the kernel cannot be asked
// what has arrived, as on other systems.
type hidingListener struct{ net.Listener }

func (l hidingListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return struct{ net.Conn }{nc}, nil
}

// A sender that writes every millisecond is never silent, yet does not hold
// Shutdown up, and is cut off between two frames.
func TestShutdownSteadySenders(t *testing.T) {
	const senders = 3
	frame := func(sender, n int) string { return bsd(fmt.Sprintf(`{"s":%d,"n":%d}`, sender, n)) + "\n" }
	tests := []struct {
		name          string
		plain, hidden bool
		halves        bool // each write ends a frame and begins another
	}{
		{name: "frames over TLS"},
		{name: "halves over TLS", halves: true},
		{name: "frames", plain: true},
		{name: "halves", plain: true, halves: true},
		{name: "halves, kernel not asked", hidden: true, halves: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			var got syslogtest.Collector
			srv := newServer(t, &got)
			tlsConfig := srv.ClientTLS()
			if tt.plain {
				srv.TLSConfig, tlsConfig = nil, nil
			}
			if tt.hidden {
				ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
				is.NoErr(err)
				srv.Listener = hidingListener{ln}
			}
			srv.Start()
			var wg sync.WaitGroup
			for s := range senders {
				c, err := syslogjson.Dial(inTime(t), srv.Addr, tlsConfig, syslogjson.ClientOptions{})
				is.NoErr(err)
				t.Cleanup(c.Abort)
				wg.Go(func() {
					tick := time.NewTicker(time.Millisecond)
					defer tick.Stop()
					rest := "" // of a frame that was begun
					for n := 0; ; <-tick.C {
						f := frame(s, n)
						n++
						cut := len(f)
						if tt.halves {
							cut = 10
						}
						if c.SendRaw([]byte(rest+f[:cut])) != nil {
							return
						}
						rest = f[cut:]
					}
				})
			}
			is.NoErr(got.Wait(inTime(t), 100))
			before := srv.Stats().Messages
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			is.NoErr(srv.Shutdown(ctx))
			is.NoErr(ctx.Err())
			wg.Wait() // each sender has noticed

			st := srv.Stats()
			is.True(st.Messages >= before)
			is.Equal(st.Messages, uint64(got.Len()))
			is.Equal(st.Frames, st.Messages)
			is.Equal(st.ReadErrors, uint64(0))
			next := make([]int, senders)
			for _, p := range got.Payloads() { // whole, and none left out
				var s, n int
				_, err := fmt.Sscanf(p, `{"s":%d,"n":%d}`, &s, &n)
				is.NoErr(err)
				is.Equal(n, next[s])
				next[s]++
			}
		})
	}
}

// countingListener accepts TCP connections that tell how they are read.
type countingListener struct {
	net.Listener
	conns chan *countingConn
}

type countingConn struct {
	*net.TCPConn
	n       atomic.Int64 // bytes read
	endless atomic.Bool  // it is read without a deadline
}

func (c *countingConn) SetReadDeadline(at time.Time) error {
	c.endless.Store(at.IsZero())
	return c.TCPConn.SetReadDeadline(at)
}

func (l countingListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &countingConn{TCPConn: nc.(*net.TCPConn)}
	l.conns <- c
	return c, nil
}

func (c *countingConn) Read(b []byte) (int, error) {
	n, err := c.TCPConn.Read(b)
	c.n.Add(int64(n))
	return n, err
}

// holdingConn writes what it is given, but when holding only the first bytes; the
// rest is written by release.
type holdingConn struct {
	net.Conn
	first int // while above zero
	held  []byte
}

func (c *holdingConn) Write(b []byte) (int, error) {
	if c.first == 0 {
		return c.Conn.Write(b)
	}
	c.held = append(c.held, b[c.first:]...)
	if n, err := c.Conn.Write(b[:c.first]); err != nil {
		return n, err
	}
	return len(b), nil
}

func (c *holdingConn) release() error {
	_, err := c.Conn.Write(c.held)
	return err
}

// A TLS record of which a part has arrived is waited for, as half a frame is: its
// frames cannot be told from its beginning.
func TestShutdownHalfRecord(t *testing.T) {
	for _, first := range []int{1, 4, 5, 6, 39} { // of 5 for the header and 35 or more for the body
		for _, version := range versions {
			t.Run(fmt.Sprintf("%d bytes/%s", first, version.name), func(t *testing.T) {
				is := is.New(t)
				var got syslogtest.Collector
				srv := newServer(t, &got)
				inner, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
				is.NoErr(err)
				ln := countingListener{inner, make(chan *countingConn, 1)}
				srv.Listener = ln
				srv.Start()
				nc, err := new(net.Dialer).DialContext(inTime(t), "tcp", srv.Addr)
				is.NoErr(err)
				hold := &holdingConn{Conn: nc}
				cfg := srv.ClientTLS()
				cfg.MinVersion, cfg.MaxVersion = version.id, version.id
				c := syslogjson.NewClient(tls.Client(hold, cfg), syslogjson.ClientOptions{})
				t.Cleanup(c.Abort)
				is.NoErr(c.SendRaw([]byte("<1>{}\n")))
				is.NoErr(got.Wait(inTime(t), 1))
				accepted := <-ln.conns
				before := accepted.n.Load()
				hold.first = first
				is.NoErr(c.SendRaw([]byte(strings.Repeat("<1>{}\n", 3))))
				await(t, "its beginning is read", func() bool { return accepted.n.Load() == before+int64(first) })
				result := shutDown(context.Background(), t, srv)
				await(t, "its rest is waited for", accepted.endless.Load)
				is.NoErr(hold.release())
				is.NoErr(<-result)
				is.Equal(got.Len(), 4)
			})
		}
	}
}
