package syslogjson

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"
)

// conn is one connection of a Server, served by one goroutine.
type conn struct {
	s      *Server
	tls    *tls.Config // nil: plain TCP, or secure
	secure *tls.Conn   // as accepted from a listener that speaks TLS itself
	raw    net.Conn    // TCP
	in     *intake     // what is read of raw, or of secure
	nc     net.Conn    // in, or TLS over it
	peer   Peer
	stats  *peerCounters
	reply  *replyWriter // nil when nothing is written

	notAfter time.Time // end of the verified certificate's validity, zero without one

	ready atomic.Bool // the handshake is done

	frames  *Reader
	parser  Parser
	message Message
	bad     int // bad frames in a row

	enough int64 // when a drain found half a frame: the stream's length then, up to which frames are read
}

func newConn(s *Server, raw net.Conn, cfg *tls.Config) *conn {
	c := &conn{s: s, tls: cfg, raw: raw}
	c.in = &intake{Conn: raw, draining: c.draining}
	if tc, ok := raw.(*tls.Conn); ok { // of the host's own listener
		c.raw, c.secure = tc.NetConn(), tc
		raw = c.raw
	}
	c.nc = c.in
	if a, ok := raw.RemoteAddr().(*net.TCPAddr); ok {
		ap := a.AddrPort()
		c.peer.Addr = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	}
	if k, ok := raw.(interface {
		SetKeepAliveConfig(c net.KeepAliveConfig) error
	}); ok {
		// A connection that cannot do it is served all the same.
		_ = k.SetKeepAliveConfig(net.KeepAliveConfig{
			Enable: true, Idle: time.Minute, Interval: 15 * time.Second, Count: 4, // a dead peer is noticed in two minutes
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
			c.s.counts.add(func(st *Stats) { st.Panics++ })
			c.s.rarely("panic", "").Error("syslog handler panicked, connection closed", "peer", c.peer.String(), "addr", c.peer.Addr,
				"panic", describe(v), "stack", string(debug.Stack()))
			end = abruptly
		}
		c.close(end)
	}()
	if !c.shake() {
		end = politely
		return
	}
	c.stats = c.s.peers.connected(c.peer, c.notAfter)
	defer c.s.peers.disconnected(c.stats)
	c.ready.Store(true)
	if c.s.Replies {
		c.reply = newReplyWriter(c.nc, c.s.Greeting)
	}
	c.message.Peer = c.peer
	c.frames = NewReader(c.nc, c.s.MaxMessageBytes)
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
		if n := c.frames.skipped; n != skipped {
			c.s.counts.add(func(st *Stats) { st.SkippedBytes += n - skipped })
			skipped = n
		}
		var bad *FrameError
		isBad := errors.As(err, &bad)
		switch {
		case err == nil:
			c.frame(frame)
		case isBad:
			c.s.counts.frames.Add(1)
			c.reject(bad.Class, bad.Prefix, err)
		case isTimeout(err) && c.draining():
			if c.frames.atBoundary() {
				return abruptly
			}
			c.in.unbounded, c.enough = true, c.frames.taken
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // the latter is TLS without close_notify
			return politely
		default:
			if c.s.ctx.Err() == nil {
				c.s.counts.add(func(st *Stats) { st.ReadErrors++ })
			}
			return abruptly
		}
		if c.bad >= MaxBadFrames {
			c.s.log().Warn("syslog connection closed: only bad frames", "peer", c.peer.String(), "addr", c.peer.Addr,
				"frames", MaxBadFrames)
			return abruptly
		}
		if c.enough > 0 && c.frames.passed(c.enough) {
			return abruptly // what was read with the frame's rest may be half a frame again, and is given up
		}
	}
}

// frame parses one frame and hands it on.
func (c *conn) frame(frame []byte) {
	c.s.counts.frames.Add(1)
	m := &c.message
	err := c.parser.ParseInto(m, frame)
	if c.frames.Partial() && (err != nil || !json.Valid(m.Payload)) {
		c.reject(ClassPartial, frame, io.ErrUnexpectedEOF)
		return
	}
	var bad *ParseError
	if errors.As(err, &bad) {
		c.reject(bad.Class, frame, err)
		return
	}
	c.bad = 0
	m.Framing = c.frames.Framing()
	c.s.counts.messages.Add(1)
	c.stats.messages.Add(1)
	c.stats.last.Store(time.Now().UnixNano())
	if err := c.s.Handler.HandleSyslog(c.s.ctx, m); err != nil {
		c.s.counts.handlerErrors.Add(1)
		c.stats.handlerErrors.Add(1)
		c.reply.send(err)
	}
}

