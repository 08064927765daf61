package syslogjson

import (
	"fmt"
	"log/slog"
	"net/netip"
	"runtime"
	"sync"
	"time"
)

// refusalLog writes what is refused, at most one line a second for one cause and
// peer. A line says how many were left out before it. It never holds a payload.
type refusalLog struct {
	log *slog.Logger

	mu     sync.Mutex
	causes map[causeAndAddr]*rateLimit
	rest   rateLimit // for causes beyond maxLogPeers
}

type causeAndAddr struct {
	cause string
	addr  netip.Addr
}

func newRefusalLog(log *slog.Logger) *refusalLog {
	return &refusalLog{log: log, causes: make(map[causeAndAddr]*rateLimit)}
}

// rateLimit allows one event in logInterval. The zero value is ready.
type rateLimit struct {
	mu      sync.Mutex
	next    time.Time
	omitted uint64
}

// allow reports whether to write now, and how many were left out since the last time.
func (l *rateLimit) allow(now time.Time) (omitted uint64, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.next) {
		l.omitted++
		return 0, false
	}
	omitted, l.omitted = l.omitted, 0
	l.next = now.Add(logInterval)
	return omitted, true
}

// idle reports whether nothing was held back lately.
func (l *rateLimit) idle(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next.Before(now)
}

// limit returns the limit of a peer that has no counters yet.
func (r *refusalLog) limit(cause string, addr netip.Addr, now time.Time) *rateLimit {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := causeAndAddr{cause, addr}
	if l := r.causes[key]; l != nil {
		return l
	}
	if len(r.causes) >= maxLogPeers {
		for k, l := range r.causes {
			if l.idle(now) {
				delete(r.causes, k)
			}
		}
		if len(r.causes) >= maxLogPeers {
			return &r.rest
		}
	}
	l := new(rateLimit)
	r.causes[key] = l
	return l
}

func (r *refusalLog) rejected(class Class, peer Peer, p *peerCounters) {
	if omitted, ok := p.logs[class].allow(time.Now()); ok {
		r.log.Warn("syslog frame rejected", "class", class.String(), "peer", peer.String(),
			"addr", peer.Addr.String(), "omitted", omitted)
	}
}

func (r *refusalLog) handshake(e *HandshakeError) {
	now := time.Now()
	if omitted, ok := r.limit(e.Failure.String(), e.Peer.Addr.Addr(), now).allow(now); ok {
		r.log.Warn("syslog connection refused", "reason", e.Failure.String(), "addr", e.Peer.Addr.String(),
			"certificate", e.Peer.Name, "err", e.Err, "omitted", omitted)
	}
}

func (r *refusalLog) refused(reason string, addr netip.AddrPort) {
	now := time.Now()
	if omitted, ok := r.limit(reason, addr.Addr(), now).allow(now); ok {
		r.log.Warn("syslog connection refused", "reason", reason, "addr", addr.String(), "omitted", omitted)
	}
}

func (r *refusalLog) accept(err error, delay time.Duration) {
	now := time.Now()
	if omitted, ok := r.limit("accept", netip.Addr{}, now).allow(now); ok {
		r.log.Error("syslog accept failed, trying again", "err", err, "delay", delay, "omitted", omitted)
	}
}

func (r *refusalLog) badStreak(peer Peer) {
	r.log.Warn("syslog connection closed: only bad frames", "peer", peer.String(), "addr", peer.Addr.String(),
		"frames", DefaultMaxBadFrames)
}

func (r *refusalLog) panicked(peer Peer, v any, stack []byte) {
	now := time.Now()
	if omitted, ok := r.limit("panic", netip.Addr{}, now).allow(now); ok {
		r.log.Error("syslog handler panicked, connection closed", "peer", peer.String(), "addr", peer.Addr.String(),
			"panic", describe(v), "stack", string(stack), "omitted", omitted)
	}
}

// describe returns the text of a run-time error, and only the type of any other
// value: its text may hold a payload.
func describe(v any) string {
	if err, ok := v.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", v)
}
