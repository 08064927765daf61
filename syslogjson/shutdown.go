package syslogjson

import (
	"context"
	"errors"
	"net"
)

// Shutdown stops accepting and ends every connection at a frame boundary: a peer
// that is silent is released at once, bytes that have already arrived are read and
// handed on first, and a frame that has begun is waited for until ctx ends.
// Connections end with a TCP reset, which makes the sender notice at its next
// write; an ordinary close would let it write into the void once more.
//
// What the kernel held of a connection is handed on however long the handler takes.
// What arrives after that is read until the peer is silent for 10 ms, and for no
// longer than 250 ms, so a sender that never pauses does not hold Shutdown up: it
// is cut off where its next frame would begin. On systems other than Linux, and for
// connections that are no [syscall.Conn], the kernel is not asked and only these
// times count.
//
// It returns nil when all connections have ended, else ctx's error, after closing
// the rest as [Server.Close] does.
func (s *Server) Shutdown(ctx context.Context) error {
	s.init()
	s.draining.Store(true)
	conns, _ := s.stopAccepting()
	for _, c := range conns {
		c.drain()
	}
	done := make(chan struct{})
	go func() {
		s.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		s.cancel()
		return nil
	case <-ctx.Done():
		_ = s.Close()
		return ctx.Err()
	}
}

// Close stops accepting, ends all connections at once with a TCP reset, and ends
// the handlers' context. It does not wait for handlers. It may be called again and
// concurrently. The error is that of closing the listeners.
func (s *Server) Close() error {
	s.init()
	conns, err := s.stopAccepting()
	s.cancel()
	for _, c := range conns {
		c.abort()
	}
	return err
}

// stopAccepting closes the listeners and returns the open connections. No
// connection is added after it.
func (s *Server) stopAccepting() ([]*conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	var errs []error
	for ln := range s.listeners {
		if err := ln.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
		delete(s.listeners, ln)
	}
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	return conns, errors.Join(errs...)
}