// reject accounts for a frame that is not handed on.
func (c *conn) reject(class Class, frame []byte, err error) {
	c.bad++
	c.s.counts.add(func(st *Stats) { st.Rejected[class]++ })
	c.stats.rejected.Add(1)
	if c.s.OnReject == nil {
		peer := c.peer.String()
		c.s.rarely(string(class), peer).Warn("syslog frame rejected", "class", class, "peer", peer, "addr", c.peer.Addr)
		return
	}
	prefix := frame[:min(len(frame), MaxSampleBytes)]
	c.reply.send(c.s.OnReject(Reject{Class: class, Peer: c.peer, Prefix: prefix, Err: err}))
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

// describe returns the text of a run-time error, and only the type of any other
// value: its text may hold a payload.
func describe(v any) string {
	if err, ok := v.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", v)
}

// drain is called by Shutdown: it wakes the goroutine if it waits for bytes.
func (c *conn) drain() {
	const handshakeLeft = 250 * time.Millisecond // for one that Shutdown finds under way
	until := time.Unix(1, 0)                     // long past
	if !c.ready.Load() {
		until = time.Now().Add(handshakeLeft)
	}
	_ = c.raw.SetReadDeadline(until) // fails only on a connection that has ended
}

// draining reports whether the server ends and the connection is past its
// handshake, whose bytes are no frames.
func (c *conn) draining() bool { return c.ready.Load() && c.s.closing.Load() }

// intake is a connection beneath TLS whose reading ends some time after Shutdown has
// begun: then each further read is answered with os.ErrDeadlineExceeded, which neither
// TLS nor the [Reader] takes for the end.
//
// What the kernel holds when the drain begins is read, however long its handling
// takes. But much of what a peer has written may still stand in its own kernel,
// which sends it when ours has acknowledged what we read. So reading goes on until
// the peer is silent for drainQuiet, or until drainLongest has passed. (Stopped without
// this, a server that read slowly lost 15,752 of 20,000 events.) To end between TLS
// records too saves nothing that can be measured: decision 0017.
//
// Only the connection's goroutine reads.
type intake struct {
	net.Conn
	draining func() bool // Shutdown has begun

	began     bool      // the drain has begun here
	held      int       // bytes that the kernel held then and still holds
	until     time.Time // the longest that reading goes on after these; zero: not yet set
	over      bool      // nothing more is read
	unbounded bool      // set when half a frame was read: its rest is waited for without end
}

const (
	drainQuiet   = 10 * time.Millisecond  // silence after which all that a peer had written was read
	drainLongest = 250 * time.Millisecond // after which a peer that is never silent is read no more
)

// Read reads from the connection.
func (k *intake) Read(b []byte) (int, error) {
	for !k.draining() {
		n, err := k.Conn.Read(b)
		if n > 0 || !isTimeout(err) || !k.draining() { // else Shutdown woke us
			return n, err
		}
	}
	if !k.began {
		k.began, k.held = true, arrived(k.Conn)
	}
	for {
		deadline := k.deadline()
		if k.over && !k.unbounded {
			return 0, os.ErrDeadlineExceeded
		}
		_ = k.SetReadDeadline(deadline) // fails only on a connection that has ended
		n, err := k.Conn.Read(b)
		if n > 0 || !isTimeout(err) {
			k.held = max(0, k.held-n)
			return n, err
		}
		if !deadline.IsZero() && !time.Now().Before(deadline) {
			k.over = true
		} // else the deadline was Shutdown's, which may come late
	}
}

// deadline returns how long to wait for the next bytes; zero where they are there,
// or are awaited without end. It ends reading when there is no time left.
func (k *intake) deadline() time.Time {
	if k.over || k.held > 0 {
		return time.Time{}
	}
	now := time.Now()
	if k.until.IsZero() {
		k.until = now.Add(drainLongest)
	}
	k.over = !now.Before(k.until)
	if silent := now.Add(drainQuiet); silent.Before(k.until) {
		return silent
	}
	return k.until
}

const (
	maxPendingReplies = 64
	replyFlushTime    = time.Second
)

// replyWriter writes lines to a peer without ever waiting for it. A nil replyWriter writes
// nothing.
type replyWriter struct {
	nc    net.Conn
	lines chan string
	done  chan struct{}
}

func newReplyWriter(nc net.Conn, greeting string) *replyWriter {
	r := &replyWriter{nc: nc, lines: make(chan string, maxPendingReplies), done: make(chan struct{})}
	go r.write()
	if greeting != "" {
		r.line(greeting)
	}
	return r
}

// write ends when lines is closed or the connection breaks.
func (r *replyWriter) write() {
	defer close(r.done)
	for l := range r.lines {
		if _, err := r.nc.Write([]byte(l)); err != nil {
			return
		}
	}
}

// send writes the reply that err carries, if it carries one.
func (r *replyWriter) send(err error) {
	if r == nil || err == nil {
		return
	}
	var answer Replier
	if errors.As(err, &answer) {
		r.line(answer.SyslogReply())
	}
}

// line queues one line, or drops it when the peer is behind.
func (r *replyWriter) line(text string) {
	text = strings.NewReplacer("\r", " ", "\n", " ").Replace(strings.TrimRight(text, "\r\n"))
	select {
	case r.lines <- text + "\r\n":
	default:
	}
}

// close lets the last lines go out to a peer that has finished, but waits no longer
// than replyFlushTime.
func (r *replyWriter) close(end ending) {
	if r == nil {
		return
	}
	close(r.lines)
	if end == abruptly {
		return
	}
	select {
	case <-r.done:
	case <-time.After(replyFlushTime):
	}
}
