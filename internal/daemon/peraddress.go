package daemon

import (
	"net"
	"sync"
)

// perAddress is a listener that closes connections beyond a number of them from
// one IP address.
type perAddress struct {
	net.Listener
	limit int

	mu   sync.Mutex
	open map[string]int
}

func newPerAddress(ln net.Listener, limit int) *perAddress {
	return &perAddress{Listener: ln, limit: limit, open: make(map[string]int)}
}

// Accept returns the next connection that is within the limit.
func (p *perAddress) Accept() (net.Conn, error) {
	for {
		c, err := p.Listener.Accept()
		if err != nil {
			return nil, err
		}
		host, _, err := net.SplitHostPort(c.RemoteAddr().String())
		if err != nil {
			host = c.RemoteAddr().String()
		}
		if p.enter(host) {
			return &countedConn{Conn: c, leave: sync.OnceFunc(func() { p.leave(host) })}, nil
		}
		_ = c.Close()
	}
}

func (p *perAddress) enter(host string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[host] >= p.limit {
		return false
	}
	p.open[host]++
	return true
}

func (p *perAddress) leave(host string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[host]--; p.open[host] == 0 {
		delete(p.open, host)
	}
}

// countedConn gives its place back when it is closed.
type countedConn struct {
	net.Conn
	leave func()
}

// Close closes the connection.
func (c *countedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
