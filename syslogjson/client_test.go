package syslogjson_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func TestClientBuffer(t *testing.T) {
	is := is.New(t)
	srv := started(t)
	c := srv.Dial(syslogjson.ClientOptions{BufferBytes: 1 << 10})
	at := time.Date(2026, time.August, 1, 10, 51, 54, 0, time.UTC)
	const n = 100
	for i := range n {
		is.NoErr(c.SendAt(at, fmt.Appendf(nil, `{"n":%d}`, i)))
	}
	is.NoErr(c.Flush())
	is.NoErr(srv.got.Wait(inTime(t), n))
	is.NoErr(c.SendAt(at, []byte(j("last"))))
	is.NoErr(c.Close()) // flushes
	c.Abort()           // also after Close
	is.NoErr(c.Close())
	is.Equal(srv.got.Len(), n+1)
	for _, m := range srv.got.Messages() {
		is.Equal(string(m.Timestamp), "Aug  1 10:51:54")
	}
}

func TestClientDialErrors(t *testing.T) {
	is := is.New(t)
	srv := started(t)
	other := srv.ClientTLS()
	other.RootCAs = syslogtest.NewCA().Pool()
	_, err := syslogjson.Dial(inTime(t), srv.Addr, other, syslogjson.ClientOptions{})
	is.True(err != nil) // a server that the client does not trust
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = syslogjson.Dial(ctx, srv.Addr, srv.ClientTLS(), syslogjson.ClientOptions{})
	is.True(errors.Is(err, context.Canceled))
	srv.Close()
	_, err = syslogjson.Dial(inTime(t), srv.Addr, nil, syslogjson.ClientOptions{})
	is.True(err != nil)
}

// Close says so when the server did not read to the end.
func TestClientCloseUnread(t *testing.T) {
	is := is.New(t)
	ours, theirs := net.Pipe() // a server that reads nothing and closes nothing
	defer func() { _ = theirs.Close() }()
	c := syslogjson.NewClient(ours, syslogjson.ClientOptions{CloseTimeout: time.Millisecond})
	is.True(c.Close() != nil)
	is.NoErr(c.Close())
	is.True(errors.Is(c.Send([]byte("{}")), net.ErrClosed))
	is.True(errors.Is(c.Flush(), net.ErrClosed))
}

// After an error a client sends no more: a message after a gap would look like
// nothing was lost.
func TestClientErrorStays(t *testing.T) {
	is := is.New(t)
	ours, theirs := net.Pipe()
	is.NoErr(theirs.Close())
	c := syslogjson.NewClient(ours, syslogjson.ClientOptions{})
	first := c.Send([]byte("{}"))
	is.True(first != nil)
	is.Equal(c.Send([]byte("{}")), first)
	is.Equal(c.Close(), first)
}

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
	ours, theirs := connected(t)
	nc := &writesConn{Conn: ours}
	over := net.Conn(nc)
	if secure {
		shaken := make(chan error, 1)
		go func() { shaken <- tls.Server(theirs, srv.TLSConfig).HandshakeContext(inTime(t)) }()
		over = tls.Client(nc, srv.ClientTLS())
		is.NoErr(over.(*tls.Conn).HandshakeContext(inTime(t)))
		is.NoErr(<-shaken)
	}
	c := syslogjson.NewClient(over, opts)
	t.Cleanup(c.Abort)
	return c, nc
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
			testenv.Await(t, "it is sending", func() bool { return nc.n.Load() > before })
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
	testenv.Await(t, "it is flushing", func() bool { return nc.n.Load() > before })
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

// A Send that the server does not take ends, and so does Close behind one.
func TestClientTimeouts(t *testing.T) {
	for name, secure := range map[string]bool{"plain": false, "tls": true} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			c, _ := unreadClient(t, secure, syslogjson.ClientOptions{WriteTimeout: 10 * time.Millisecond})
			err := c.SendRaw(make([]byte, tooMuch))
			is.True(errors.Is(err, os.ErrDeadlineExceeded))
			is.Equal(c.Send([]byte("{}")), err) // the connection is of no more use
			is.Equal(c.Close(), err)

			c, nc := unreadClient(t, secure, syslogjson.ClientOptions{WriteTimeout: time.Hour, CloseTimeout: 10 * time.Millisecond})
			before := nc.n.Load()
			sent := make(chan error, 1)
			go func() { sent <- c.SendRaw(make([]byte, tooMuch)) }()
			testenv.Await(t, "it is sending", func() bool { return nc.n.Load() > before })
			is.True(errors.Is(c.Close(), os.ErrDeadlineExceeded))
			is.True(errors.Is(<-sent, net.ErrClosed))
		})
	}
}

// No program is to report an emergency of the kernel, and none does so by leaving a
// field out.
func TestClientPriority(t *testing.T) {
	tests := []struct {
		header syslogjson.Header
		want   string
	}{
		{syslogjson.Header{}, "<38>"},
		{syslogjson.Header{Format: syslogjson.RFC5424, Hostname: "vm"}, "<38>1 "},
		{syslogjson.Header{Severity: 6}, "<6>"},
		{syslogjson.Header{Facility: 1}, "<8>"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			is := is.New(t)
			ours, theirs := connected(t)
			c := syslogjson.NewClient(ours, syslogjson.ClientOptions{Header: tt.header})
			is.NoErr(c.Send([]byte("{}")))
			frame, err := syslogjson.NewReader(theirs, 0).Next()
			is.NoErr(err)
			is.True(strings.HasPrefix(string(frame), tt.want))
			c.Abort()
		})
	}
}

// Values that were not made by their constructor, and nil, say so at once.
func TestZeroValues(t *testing.T) {
	is := is.New(t)
	var c syslogjson.Client
	for _, err := range []error{c.Send([]byte("{}")), c.Flush(), c.Close()} {
		is.True(err != nil && strings.Contains(err.Error(), "made with Dial or NewClient"))
	}
	c.Abort()
	_, err := new(syslogjson.Reader).Next()
	is.True(err != nil && strings.Contains(err.Error(), "made with NewReader"))
	_, err = syslogjson.Dial(t.Context(), "", nil, syslogjson.ClientOptions{})
	is.True(err != nil && strings.Contains(err.Error(), "missing address"))
	srv := &syslogjson.Server{Handler: new(syslogtest.Collector)}
	is.True(strings.Contains(srv.Serve(nil).Error(), "listener is nil"))
	for want, call := range map[string]func(){
		"the source is nil":     func() { syslogjson.NewReader(nil, 0) },
		"the connection is nil": func() { syslogjson.NewClient(nil, syslogjson.ClientOptions{}) },
	} {
		func() {
			defer func() { is.True(strings.Contains(fmt.Sprint(recover()), want)) }()
			call()
		}()
	}
}

func TestTextForms(t *testing.T) {
	is := is.New(t)
	type settings struct {
		Format  syslogjson.Format
		Framing syslogjson.Framing
	}
	for _, want := range []settings{{}, {syslogjson.RFC5424, syslogjson.OctetCounting}} {
		text, err := json.Marshal(want)
		is.NoErr(err)
		got := settings{9, 9}
		is.NoErr(json.Unmarshal(text, &got))
		is.Equal(got, want)
	}
	text, err := json.Marshal(settings{Format: syslogjson.RFC5424})
	is.NoErr(err)
	is.Equal(string(text), `{"Format":"rfc5424","Framing":"newline"}`)
	is.True(json.Unmarshal([]byte(`{"Format":"syslog"}`), new(settings)) != nil)
	is.True(json.Unmarshal([]byte(`{"Framing":""}`), new(settings)) != nil)
}
