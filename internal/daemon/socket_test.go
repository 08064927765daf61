package daemon_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/internal/testenv"
)

// TestTwoSocketsOfOneName hands over two sockets for senders, as systemd does
// for a unit that listens on both versions of IP. Both are served.
func TestTwoSocketsOfOneName(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	var files []*os.File
	var addrs []string
	for range 2 {
		ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		is.NoErr(err)
		defer ln.Close()
		f, err := ln.(*net.TCPListener).File()
		is.NoErr(err)
		defer f.Close()
		files, addrs = append(files, f), append(addrs, ln.Addr().String())
	}
	p := launch(t, dir, withSockets(t, dir, "syslog:syslog", files))
	for i, addr := range addrs {
		p.syslog = addr
		is.NoErr(sendNumbered(p.dial("octet"), addr, 1, 10))
		testenv.Await(t, "events over "+addr, func() bool { return p.records() == 10*(i+1) })
	}
	p.stop()
}

// withSockets is the service as systemd starts it.
func withSockets(t *testing.T, dir, names string, files []*os.File) *exec.Cmd {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	c := command(t, "serve", "-data-dir", dir, "-http-addr", "127.0.0.1:0", "-syslog-addr", "127.0.0.1:1")
	c.Args = append([]string{sh, "-c", `LISTEN_PID=$$ exec "$0" "$@"`, c.Path}, c.Args[1:]...)
	c.Path = sh
	c.Env = append(os.Environ(), fmt.Sprint("LISTEN_FDS=", len(files)), "LISTEN_FDNAMES="+names)
	c.ExtraFiles = files
	return c
}

// TestSocketFromSystemd plays systemd: it keeps the listening socket and hands
// it to one process after the other. A sender that connects while there is no
// process waits, and loses nothing.
func TestSocketFromSystemd(t *testing.T) {
	is := is.New(t)
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	is.NoErr(err)
	defer ln.Close()
	socket, err := ln.(*net.TCPListener).File()
	is.NoErr(err)
	defer socket.Close()

	dir := t.TempDir()
	is.NoErr(keys.Ensure(filepath.Join(dir, "keys"), []string{"127.0.0.1"}, time.Now()))
	run := func() *process {
		p := launch(t, dir, withSockets(t, dir, "syslog", []*os.File{socket}))
		is.Equal(p.syslog, ln.Addr().String())
		return p
	}
	payload := event.AppendJSON(nil, event.Event{
		TimeText: "2018-04-28", ClientID: "a", Method: event.MethodIDCard, Operation: event.StartAuth,
	})
	first := run()
	c := first.dial("bsd")
	is.NoErr(c.Send(payload))
	testenv.Await(t, "the first event", func() bool { return first.records() == 1 })
	first.stop()
	_ = c.Close()

	sent := make(chan error, 1)
	go func() { // the handshake waits in the backlog of the socket
		c := first.dial("bsd")
		err := c.Send(payload)
		if err == nil {
			err = c.Close()
		}
		sent <- err
	}()
	second := run()
	is.NoErr(<-sent)
	testenv.Await(t, "the second event", func() bool { return second.records() == 2 })
	second.stop()
}
