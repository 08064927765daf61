package syslogjson

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Handler takes the messages of a [Server]. HandleSyslog is called by one goroutine
// for each connection, one message after another, and holds back only that
// connection while it works.
//
// The message and its byte slices are valid only until HandleSyslog returns. An
// error is counted, and answered when [Server.Replies] is set and the error has a
// method SyslogReply() string; it does not end the connection unless it is or wraps
// [ErrAbortConn]. The server does not log it: it may hold parts of the message. The
// context ends when the server is closed, not when it is shut down.
type Handler interface {
	HandleSyslog(ctx context.Context, m *Message) error
}

// HandlerFunc is a function that is a [Handler].
type HandlerFunc func(ctx context.Context, m *Message) error

// HandleSyslog calls f.
func (f HandlerFunc) HandleSyslog(ctx context.Context, m *Message) error { return f(ctx, m) }

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
	// [ServerTLSConfig] makes one that asks for client certificates. When it is nil,
	// Serve speaks plain TCP: for a loopback address or a test.
	TLSConfig *tls.Config

	MaxMessageBytes  int           // 0: DefaultMaxMessageBytes
	MaxConns         int           // 0: DefaultMaxConns
	MaxConnsPerAddr  int           // 0: DefaultMaxConnsPerAddr
	MaxHandshakes    int           // 0: DefaultMaxHandshakes
	HandshakeTimeout time.Duration // 0: DefaultHandshakeTimeout

	// Replies makes the server write the line Greeting, unless it is "", when a
	// connection is ready, and the text of a handler's error that has a method
	// SyslogReply() string. Lines that the peer does not take at once are dropped.
	// A sender that never reads may lose what it sent last: leave it off if you can.
	Replies  bool
	Greeting string

	// OnReject, when not nil, is called for every rejected frame, by the
	// connection's goroutine.
	OnReject func(Reject)
	// OnHandshakeError, when not nil, is called for every connection that did not
	// become ready, by the connection's goroutine.
	OnHandshakeError func(*HandshakeError)

	Logger *slog.Logger // nil: slog.Default()

	setUp     sync.Once
	limits    limits
	log       *refusalLog
	peers     peerTable
	handshake chan struct{} // one token for each handshake that computes
	counts    counters
	ctx       context.Context
	cancel    context.CancelFunc

	draining atomic.Bool // set by Shutdown, read by every connection

	mu        sync.Mutex
	closed    bool // Serve refuses: Shutdown or Close was called
	listeners map[net.Listener]struct{}
	conns     map[*conn]struct{}
	perAddr   map[netip.Addr]int
	running   sync.WaitGroup // connection goroutines
}

type limits struct {
	message, conns, connsPerAddr int
	handshakeTimeout             time.Duration
}

func (s *Server) init() {
	s.setUp.Do(func() {
		s.ctx, s.cancel = context.WithCancel(context.Background())
		s.limits = limits{
			message:          orDefault(s.MaxMessageBytes, DefaultMaxMessageBytes),
			conns:            orDefault(s.MaxConns, DefaultMaxConns),
			connsPerAddr:     orDefault(s.MaxConnsPerAddr, DefaultMaxConnsPerAddr),
			handshakeTimeout: orDefault(s.HandshakeTimeout, DefaultHandshakeTimeout),
		}
		s.handshake = make(chan struct{}, orDefault(s.MaxHandshakes, DefaultMaxHandshakes))
		logger := s.Logger
		if logger == nil {
			logger = slog.Default()
		}
		s.log = newRefusalLog(logger)
	})
}

func orDefault[T int | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}

// ListenAndServeTLS listens on Addr and serves TLS with the certificate chain and
// key in the given PEM files, which may both be "" when TLSConfig has a
// certificate. TLSConfig must not be nil: it says whose client certificates are
// accepted. It returns as [Server.Serve] does.
func (s *Server) ListenAndServeTLS(certFile, keyFile string) error {
	if s.TLSConfig == nil {
		return errors.New("syslogjson: ListenAndServeTLS: Server.TLSConfig is nil")
	}
	cfg := s.TLSConfig.Clone()
	if certFile != "" || keyFile != "" {
		cert, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return fmt.Errorf("syslogjson: load server certificate: %w", err)
		}
		cfg.Certificates = []tls.Certificate{cert}
	}
	addr := s.Addr
	if addr == "" {
		addr = ":6514"
	}
	ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
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
	defer func() { _ = ln.Close() }()
	if s.Handler == nil {
		return errors.New("syslogjson: Server.Handler is nil")
	}
	s.init()
	if cfg != nil {
		cfg = withoutTickets(cfg)
	}
	if !s.track(ln) {
		return ErrServerClosed
	}
	defer s.untrack(ln)
	const firstDelay, longestDelay = 5 * time.Millisecond, time.Second
	delay := firstDelay
	for {
		nc, err := ln.Accept()
		if err == nil {
			delay = firstDelay
			s.accepted(nc, cfg)
			continue
		}
		if s.isClosed() {
			return ErrServerClosed
		}
		if !temporary(err) {
			return fmt.Errorf("syslogjson: accept: %w", err)
		}
		s.counts.acceptErrors.Add(1)
		s.log.accept(err, delay)
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
	for _, e := range []error{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.ECONNABORTED, syscall.ECONNRESET, syscall.EINTR,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
