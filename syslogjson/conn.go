package syslogjson

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/netip"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// conn is one connection of a Server, served by one goroutine.
type conn struct {
	s     *Server
	tls   *tls.Config // nil: plain TCP
	raw   net.Conn    // TCP
	in    *intake     // what is read of raw
	nc    net.Conn    // in, or TLS over it
	peer  Peer
	stats *peerCounters
	reply *replier // nil when nothing is written

	ready atomic.Bool // the handshake is done

	frames  *Reader
	parser  Parser
	message Message
	bad     int // bad frames in a row

	enough int64 // while draining: the stream's length up to which frames are read; 0: not known yet
}

func newConn(s *Server, raw net.Conn, cfg *tls.Config) *conn {
	c := &conn{s: s, tls: cfg, raw: raw}
	c.in = &intake{Conn: raw, draining: c.draining, secure: cfg != nil}
	c.nc = c.in
	if a, ok := raw.RemoteAddr().(*net.TCPAddr); ok {
		ap := a.AddrPort()
		c.peer.Addr = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	}
	if k, ok := raw.(interface {
		SetKeepAliveConfig(config net.KeepAliveConfig) error
	}); ok {
		// A connection that cannot do it is served all the same.
		_ = k.SetKeepAliveConfig(net.KeepAliveConfig{
			Enable: true, Idle: keepAliveIdle, Interval: keepAliveInterval, Count: keepAliveCount,
		})
	}
	return c
}

// run serves the connection to its end. A panic in a handler ends this connection
// and no other.
func (c *conn) run() {
	defer c.s.gone(c)
	end := abruptly
	defer func() {
		if v := recover(); v != nil {
			c.s.counts.panics.Add(1)
			c.s.log.panicked(c.peer, v, debug.Stack())
			end = abruptly
		}
		c.close(end)
	}()
	if !c.shake() {
		end = politely
		return
	}
	c.stats = c.s.peers.connected(c.peer, c.certificate())
	defer c.s.peers.disconnected(c.stats)
	c.ready.Store(true)
	if c.s.Replies {
		c.reply = newReplier(c.nc, c.s.Greeting)
	}
	c.message.Peer = c.peer
	c.frames = NewReader(c.nc, c.s.limits.message)
	end = c.serve()
}

type ending uint8

const (
	politely ending = iota // close_notify and FIN: the peer has finished
	abruptly               // RST: the peer must notice
)

// serve reads frames until the peer or the server ends it.
func (c *conn) serve() ending {
	var skipped uint64
	for {
		frame, err := c.frames.Next()
		if n := c.frames.Skipped(); n != skipped {
			c.s.counts.skippedBytes.Add(n - skipped)
			skipped = n
		}
		bad, isBad := errors.AsType[*FrameError](err)
		switch {
		case err == nil:
			if abort := c.frame(frame); abort {
				return abruptly
			}
		case isBad:
			c.s.counts.frames.Add(1)
			c.reject(bad.Class, bad.Prefix, err)
		case isTimeout(err) && c.draining():
			if c.mayEnd() {
				return abruptly
			}
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // the latter is TLS without close_notify
			return politely
		default:
			if c.s.ctx.Err() == nil {
				c.s.counts.readErrors.Add(1)
			}
			return abruptly
		}
		if c.bad >= DefaultMaxBadFrames {
			c.s.counts.badStreaks.Add(1)
			c.s.log.badStreak(c.peer)
			return abruptly
		}
		if c.hasEnough() {
			return abruptly
		}
	}
}

// frame parses one frame and hands it on. It reports whether the handler wants the
// connection closed.
func (c *conn) frame(frame []byte) (abort bool) {
	c.s.counts.frames.Add(1)
	m := &c.message
	err := c.parser.ParseInto(m, frame)
	if c.frames.Partial() {
		if err != nil || !json.Valid(m.Payload) {
			c.reject(ClassPartial, frame, io.ErrUnexpectedEOF)
			return false
		}
		c.s.counts.partialOK.Add(1)
	}
	if err != nil {
		class := ClassBadHeader
		if pe, ok := errors.AsType[*ParseError](err); ok {
			class = pe.Class
		}
		c.reject(class, frame, err)
		return false
	}
	c.bad = 0
	m.Framing = c.frames.Framing()
	c.s.counts.messages.Add(1)
	c.stats.message(time.Now())
	err = c.s.Handler.HandleSyslog(c.s.ctx, m)
	if err == nil {
		return false
	}
	c.s.counts.handlerErrors.Add(1)
	c.stats.handlerErrors.Add(1)
	c.reply.send(err)
	return errors.Is(err, ErrAbortConn)
}

// reject accounts for a frame that is not handed on.
func (c *conn) reject(class Class, frame []byte, err error) {
	c.bad++
	c.s.counts.rejected[class].Add(1)
	c.stats.rejected.Add(1)
	c.s.log.rejected(class, c.peer, c.stats)
	if c.s.OnReject != nil {
		c.s.OnReject(Reject{Class: class, Peer: c.peer, Prefix: frame[:min(len(frame), MaxSampleBytes)], Err: err})
	}
}

// abort ends the connection from another goroutine.
func (c *conn) abort() { reset(c.raw) }

func (c *conn) close(end ending) {
	c.reply.close(end)
	if end == abruptly {
		reset(c.raw)
		return
	}
	_ = c.nc.Close() // the peer has gone; there is nobody to tell
}

// reset closes a TCP connection with RST.
func reset(nc net.Conn) {
	if l, ok := nc.(interface{ SetLinger(sec int) error }); ok {
		_ = l.SetLinger(0)
	}
	_ = nc.Close()
}
