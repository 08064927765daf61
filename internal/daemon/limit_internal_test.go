package daemon

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv"
)

func TestPerAddress(t *testing.T) {
	is := is.New(t)
	limit := &perAddress{limit: 2, open: make(map[netip.Addr]int)}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ConnState = limit.connState
	server.Start()
	defer server.Close()
	dial := func() net.Conn {
		t.Helper()
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		is.NoErr(err)
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	served := func(c net.Conn) bool {
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		n, _ := c.Read(make([]byte, 1))
		return n == 1
	}
	first := dial()
	is.True(served(first))
	is.True(served(dial()))
	is.True(!served(dial())) // closed at once
	is.NoErr(first.Close())
	testenv.Await(t, "the place of the first", func() bool { return served(dial()) })
	is.True(!served(dial()))
}
