package syslogjson

import (
	"crypto/tls"
	"net"
	"net/netip"
)

// accepted starts a connection, or refuses it before any work is done for it.
func (s *Server) accepted(nc net.Conn, cfg *tls.Config) {
	c := newConn(s, nc, cfg)
	switch s.admit(c) {
	case admitted:
		s.counts.accepted.Add(1)
		go c.run()
		return
	case refusedTotal:
		s.counts.refusedConns.Add(1)
		s.log.refused("too many connections", c.peer.Addr)
	case refusedAddr:
		s.counts.refusedPerAddr.Add(1)
		s.log.refused("too many connections from one address", c.peer.Addr)
	case refusedClosed:
	}
	reset(nc)
}

type admission uint8

const (
	admitted admission = iota
	refusedTotal
	refusedAddr
	refusedClosed
)

func (s *Server) admit(c *conn) admission {
	addr := c.peer.Addr.Addr()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return refusedClosed
	case len(s.conns) >= s.limits.conns:
		return refusedTotal
	case addr.IsValid() && s.perAddr[addr] >= s.limits.connsPerAddr:
		return refusedAddr
	}
	if s.conns == nil {
		s.conns = make(map[*conn]struct{})
		s.perAddr = make(map[netip.Addr]int)
	}
	s.conns[c] = struct{}{}
	s.perAddr[addr]++
	s.running.Add(1)
	return admitted
}

// gone is called once for every admitted connection.
func (s *Server) gone(c *conn) {
	addr := c.peer.Addr.Addr()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	if s.perAddr[addr]--; s.perAddr[addr] <= 0 {
		delete(s.perAddr, addr)
	}
	s.running.Done()
}

func (s *Server) track(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	if s.listeners == nil {
		s.listeners = make(map[net.Listener]struct{})
	}
	s.listeners[ln] = struct{}{}
	return true
}

func (s *Server) untrack(ln net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, ln)
}

func (s *Server) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}
