package daemon

import (
	"net"
	"testing"

	"github.com/matryer/is"
)

func TestPerAddress(t *testing.T) {
	is := is.New(t)
	inner, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	is.NoErr(err)
	ln := newPerAddress(inner, 2)
	defer ln.Close()
	accepted := make(chan net.Conn)
	go func() {
		defer close(accepted)
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	dial := func() net.Conn {
		t.Helper()
		c, err := new(net.Dialer).DialContext(t.Context(), "tcp", inner.Addr().String())
		is.NoErr(err)
		return c
	}
	first := dial()
	defer first.Close()
	a := <-accepted
	second := dial()
	defer second.Close()
	b := <-accepted

	third := dial()
	_, err = third.Read(make([]byte, 1))
	is.True(err != nil) // closed at once
	_ = third.Close()

	is.NoErr(a.Close())
	_ = a.Close() // gives its place back once
	fourth := dial()
	defer fourth.Close()
	c := <-accepted
	fifth := dial()
	_, err = fifth.Read(make([]byte, 1))
	is.True(err != nil)
	_ = fifth.Close()
	_, _ = b.Close(), c.Close()
}
