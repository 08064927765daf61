package daemon

import (
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

// inherited are the sockets that systemd opened and keeps open across restarts,
// by the names its units give them. A name may have several, such as one for
// each version of IP.
type inherited map[string][]net.Listener

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
	if err != nil || n < 0 || n > maxSockets {
		return nil, fmt.Errorf("daemon: LISTEN_FDS=%q", count)
	}
	out := make(inherited)
	byNumber := strings.Split(names, ":")
	for i := range n {
		name := ""
		if i < len(byNumber) {
			name = byNumber[i]
		}
		if err := out.add(name, firstFD+i); err != nil {
			for _, ln := range out.all() {
				_ = ln.Close()
			}
			return nil, err
		}
	}
	return out, nil
}

func (in inherited) add(name string, fd int) error {
	if name != "syslog" && name != "http" {
		return fmt.Errorf("daemon: systemd hands over a socket named %q: want FileDescriptorName=syslog or http", name)
	}
	f := os.NewFile(uintptr(fd), name)
	ln, err := net.FileListener(f)
	_ = f.Close() // the listener has its own copy
	if err != nil {
		return fmt.Errorf("daemon: socket %q of systemd: %w", name, err)
	}
	in[name] = append(in[name], ln)
	return nil
}

// all returns every socket.
func (in inherited) all() []net.Listener {
	var all []net.Listener
	for _, lns := range in {
		all = append(all, lns...)
	}
	return all
}

// loopback reports whether only this machine can reach the listener.
func loopback(ln net.Listener) bool {
	tcp, ok := ln.Addr().(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
