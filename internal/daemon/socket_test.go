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

	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/internal/testenv/service"
)

// TestTwoSocketsOfOneName hands over two sockets for senders, as systemd does
// for a unit that listens on both versions of IP. Both are served.
func TestTwoSocketsOfOneName(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	one, addr1 := socket(t)
	two, addr2 := socket(t)
	p := service.Launch(t, dir, withSockets(t, dir, "syslog:syslog", one, two))
	for i, addr := range []string{addr1, addr2} {
		p.Syslog = addr
		is.NoErr(sendNumbered(p.Dial("octet"), addr, 1, 10))
		p.AwaitRecords(10 * (i + 1))
	}
	p.Stop()
}

// socket is a listening socket as systemd has it, and its address.
func socket(t *testing.T) (file *os.File, addr string) {
	t.Helper()
	is := is.New(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	is.NoErr(err)
	defer ln.Close()
	f, err := ln.(*net.TCPListener).File() // which stays open
	is.NoErr(err)
	t.Cleanup(func() { _ = f.Close() })
	return f, ln.Addr().String()
}

// withSockets is the service as systemd starts it.
func withSockets(t *testing.T, dir, names string, files ...*os.File) *exec.Cmd {
	t.Helper()
	c := service.Command(t, "serve", "-data-dir", dir, "-http-addr", "127.0.0.1:0", "-syslog-addr", "127.0.0.1:1")
	sh := exec.Command("sh", append([]string{"-c", `LISTEN_PID=$$ exec "$0" "$@"`}, c.Args...)...)
	sh.Env = append(os.Environ(), fmt.Sprint("LISTEN_FDS=", len(files)), "LISTEN_FDNAMES="+names)
	sh.ExtraFiles = files
	return sh
}

// TestSocketFromSystemd plays systemd: it keeps the listening socket and hands
// it to one process after the other. A sender that connects while there is no
// process waits, and loses nothing.
func TestSocketFromSystemd(t *testing.T) {
	is := is.New(t)
	file, addr := socket(t)
	dir := t.TempDir()
	is.NoErr(keys.Ensure(filepath.Join(dir, "keys"), []string{"127.0.0.1"}, time.Now()))
	run := func() *service.Process {
		p := service.Launch(t, dir, withSockets(t, dir, "syslog", file))
		is.Equal(p.Syslog, addr)
		return p
	}
	first := run()
	c := first.Dial("bsd")
	is.NoErr(c.Send(numbered("a", 1)))
	first.AwaitRecords(1)
	first.Stop()
	_ = c.Close()

	sent := make(chan error, 1)
	go func() { sent <- sendNumbered(first.Dial("bsd"), "a", 2, 2) }() // the handshake waits in the backlog of the socket
	second := run()
	is.NoErr(<-sent)
	second.AwaitRecords(2)
	second.Stop()
}
