package syslogjson

import (
	"net"

	"github.com/influxdata/go-syslog/v3/rfc5424"
)

// SlowParser returns a parser without the fast path, for the differential test.
func SlowParser() *Parser { return &Parser{slow: true} }

// PlainHeader reports whether the fast path takes the RFC 5424 header of a frame.
func PlainHeader(frame []byte) bool {
	_, _, rest := priority(frame)
	if rest < 0 || !is5424(frame[rest:]) {
		return false
	}
	h := newOutline(frame, rest)
	return h.plain(frame, rest)
}

// MachineTakes reports whether go-syslog's machine accepts the frame's header. The
// message is left out, since the machine also refuses broken UTF-8 in it.
func MachineTakes(frame []byte) bool {
	start, _, rest := priority(frame)
	_, err := rfc5424.NewMachine().Parse(frame[start:newOutline(frame, rest).message])
	return err == nil
}

// Arrived returns how many bytes the kernel holds that were not read.
func Arrived(nc net.Conn) int { return arrived(nc) }

// Skipped returns the number of bytes of oversize frames discarded so far.
func (r *Reader) Skipped() uint64 { return r.skipped }

// ServeConn serves one connection to its end.
func (s *Server) ServeConn(nc net.Conn) {
	s.init()
	if c := newConn(s, nc, s.TLSConfig); s.admit(c) == "" {
		c.run()
	}
}

// SendRaw sends bytes as they are: broken frames for a test.
func (c *Client) SendRaw(b []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.write(b)
}
