package syslogjson

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Stats are a server's counters since its start. When no frame is under way,
// Frames equals Messages plus Rejected.Total(), exactly.
type Stats struct {
	Accepted       uint64                 // connections admitted
	Active         int                    // connections open now, handshakes included
	RefusedConns   uint64                 // connections refused: MaxConns
	RefusedPerAddr uint64                 // connections refused: MaxConnsPerAddr
	Handshakes     Counts[HandshakeClass] // connections that did not become ready

	Frames        uint64        // frames cut from the streams, good and bad
	Messages      uint64        // handed to the handler
	HandlerErrors uint64        // of Messages: the handler returned an error
	Rejected      Counts[Class] // frames that were not handed on

	SkippedBytes uint64 // of oversize frames, discarded unread
	Panics       uint64 // connections ended by a panic in a handler
	ReadErrors   uint64 // connections ended by an error, such as a reset by the peer
}

// Counts are numbers by class. Those that a [Server] returns hold every class.
type Counts[C Class | HandshakeClass] map[C]uint64

// Total returns the number of all classes.
func (c Counts[C]) Total() uint64 {
	var sum uint64
	for _, n := range c {
		sum += n
	}
	return sum
}

// counters is the live form of Stats: what is counted for every frame, and the rest.
type counters struct {
	frames, messages, handlerErrors atomic.Uint64

	mu   sync.Mutex
	rest Stats
}

// add counts what is rare.
func (c *counters) add(to func(*Stats)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	to(&c.rest)
}

// Stats returns the counters.
func (s *Server) Stats() Stats {
	s.init()
	var st Stats
	s.counts.add(func(rest *Stats) {
		st = *rest
		st.Handshakes, st.Rejected = maps.Clone(rest.Handshakes), maps.Clone(rest.Rejected)
		st.Frames, st.Messages, st.HandlerErrors = s.counts.frames.Load(), s.counts.messages.Load(), s.counts.handlerErrors.Load()
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	st.Active = len(s.conns)
	return st
}

// zeros are the counts of all classes before anything has happened.
func zeros[C Class | HandshakeClass](all []C) Counts[C] {
	counts := make(Counts[C], len(all))
	for _, class := range all {
		counts[class] = 0
	}
	return counts
}

// MaxPeers is the number of peers that [Server.Peers] remembers. Beyond it the
// peer that is not connected and has been silent longest is forgotten.
const MaxPeers = 4096

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

// peerTable holds the counters of each sender.
type peerTable struct {
	mu sync.Mutex
	by map[string]*peerCounters
}

// peerCounters is the live form of PeerStats.
type peerCounters struct {
	known PeerStats // but for the counters below; under peerTable.mu

	messages, handlerErrors, rejected atomic.Uint64
	last                              atomic.Int64 // Unix nanoseconds
}

// connected returns the counters of a peer that has become ready.
func (t *peerTable) connected(peer Peer, notAfter time.Time) *peerCounters {
	key := "address " + peer.String()
	if peer.Name != "" {
		key = "name " + peer.Name
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.by[key]
	if p == nil {
		if len(t.by) >= MaxPeers {
			t.forget()
		}
		p = &peerCounters{known: PeerStats{Name: peer.Name}}
		t.by[key] = p
	}
	p.known.Addr = peer.Addr
	p.known.Active++
	p.known.Connections++
	p.known.NotAfter = cmp.Or(notAfter, p.known.NotAfter)
	return p
}

func (t *peerTable) disconnected(p *peerCounters) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p.known.Active--
}

// forget drops the peer without a connection that has been silent longest. The
// number of connections is bounded, so the table stays bounded too.
func (t *peerTable) forget() {
	oldest := ""
	for key, p := range t.by {
		if p.known.Active == 0 && (oldest == "" || p.last.Load() < t.by[oldest].last.Load()) {
			oldest = key
		}
	}
	delete(t.by, oldest)
}

// Peers returns the senders seen since the start, sorted by name and address; at
// most [MaxPeers].
func (s *Server) Peers() []PeerStats {
	s.init()
	s.peers.mu.Lock()
	defer s.peers.mu.Unlock()
	all := make([]PeerStats, 0, len(s.peers.by))
	for _, p := range s.peers.by {
		ps := p.known
		ps.Messages, ps.HandlerErrors, ps.Rejected = p.messages.Load(), p.handlerErrors.Load(), p.rejected.Load()
		if ns := p.last.Load(); ns != 0 {
			ps.LastMessage = time.Unix(0, ns)
		}
		all = append(all, ps)
	}
	slices.SortFunc(all, func(a, b PeerStats) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), a.Addr.Compare(b.Addr))
	})
	return all
}
