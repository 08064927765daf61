package syslogjson

import (
	"bytes"
	"fmt"
	"net/netip"

	syslog "github.com/influxdata/go-syslog/v3"
)

// Facility is the part of the system that a message comes from (RFC 5424 table 1), 0 to 23.
type Facility uint8

// FacilityAuth is the facility of TARA-Server's events.
const FacilityAuth Facility = 4

var facilityNames = [...]string{
	"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
	"ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
}

// String returns the usual short name, such as "auth".
func (f Facility) String() string {
	if int(f) < len(facilityNames) {
		return facilityNames[f]
	}
	return fmt.Sprintf("facility(%d)", uint8(f))
}

// Severity is how grave a message is (RFC 5424 table 2), 0 (emergency) to 7 (debug).
type Severity uint8

// SeverityInfo is the severity of TARA-Server's events.
const SeverityInfo Severity = 6

var severityNames = [...]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// String returns the usual short name, such as "info".
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// Format is the form of a message's header.
type Format uint8

// The header formats.
const (
	BSD     Format = iota // RFC 3164, read loosely
	RFC5424               // RFC 5424
)

// String returns "bsd" or "rfc5424".
func (f Format) String() string {
	if f == RFC5424 {
		return "rfc5424"
	}
	return "bsd"
}

// Peer is the other end of a connection.
type Peer struct {
	Addr netip.AddrPort // invalid for a connection that is not TCP
	// Name is the common name of the verified client certificate, else its first
	// DNS name, at most 256 bytes, control characters replaced; "" without one.
	Name string
}

// String returns the name, or the IP address of a peer without one.
func (p Peer) String() string {
	if p.Name != "" || !p.Addr.IsValid() {
		return p.Name
	}
	return p.Addr.Addr().String()
}

// Message is one syslog message. Its strings may be kept; its byte slices alias
// the frame and are valid only until the handler returns, or for as long as the
// frame is. Header fields are informational: "" or nil when absent, and in a BSD
// or broken header a guess.
type Message struct {
	Facility Facility
	Severity Severity
	Format   Format
	Framing  Framing // set by Server

	Timestamp []byte // as written
	Hostname  string
	AppName   string
	ProcID    string
	MsgID     string

	// Payload begins with the first "{" after the header and ends with the frame,
	// without CR, LF, NUL and spaces at the end. Nothing more is known of it: it
	// may be no valid JSON and no valid UTF-8.
	Payload []byte

	Peer Peer // set by Server
}

// Clone returns a copy that shares no memory with the frame.
func (m *Message) Clone() *Message {
	c := *m
	c.Timestamp = bytes.Clone(m.Timestamp)
	c.Payload = bytes.Clone(m.Payload)
	return &c
}

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
	m.Facility, m.Severity = Facility(pri>>3), Severity(pri&7)
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
