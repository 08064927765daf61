package syslogjson

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Limits on what a peer controls. Where [Server] has a field of the same name,
// the constant is the value used when the field is zero or less.
const (
	// DefaultMaxConns is the number of connections open at once.
	DefaultMaxConns = 1024
	// DefaultMaxConnsPerAddr is the number of connections open at once from one
	// IP address.
	DefaultMaxConnsPerAddr = 64
	// DefaultHandshakeTimeout is the time a peer has to complete its handshake.
	DefaultHandshakeTimeout = 10 * time.Second
	// MaxBadFrames is the number of bad frames in a row after which a
	// connection is closed: the peer speaks another protocol.
	MaxBadFrames = 1000
)

// Handler takes the messages of a [Server]. HandleSyslog is called by one goroutine
// for each connection, one message after another, and holds back only that
// connection while it works.
//
// The message and its byte slices are valid only until HandleSyslog returns. An
// error is counted, and answered if it is or wraps a [Replier] and [Server.Replies]
// is set; it does not end the connection. The server does not log it: it may hold
// parts of the message. The context ends when the server is closed, not when it is
// shut down.
type Handler interface {
	HandleSyslog(ctx context.Context, m *Message) error
}

// HandlerFunc is a function that is a [Handler].
type HandlerFunc func(ctx context.Context, m *Message) error

// HandleSyslog calls f.
func (f HandlerFunc) HandleSyslog(ctx context.Context, m *Message) error { return f(ctx, m) }

// Replier is what an error also is that has an answer for the sender; see
// [Server.Replies].
type Replier interface {
	SyslogReply() string // one line, without its end
}

// Reject tells [Server.OnReject] of a frame that was not handed to the handler.
type Reject struct {
	Class Class
	Peer  Peer
	// Prefix is the frame's beginning, at most MaxSampleBytes, valid until OnReject
	// returns. It may hold personal data: mask it before it is kept or shown.
	Prefix []byte
	Err    error // what was wrong; never holds the frame's content
}

// Server receives syslog messages. Its fields are set before Serve and not changed
// after. A server that was shut down or closed cannot be used again.
type Server struct {
	Addr    string  // for ListenAndServeTLS; "" means ":6514" (RFC 5425 section 4.1)
	Handler Handler // must not be nil

	// TLSConfig is cloned by Serve, which turns session tickets off in the clone.
	// [ServerTLSConfig] makes one that asks for client certificates. One without a
	// certificate of the server, or one that verifies client certificates and has nil
	// ClientCAs, is refused by Serve. When it is nil, Serve speaks plain TCP: for a
	// loopback address or a test.
	//
	// Leave it nil for a listener that speaks TLS itself, of [tls.NewListener]: Serve
	// makes its connections complete their handshake in HandshakeTimeout, counts those
	// that do not, and knows their peers by name. What Serve refuses in a TLSConfig it
	// does not see in that listener's, which should also have SessionTicketsDisabled.
	TLSConfig *tls.Config

	MaxMessageBytes  int           // 0: DefaultMaxMessageBytes
	MaxConns         int           // 0: DefaultMaxConns
	MaxConnsPerAddr  int           // 0: DefaultMaxConnsPerAddr
	HandshakeTimeout time.Duration // 0: DefaultHandshakeTimeout

	// Replies makes the server write the line Greeting, unless it is "", when a
	// connection is ready, and the answer of each error of Handler and OnReject that
	// is a [Replier]. Lines that the peer does not take at once are dropped.
	// A sender that never reads may lose what it sent last: leave it off if you can.
	Replies  bool
	Greeting string

	// OnReject, when not nil, is called for every rejected frame, by the
	// connection's goroutine. Its error is answered as a handler's is. Who sets it
	// accounts for rejected frames: the server counts them, but logs them only when
	// it is nil.
	OnReject func(Reject) error

	// Logger is told, as warnings, of connections that were refused or did not become
	// ready, with their class and address, and of the little else that goes wrong.
	// Nil is [slog.Default].
	Logger *slog.Logger

	setUp    sync.Once
	refusals rateLimit // of the lines about what is refused
	peers    peerTable
	counts   counters
	ctx      context.Context
	cancel   context.CancelFunc

	closing atomic.Bool // Shutdown or Close was called: Serve refuses, connections end

	mu        sync.Mutex // closing is set under it too, so that no connection is added after
	listeners []net.Listener
	conns     map[*conn]struct{}
	perAddr   map[netip.Addr]int
	running   sync.WaitGroup // connection goroutines
}

