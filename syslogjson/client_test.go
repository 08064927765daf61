package syslogjson_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func TestClientBuffer(t *testing.T) {
	is := is.New(t)
	var got syslogtest.Collector
	srv := newServer(t, &got)
	srv.Start()
	c := srv.Dial(syslogjson.ClientOptions{BufferBytes: 1 << 10})
	at := time.Date(2026, time.August, 1, 10, 51, 54, 0, time.UTC)
	const n = 100
	for i := range n {
		is.NoErr(c.SendAt(at, fmt.Appendf(nil, `{"n":%d}`, i)))
	}
	is.NoErr(c.Flush())
	is.NoErr(got.Wait(inTime(t), n))
	is.NoErr(c.SendAt(at, []byte(j("last"))))
	is.NoErr(c.Close()) // flushes
	is.Equal(got.Len(), n+1)
	for _, m := range got.Messages() {
		is.Equal(string(m.Timestamp), "Aug  1 10:51:54")
	}
}

func TestClientDialErrors(t *testing.T) {
	is := is.New(t)
	srv := newServer(t, new(syslogtest.Collector))
	srv.Start()
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
