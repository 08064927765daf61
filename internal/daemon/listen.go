package daemon

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// firstFD is the number of the first socket that systemd hands over
// (sd_listen_fds(3)).
const firstFD = 3

// maxSockets bounds how many of them are taken over.
const maxSockets = 16

// inherit takes over the sockets that systemd opened and keeps open across
// restarts, by the names its units give them, and takes the variables that speak
// of them out of the environment, so that no child takes them for its own. A name
// may have several, such as one for each version of IP.
func (d *Daemon) inherit() (map[string][]net.Listener, error) {
	pid, count, names := os.Getenv("LISTEN_PID"), os.Getenv("LISTEN_FDS"), os.Getenv("LISTEN_FDNAMES")
	for _, v := range []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
		_ = os.Unsetenv(v)
	}
	if pid != strconv.Itoa(os.Getpid()) {
		return nil, nil
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > maxSockets {
		return nil, fmt.Errorf("daemon: LISTEN_FDS=%q", count)
	}
	sockets := make(map[string][]net.Listener)
	for i := range n {
		var name string
		name, names, _ = strings.Cut(names, ":")
		if name != "syslog" && name != "http" {
			return nil, fmt.Errorf("daemon: systemd hands over a socket named %q: want FileDescriptorName=syslog or http", name)
		}
		f := os.NewFile(uintptr(firstFD+i), name)
		ln, err := net.FileListener(f)
		_ = f.Close() // the listener has its own copy
		if err != nil {
			return nil, fmt.Errorf("daemon: socket %q of systemd: %w", name, err)
		}
		d.closeOnStop(ln)
		sockets[name] = append(sockets[name], ln)
	}
	return sockets, nil
}

// listen returns the sockets of that name that systemd handed over, or opens
// one.
func (d *Daemon) listen(ctx context.Context, sockets map[string][]net.Listener, name, addr string) ([]net.Listener, error) {
	if lns := sockets[name]; len(lns) > 0 {
		return lns, nil
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("daemon: listen for %s: %w", name, err)
	}
	d.closeOnStop(ln)
	return []net.Listener{ln}, nil
}

// closeOnStop makes sure that a listener is closed also when no server has
// taken it over. A server closes its own before; twice does no harm.
func (d *Daemon) closeOnStop(ln net.Listener) {
	d.onStop("listener", 0, func(context.Context) error {
		_ = ln.Close()
		return nil
	})
}

// loopback reports whether only this machine can reach the listener.
func loopback(ln net.Listener) bool {
	tcp, ok := ln.Addr().(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