func (s *Server) init() {
	s.setUp.Do(func() {
		s.ctx, s.cancel = context.WithCancel(context.Background())
		s.conns, s.perAddr = make(map[*conn]struct{}), make(map[netip.Addr]int)
		s.counts.rest = Stats{Handshakes: zeros(HandshakeClasses()), Rejected: zeros(Classes())}
		s.peers.by = make(map[string]*peerCounters)
		s.refusals.last = make(map[logKey]logState)
	})
}

// positive is a setting, or its default where it is zero or less.
func positive[T int | time.Duration](setting, byDefault T) T {
	return cmp.Or(max(setting, 0), byDefault)
}

func (s *Server) log() *slog.Logger { return cmp.Or(s.Logger, slog.Default()) }

// rarely returns the log for a line about an error or a refusal. It writes nothing when
// one for the same cause and peer has just been written, and says how many were left out.
func (s *Server) rarely(cause, peer string) *slog.Logger {
	omitted, ok := s.refusals.allow(cause, peer)
	if !ok {
		return slog.New(slog.DiscardHandler)
	}
	return s.log().With("omitted", omitted)
}

// ListenAndServeTLS listens on Addr and serves TLS with the certificate chain and
// key in the given PEM files; both may be "" when TLSConfig has a certificate.
// TLSConfig must not be nil: it says whose client certificates are accepted. It
// returns as [Server.Serve] does.
func (s *Server) ListenAndServeTLS(certFile, keyFile string) error {
	if s.TLSConfig == nil {
		return errors.New("syslogjson: ListenAndServeTLS: Server.TLSConfig is nil")
	}
	cfg := s.TLSConfig
	if certFile != "" || keyFile != "" {
		cert, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return fmt.Errorf("syslogjson: load server certificate: %w", err)
		}
		cfg = cfg.Clone()
		cfg.Certificates = []tls.Certificate{cert}
	}
	ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", cmp.Or(s.Addr, ":6514"))
	if err != nil {
		return fmt.Errorf("syslogjson: listen: %w", err)
	}
	return s.serve(ln, cfg)
}

// Serve accepts connections from ln, which it closes, until the server is shut down
// or closed. The error is never nil: [ErrServerClosed] after Shutdown or Close,
// also when Serve is called later, else what ended accepting. Want of file
// descriptors or memory does not end it: accepting is tried again.
//
// Serve returns as soon as Shutdown begins, while handlers are still at work. The
// program must not exit, nor use what its handler has gathered, before Shutdown has
// returned.
func (s *Server) Serve(ln net.Listener) error { return s.serve(ln, s.TLSConfig) }

func (s *Server) serve(ln net.Listener, cfg *tls.Config) error {
	if ln == nil {
		return errors.New("syslogjson: serve: the listener is nil")
	}
	defer func() { _ = ln.Close() }()
	if s.Handler == nil {
		return errors.New("syslogjson: Server.Handler is nil")
	}
	if cfg != nil {
		var err error
		if cfg, err = prepared(cfg); err != nil {
			return err
		}
	}
	s.init()
	if !s.accepting(ln) {
		return ErrServerClosed
	}
	const firstDelay, longestDelay = 5 * time.Millisecond, time.Second
	delay := firstDelay
	for {
		nc, err := ln.Accept()
		if err == nil {
			delay = firstDelay
			s.accepted(nc, cfg)
			continue
		}
		if s.closing.Load() {
			return ErrServerClosed
		}
		if !temporary(err) {
			return fmt.Errorf("syslogjson: accept: %w", err)
		}
		s.rarely("accept", "").Error("syslog accept failed, trying again", "err", err, "delay", delay)
		select {
		case <-time.After(delay):
		case <-s.ctx.Done():
			return ErrServerClosed
		}
		delay = min(2*delay, longestDelay)
	}
}

