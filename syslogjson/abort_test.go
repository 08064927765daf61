package syslogjson_test

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// writesConn counts the writes that have begun.
type writesConn struct {
	net.Conn
	n atomic.Int64
}

func (c *writesConn) Write(b []byte) (int, error) {
	c.n.Add(1)
	return c.Conn.Write(b)
}

// unreadClient returns a client of a server that accepts and then reads nothing,
// and its connection.
func unreadClient(t *testing.T, secure bool, opts syslogjson.ClientOptions) (*syslogjson.Client, *writesConn) {
	t.Helper()
	is := is.New(t)
	srv := syslogtest.NewUnstartedServer(t, nil) // for its certificates
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	is.NoErr(err)
	accepted := make(chan error, 1)
	go func() {
		nc, err := ln.Accept()
		if err == nil {
			t.Cleanup(func() { _ = nc.Close() })
			if secure {
				err = tls.Server(nc, srv.TLSConfig).HandshakeContext(inTime(t))
			}
		}
		accepted <- err
	}()
	nc, err := new(net.Dialer).DialContext(inTime(t), "tcp", ln.Addr().String())
	is.NoErr(err)
	counting := &writesConn{Conn: nc}
	over := net.Conn(counting)
	if secure {
		tc := tls.Client(counting, srv.ClientTLS())
		is.NoErr(tc.HandshakeContext(inTime(t)))
		over = tc
	}
	is.NoErr(<-accepted)
	is.NoErr(ln.Close())
	c := syslogjson.NewClient(over, opts)
	t.Cleanup(c.Abort)
	return c, counting
}

// tooMuch is more than the two kernels hold: to send it blocks.
const tooMuch = 64 << 20

// Abort ends a Send that a server blocks which does not read, and waits for no one.
func TestClientAbort(t *testing.T) {
	for name, secure := range map[string]bool{"plain": false, "tls": true} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			c, nc := unreadClient(t, secure, syslogjson.ClientOptions{})
			before := nc.n.Load()
			sent := make(chan error, 1)
			go func() { sent <- c.SendRaw(make([]byte, tooMuch)) }()
			await(t, "it is sending", func() bool { return nc.n.Load() > before })
			closed := make(chan error, 1)
			go func() { closed <- c.Close() }() // waits for the one that sends
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(c.Abort)
			}
			wg.Wait()
			is.True(errors.Is(<-sent, net.ErrClosed))
			is.True(<-closed != nil) // the server has not read everything
			is.True(errors.Is(c.Send([]byte("{}")), net.ErrClosed))
			is.NoErr(c.Close())
			c.Abort()
		})
	}
}

// Close does not hold Abort up either, and says that not everything was read.
func TestClientAbortInClose(t *testing.T) {
	is := is.New(t)
	c, nc := unreadClient(t, true, syslogjson.ClientOptions{BufferBytes: tooMuch})
	is.NoErr(c.SendRaw(make([]byte, tooMuch/2)))
	before := nc.n.Load()
	closed := make(chan error, 1)
	go func() { closed <- c.Close() }()
	await(t, "it is flushing", func() bool { return nc.n.Load() > before })
	c.Abort()
	is.True(errors.Is(<-closed, net.ErrClosed))
}

// After Abort nothing is taken any more, not even into the buffer.
func TestClientAbortBeforeAll(t *testing.T) {
	is := is.New(t)
	c, nc := unreadClient(t, true, syslogjson.ClientOptions{BufferBytes: 1 << 10})
	before := nc.n.Load()
	c.Abort()
	is.Equal(nc.n.Load(), before) // a close_notify could block
	is.True(errors.Is(c.Send([]byte("{}")), net.ErrClosed))
	is.True(errors.Is(c.Flush(), net.ErrClosed))
	is.True(errors.Is(c.Close(), net.ErrClosed))
	is.NoErr(c.Close())
}

// A client that was closed may be aborted.
func TestClientAbortAfterClose(t *testing.T) {
	is := is.New(t)
	var got syslogtest.Collector
	srv := newServer(t, &got)
	srv.Start()
	c := srv.Dial(syslogjson.ClientOptions{})
	is.NoErr(c.Send([]byte("{}")))
	is.NoErr(c.Close())
	c.Abort()
	is.NoErr(c.Close())
	is.Equal(got.Len(), 1)
}
