package syslogjson

import (
	"bytes"

	syslog "github.com/influxdata/go-syslog/v3"
)

// Parse finds the header and the payload of one frame. The message's byte slices
// alias frame. An error is a [*ParseError].
func Parse(frame []byte) (*Message, error) {
	var p Parser
	m := new(Message)
	if err := p.ParseInto(m, frame); err != nil {
		return nil, err
	}
	return m, nil
}

// Parser parses frames one after another without allocating for the usual header.
// The zero value is ready. It is not safe for concurrent use.
type Parser struct {
	machine                        syslog.Machine // go-syslog's RFC 5424 machine, made when first needed
	hostname, appName, procID, msg string         // seen last: a sender repeats them
}

// ParseInto parses frame into m and leaves m.Framing and m.Peer as they are. After
// an error, which is a [*ParseError], the other fields of m have no meaning.
func (p *Parser) ParseInto(m *Message, frame []byte) error {
	return p.parse(m, frame, true)
}

// parse is ParseInto; without fast every RFC 5424 header goes through the machine.
func (p *Parser) parse(m *Message, frame []byte, fast bool) error {
	m.Timestamp, m.Payload = nil, nil
	m.Hostname, m.AppName, m.ProcID, m.MsgID = "", "", "", ""
	start, pri, rest := priority(frame)
	if rest < 0 {
		return &ParseError{Class: ClassBadHeader, Offset: start, Reason: "no priority from <0> to <191>"}
	}
	m.Facility, m.Severity = Facility(pri>>3), Severity(pri&7) //nolint:gosec // pri is at most maxPri
	frame = frame[:trimmedLen(frame)]
	rest = min(rest, len(frame))
	if is5424(frame[rest:]) {
		m.Format = RFC5424
		return p.parse5424(m, frame, start, rest, fast)
	}
	m.Format = BSD
	return p.parseBSD(m, frame, rest)
}

// strays may stand around a frame.
const strays = "\r\n\x00 "

const (
	bom    = "\uFEFF"
	maxPri = 191 // RFC 5424 section 6.2.1
)

// priority finds "<PRIVAL>" after strays and one byte order mark. It returns where
// it begins, its value, and the offset after it, or -1 when there is none.
func priority(frame []byte) (start, pri, rest int) {
	for start < len(frame) && isStray(frame[start]) {
		start++
	}
	if bytes.HasPrefix(frame[start:], []byte(bom)) {
		start += len(bom)
	}
	b := frame[start:]
	if matchPri(b) != matchFull {
		return start, 0, -1
	}
	i := 1
	for ; b[i] != '>'; i++ {
		pri = pri*10 + int(b[i]-'0')
	}
	if pri > maxPri || b[1] == '0' && i > 2 {
		return start, 0, -1
	}
	return start, pri, start + i + 1
}

func trimmedLen(b []byte) int {
	n := len(b)
	for n > 0 && isStray(b[n-1]) {
		n--
	}
	return n
}

// payloadStart returns the offset of the first "{" after the header, or -1.
func payloadStart(frame []byte) int {
	_, _, rest := priority(frame)
	if rest < 0 {
		return -1
	}
	if is5424(frame[rest:]) {
		h := split5424(frame, rest)
		rest = h.message
	}
	return indexFrom(frame, rest, '{')
}

func indexFrom(b []byte, from int, c byte) int {
	i := bytes.IndexByte(b[from:], c)
	if i < 0 {
		return -1
	}
	return from + i
}

// intern returns b as a string, without allocating when it equals the last one.
func intern(last *string, b []byte) string {
	if string(b) != *last {
		*last = string(b)
	}
	return *last
}
