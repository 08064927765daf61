package syslogjson_test

import (
	"context"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/syslogjson"
)

// A dead peer is noticed in two minutes, without a read timeout.
func TestKeepAlive(t *testing.T) {
	is := is.New(t)
	_, accepted := connected(t)
	srv := newServer(t)
	go srv.ServeConn(accepted)
	testenv.Await(t, "it is served", func() bool { return srv.Stats().Active == 1 })
	raw, err := accepted.SyscallConn()
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

// What the kernel held is handed on also when that takes longer than a sender that
// is never silent would be read.
func TestShutdownReadsWhatIsHeld(t *testing.T) {
	is := is.New(t)
	entered, gate := make(chan struct{}), make(chan struct{})
	var n atomic.Int64
	srv := newServer(t)
	plain(srv)
	srv.got.Answer = func(*syslogjson.Message) error {
		if n.Add(1) == 1 {
			close(entered)
			<-gate
		} else {
			time.Sleep(100 * time.Millisecond) // the fault itself: a slow handler
		}
		return nil
	}
	client, accepted := connected(t)
	go srv.ServeConn(accepted)
	write(t, client, "<1>{}\n")
	<-entered
	const count = 8
	rest := strings.Repeat("<1>{\"x\":\""+x(5000)+"\"}\n", count) // more than one read brings
	write(t, client, rest)
	testenv.Await(t, "the kernel holds the rest", func() bool { return syslogjson.Arrived(accepted) == len(rest) })
	result := shutDown(context.Background(), t, srv)
	close(gate)
	is.NoErr(<-result)
	is.Equal(srv.got.Len(), 1+count)
}
