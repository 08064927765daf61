package syslogjson_test

import (
	"net"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// keepingListener keeps the connections that it accepts.
type keepingListener struct {
	net.Listener
	conns chan net.Conn
}

func (l keepingListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err == nil {
		l.conns <- nc
	}
	return nc, err
}

// A dead peer is noticed in two minutes, without a read timeout.
func TestKeepAlive(t *testing.T) {
	is := is.New(t)
	inner, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	is.NoErr(err)
	srv := newServer(t, new(syslogtest.Collector))
	ln := keepingListener{inner, make(chan net.Conn, 1)}
	srv.Listener = ln
	srv.Start()
	nc, err := new(net.Dialer).DialContext(inTime(t), "tcp", srv.Addr)
	is.NoErr(err)
	defer func() { _ = nc.Close() }()
	accepted := <-ln.conns
	await(t, "it is served", func() bool { return srv.Stats().Active == 1 })
	raw, err := accepted.(*net.TCPConn).SyscallConn()
	is.NoErr(err)
	option := func(level, name int) (v int) {
		is.NoErr(raw.Control(func(fd uintptr) {
			v, err = syscall.GetsockoptInt(int(fd), level, name)
		}))
		is.NoErr(err)
		return v
	}
	is.Equal(option(syscall.SOL_SOCKET, syscall.SO_KEEPALIVE), 1)
	is.Equal(option(syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE), 60)
	is.Equal(option(syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL), 15)
	is.Equal(option(syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT), 4)
}
