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

// inherited are sockets that systemd opened and keeps open across restarts, by
// the names its units give them.
type inherited map[string]net.Listener

// inherit takes over the sockets that the environment speaks of, and takes the
// variables out of it, so that no child takes the sockets for its own.
func inherit() (inherited, error) {
	pid, count, names := os.Getenv("LISTEN_PID"), os.Getenv("LISTEN_FDS"), os.Getenv("LISTEN_FDNAMES")
	for _, v := range []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
		_ = os.Unsetenv(v)
	}
	if pid != strconv.Itoa(os.Getpid()) {
		return nil, nil
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > 16 {
		return nil, fmt.Errorf("daemon: LISTEN_FDS=%q", count)
	}
	out := make(inherited)
	byNumber := strings.Split(names, ":")
	for i := range n {
		name := ""
		if i < len(byNumber) {
			name = byNumber[i]
		}
		f := os.NewFile(uintptr(firstFD+i), name)
		ln, err := net.FileListener(f)
		_ = f.Close() // the listener has its own copy
		if err != nil {
			return nil, fmt.Errorf("daemon: socket %q of systemd: %w", name, err)
		}
		out[name] = ln
	}
	for name := range out {
		if name != "syslog" && name != "http" {
			return nil, fmt.Errorf("daemon: systemd hands over a socket named %q: want FileDescriptorName=syslog or http", name)
		}
	}
	return out, nil
}

// listen returns the inherited socket of that name, or opens addr.
func (in inherited) listen(ctx context.Context, name, addr string) (net.Listener, error) {
	if ln, ok := in[name]; ok {
		return ln, nil
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("daemon: listen for %s: %w", name, err)
	}
	return ln, nil
}

// loopback reports whether only this machine can reach the listener.
func loopback(ln net.Listener) bool {
	tcp, ok := ln.Addr().(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
