package syslogjson

import (
	"slices"
	"strconv"
	"time"
)

// The priority of TARA-Server's events.
const (
	facilityAuth = 4
	severityInfo = 6
)

// DefaultHeader is the header of TARA-Server's events: <38>, from host, in BSD
// format on a line of its own.
func DefaultHeader(host string) Header {
	return Header{Facility: facilityAuth, Severity: severityInfo, Hostname: host}
}

// Append appends one frame with the given time and payload to dst, in h's format
// and framing, and returns the extended slice:
//
//	<38>Nov 21 19:29:11 vm {...}\n                               BSD, in at's own zone
//	<38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - {...}\n     RFC5424, in UTC
//	57 <38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - {...}\n  the same with OctetCounting
//
// The counted bytes end with the newline. A BSD header has neither AppName nor ProcID
// nor MsgID. Fields are cut to the lengths of RFC 5424 section 6, an empty one is
// written as "-"; bytes that a header cannot hold, and "{", which begins the payload,
// are written as "?". Newlines in the payload, which JSON allows between its tokens,
// are written as spaces, so that the message stays one line.
func (h *Header) Append(dst []byte, at time.Time, payload []byte) []byte {
	start := len(dst)
	dst = append(dst, '<')
	dst = strconv.AppendUint(dst, uint64(min(h.Facility, 23))<<3|uint64(min(h.Severity, 7)), 10)
	dst = append(dst, '>')
	if h.Format == RFC5424 {
		dst = append(dst, "1 "...)
		dst = at.UTC().AppendFormat(dst, "2006-01-02T15:04:05.000Z")
		dst = appendField(dst, h.Hostname, maxHostname)
		dst = appendField(dst, h.AppName, maxAppName)
		dst = appendField(dst, h.ProcID, maxProcID)
		dst = appendField(dst, h.MsgID, maxMsgID)
		dst = append(dst, " -"...)
	} else {
		dst = at.AppendFormat(dst, time.Stamp)
		dst = appendField(dst, h.Hostname, maxHostname)
	}
	dst = appendLine(append(dst, ' '), payload)
	if h.Framing == OctetCounting {
		var count [20]byte
		head := strconv.AppendInt(count[:0], int64(len(dst)-start), 10)
		dst = slices.Insert(dst, start, append(head, ' ')...)
	}
	return dst
}

func appendField(dst []byte, s string, limit int) []byte {
	if s == "" {
		return append(dst, " -"...)
	}
	dst = append(dst, ' ')
	for i := range min(len(s), limit) {
		c := s[i]
		if c < '!' || c > '~' || c == '{' {
			c = '?'
		}
		dst = append(dst, c)
	}
	return dst
}

func appendLine(dst, payload []byte) []byte {
	start := len(dst)
	dst = append(dst, payload...)
	for i := start; i < len(dst); i++ {
		if dst[i] == '\n' {
			dst[i] = ' '
		}
	}
	return append(dst, '\n')
}
