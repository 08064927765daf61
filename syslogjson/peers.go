package syslogjson

import (
	"cmp"
	"crypto/x509"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// PeerStats are the counters of one sender: all connections with the same
// certificate name, or without one from the same IP address.
type PeerStats struct {
	Name          string         // "" for a peer without a verified certificate
	Addr          netip.AddrPort // of its latest connection
	Active        int            // connections open now
	Connections   uint64         // connections that became ready
	Messages      uint64         // handed to the handler
	HandlerErrors uint64         // of Messages
	Rejected      uint64         // frames not handed on
	LastMessage   time.Time      // zero when there was none
	NotAfter      time.Time      // end of its latest certificate's validity, or zero
}

// Peers returns the senders seen since the start, sorted by name and address; at
// most [MaxPeers].
func (s *Server) Peers() []PeerStats {
	peers := s.peers.snapshot()
	slices.SortFunc(peers, func(a, b PeerStats) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), a.Addr.Compare(b.Addr))
	})
	return peers
}

// peerTable holds the counters of each sender. The zero value is ready.
type peerTable struct {
	mu sync.Mutex
	by map[string]*peerCounters
}

// peerCounters is the live form of PeerStats.
type peerCounters struct {
	name        string
	addr        netip.AddrPort // these four under peerTable.mu
	active      int
	connections uint64
	notAfter    time.Time

	messages, handlerErrors, rejected atomic.Uint64
	last                              atomic.Int64 // Unix nanoseconds

	logs [numClasses]rateLimit
}

func (p *peerCounters) message(now time.Time) {
	p.messages.Add(1)
	p.last.Store(now.UnixNano())
}

// connected returns the counters of a peer that has become ready.
func (t *peerTable) connected(peer Peer, cert *x509.Certificate) *peerCounters {
	key := "address " + peer.String()
	if peer.Name != "" {
		key = "name " + peer.Name
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.by[key]
	if p == nil {
		if t.by == nil {
			t.by = make(map[string]*peerCounters)
		}
		if len(t.by) >= MaxPeers {
			t.forget()
		}
		p = &peerCounters{name: peer.Name}
		t.by[key] = p
	}
	p.addr = peer.Addr
	p.active++
	p.connections++
	if cert != nil {
		p.notAfter = cert.NotAfter
	}
	return p
}

func (t *peerTable) disconnected(p *peerCounters) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p.active--
}

// forget drops the peer without a connection that has been silent longest. The
// number of connections is bounded, so the table stays bounded too.
func (t *peerTable) forget() {
	oldest := ""
	for key, p := range t.by {
		if p.active == 0 && (oldest == "" || p.last.Load() < t.by[oldest].last.Load()) {
			oldest = key
		}
	}
	delete(t.by, oldest)
}

func (t *peerTable) snapshot() []PeerStats {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]PeerStats, 0, len(t.by))
	for _, p := range t.by {
		ps := PeerStats{
			Name: p.name, Addr: p.addr, Active: p.active, Connections: p.connections, NotAfter: p.notAfter,
			Messages: p.messages.Load(), HandlerErrors: p.handlerErrors.Load(), Rejected: p.rejected.Load(),
		}
		if ns := p.last.Load(); ns != 0 {
			ps.LastMessage = time.Unix(0, ns)
		}
		all = append(all, ps)
	}
	return all
}
