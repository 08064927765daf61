package syslogjson_test

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// What the kernel held is handed on also when that takes longer than a sender that
// is never silent would be read.
func TestShutdownReadsWhatIsHeld(t *testing.T) {
	is := is.New(t)
	entered, gate := make(chan struct{}), make(chan struct{})
	var n atomic.Int64
	got := &syslogtest.Collector{Answer: func(*syslogjson.Message) error {
		if n.Add(1) == 1 {
			close(entered)
			<-gate
		} else {
			time.Sleep(100 * time.Millisecond) // the fault itself: a slow handler
		}
		return nil
	}}
	srv := newServer(t, got)
	srv.TLSConfig = nil
	inner, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	is.NoErr(err)
	ln := keepingListener{inner, make(chan net.Conn, 1)}
	srv.Listener = ln
	srv.Start()
	c, err := syslogjson.Dial(inTime(t), srv.Addr, nil, syslogjson.ClientOptions{})
	is.NoErr(err)
	t.Cleanup(c.Abort)
	is.NoErr(c.SendRaw([]byte("<1>{}\n")))
	<-entered
	accepted := <-ln.conns
	const count = 8
	rest := strings.Repeat("<1>{\"x\":\""+x(5000)+"\"}\n", count) // more than one read brings
	is.NoErr(c.SendRaw([]byte(rest)))
	await(t, "the kernel holds the rest", func() bool { return syslogjson.Arrived(accepted) == len(rest) })
	result := make(chan error, 1)
	go func() { result <- srv.Shutdown(context.Background()) }()
	is.Equal(srv.Serve(newMemListener()), syslogjson.ErrServerClosed) // it has begun
	close(gate)
	is.NoErr(<-result)
	is.Equal(got.Len(), 1+count)
}