// temporary reports whether accepting may succeed later.
func temporary(err error) bool {
	known := []error{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.ECONNABORTED, syscall.ECONNRESET, syscall.EINTR,
	}
	return slices.ContainsFunc(known, func(e error) bool { return errors.Is(err, e) })
}

// accepted starts a connection, or refuses it before any work is done for it.
func (s *Server) accepted(nc net.Conn, cfg *tls.Config) {
	c := newConn(s, nc, cfg)
	reason := s.admit(c)
	if reason == "" {
		go c.run()
		return
	}
	s.rarely(reason, c.peer.String()).Warn("syslog connection refused", "reason", reason, "addr", c.peer.Addr)
	reset(nc)
}

// admit enters a connection, or returns why not.
func (s *Server) admit(c *conn) (refused string) {
	addr := c.peer.Addr.Addr()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing.Load():
		return "the server is closed"
	case len(s.conns) >= positive(s.MaxConns, DefaultMaxConns):
		s.counts.add(func(st *Stats) { st.RefusedConns++ })
		return "too many connections"
	case addr.IsValid() && s.perAddr[addr] >= positive(s.MaxConnsPerAddr, DefaultMaxConnsPerAddr):
		s.counts.add(func(st *Stats) { st.RefusedPerAddr++ })
		return "too many connections from one address"
	}
	s.counts.add(func(st *Stats) { st.Accepted++ })
	s.conns[c] = struct{}{}
	s.perAddr[addr]++
	s.running.Add(1)
	return ""
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

// accepting notes a listener that is to be closed in the end, unless that has come.
func (s *Server) accepting(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() {
		return false
	}
	s.listeners = append(s.listeners, ln)
	return true
}

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
// connections that are no [syscall.Conn], such as those of a listener that speaks TLS
// itself, the kernel is not asked and only these times count.
//
// It returns nil when all connections have ended, else ctx's error, after closing
// the rest as [Server.Close] does.
func (s *Server) Shutdown(ctx context.Context) error {
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
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closing.Store(true)
	var errs []error
	for _, ln := range s.listeners {
		if err := ln.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	s.listeners = nil
	return slices.Collect(maps.Keys(s.conns)), errors.Join(errs...)
}

// rateLimit lets one log line in logInterval pass for each cause and peer. It
// remembers maxLogKeys of them; those beyond share one.
type rateLimit struct {
	mu   sync.Mutex
	last map[logKey]logState
}

type logKey struct{ cause, peer string }

type logState struct {
	next    time.Time // when a line may pass again
	omitted uint64
}

const (
	logInterval = time.Second
	maxLogKeys  = 1024
)

// allow reports whether to write now, and how many lines were left out since the last.
func (l *rateLimit) allow(cause, peer string) (omitted uint64, ok bool) {
	now, key := time.Now(), logKey{cause, peer}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.last[key]; !known && len(l.last) >= maxLogKeys {
		maps.DeleteFunc(l.last, func(_ logKey, s logState) bool { return s.next.Before(now) })
		if len(l.last) >= maxLogKeys {
			key = logKey{}
		}
	}
	s := l.last[key]
	if now.Before(s.next) {
		l.last[key] = logState{s.next, s.omitted + 1}
		return 0, false
	}
	l.last[key] = logState{next: now.Add(logInterval)}
	return s.omitted, true
}
