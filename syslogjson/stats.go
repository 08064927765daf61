package syslogjson

import "sync/atomic"

// Stats are a server's counters since its start. When no frame is under way,
// Frames equals Messages plus the sum of the rejected frames, exactly.
type Stats struct {
	Accepted       uint64 // connections admitted
	Active         int    // connections open now, handshakes included
	RefusedConns   uint64 // connections refused: MaxConns
	RefusedPerAddr uint64 // connections refused: MaxConnsPerAddr
	AcceptErrors   uint64 // accept calls that failed and were tried again
	Handshakes     HandshakeStats

	Frames        uint64 // frames cut from the streams, good and bad
	Messages      uint64 // handed to the handler
	HandlerErrors uint64 // of Messages: the handler returned an error
	PartialOK     uint64 // of Messages: cut off by the end of the stream, yet complete
	Rejected      RejectedStats

	SkippedBytes uint64 // of oversize frames, discarded unread
	Panics       uint64 // connections ended by a panic in a handler
	BadStreaks   uint64 // connections ended by DefaultMaxBadFrames bad frames in a row
	ReadErrors   uint64 // connections ended by an error, such as a reset by the peer
}

// HandshakeStats are the connections that did not become ready, by cause.
type HandshakeStats struct {
	Other, NoTLS, HTTP, NoCertificate, BadCertificate, TimedOut, Left uint64
}

// Total returns the number of failed handshakes.
func (h HandshakeStats) Total() uint64 {
	return h.Other + h.NoTLS + h.HTTP + h.NoCertificate + h.BadCertificate + h.TimedOut + h.Left
}

// RejectedStats are the frames that were not handed on, by class.
type RejectedStats struct {
	Oversize, Partial, BadHeader, BadCount, NoJSON uint64
}

// Of returns the number of one class.
func (r RejectedStats) Of(c Class) uint64 {
	switch c {
	case ClassOversize:
		return r.Oversize
	case ClassPartial:
		return r.Partial
	case ClassBadHeader:
		return r.BadHeader
	case ClassBadCount:
		return r.BadCount
	case ClassNoJSON:
		return r.NoJSON
	}
	return 0
}

// Total returns the number of all classes.
func (r RejectedStats) Total() uint64 {
	return r.Oversize + r.Partial + r.BadHeader + r.BadCount + r.NoJSON
}

// counters is the live form of Stats.
type counters struct {
	accepted, refusedConns, refusedPerAddr, acceptErrors atomic.Uint64
	handshakes                                           [numHandshakeFailures]atomic.Uint64

	frames, messages, handlerErrors, partialOK atomic.Uint64
	rejected                                   [numClasses]atomic.Uint64

	skippedBytes, panics, badStreaks, readErrors atomic.Uint64
}

// Stats returns the counters.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	active := len(s.conns)
	s.mu.Unlock()
	c := &s.counts
	return Stats{
		Accepted:       c.accepted.Load(),
		Active:         active,
		RefusedConns:   c.refusedConns.Load(),
		RefusedPerAddr: c.refusedPerAddr.Load(),
		AcceptErrors:   c.acceptErrors.Load(),
		Handshakes: HandshakeStats{
			Other:          c.handshakes[HandshakeOther].Load(),
			NoTLS:          c.handshakes[HandshakePlain].Load(),
			HTTP:           c.handshakes[HandshakeHTTP].Load(),
			NoCertificate:  c.handshakes[HandshakeNoCertificate].Load(),
			BadCertificate: c.handshakes[HandshakeCertificate].Load(),
			TimedOut:       c.handshakes[HandshakeTimedOut].Load(),
			Left:           c.handshakes[HandshakeLeft].Load(),
		},
		Frames:        c.frames.Load(),
		Messages:      c.messages.Load(),
		HandlerErrors: c.handlerErrors.Load(),
		PartialOK:     c.partialOK.Load(),
		Rejected: RejectedStats{
			Oversize:  c.rejected[ClassOversize].Load(),
			Partial:   c.rejected[ClassPartial].Load(),
			BadHeader: c.rejected[ClassBadHeader].Load(),
			BadCount:  c.rejected[ClassBadCount].Load(),
			NoJSON:    c.rejected[ClassNoJSON].Load(),
		},
		SkippedBytes: c.skippedBytes.Load(),
		Panics:       c.panics.Load(),
		BadStreaks:   c.badStreaks.Load(),
		ReadErrors:   c.readErrors.Load(),
	}
}
