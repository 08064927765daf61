package syslogjson

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net/netip"
)

// Framing says how a frame is delimited (RFC 6587 section 3.4).
type Framing uint8

// The framings.
const (
	NonTransparent Framing = iota // ended by a newline
	OctetCounting                 // preceded by its length
)

// String returns "newline" or "octet".
func (f Framing) String() string {
	if f == OctetCounting {
		return "octet"
	}
	return "newline"
}

// MarshalText writes what String returns.
func (f Framing) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what MarshalText writes; anything else is an error.
func (f *Framing) UnmarshalText(text []byte) error {
	return parseText(f, text, NonTransparent, OctetCounting)
}

// parseText sets to to the one of its values that has the text.
func parseText[T fmt.Stringer](to *T, text []byte, values ...T) error {
	for _, v := range values {
		if v.String() == string(text) {
			*to = v
			return nil
		}
	}
	return fmt.Errorf("syslogjson: %T %q is none of %v", *to, text, values)
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

// MarshalText writes what String returns.
func (f Format) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what MarshalText writes; anything else is an error.
func (f *Format) UnmarshalText(text []byte) error { return parseText(f, text, BSD, RFC5424) }

// Peer is the other end of a connection.
type Peer struct {
	Addr netip.AddrPort // invalid for a connection that is not TCP
	// Name is the common name of the verified client certificate, else its first
	// DNS name, at most 256 bytes, control characters replaced; "" without one.
	Name string
	// TLS is the state of the connection after its handshake, with the peer's whole
	// certificate, nil without TLS. The certificate is verified only when
	// VerifiedChains is not empty. All messages of a connection share it: it may be
	// kept, and must not be changed.
	TLS *tls.ConnectionState
}

// String returns the name, or the IP address of a peer without one.
func (p Peer) String() string {
	if p.Name != "" || !p.Addr.IsValid() {
		return p.Name
	}
	return p.Addr.Addr().String()
}

// Header is what stands before a message's payload, but for its time. In a message
// that was received its fields are informational: "" when absent, and in a BSD
// header, or in one that go-syslog refuses, a guess.
type Header struct {
	Format   Format
	Framing  Framing
	Facility uint8 // the part of the system, 0 to 23 (RFC 5424 table 1)
	Severity uint8 // 0 (emergency) to 7 (debug) (RFC 5424 table 2)
	Hostname string
	AppName  string
	ProcID   string
	MsgID    string
}

// Message is one syslog message. Its strings may be kept; its byte slices alias
// the frame and are valid only until the handler returns, or for as long as the
// frame is.
type Message struct {
	Header           // Framing is set by Server, the rest by Parser
	Timestamp []byte // as written, nil when absent

	// Payload begins with the first "{" after the header and ends with the frame,
	// without CR, LF, NUL and spaces at the end. Nothing more is known of it: it
	// may be no valid JSON and no valid UTF-8.
	Payload []byte

	Peer Peer // set by Server
}

// Clone returns a copy that shares no memory with the frame. It shares Peer.TLS.
func (m *Message) Clone() *Message {
	c := *m
	c.Timestamp = bytes.Clone(m.Timestamp)
	c.Payload = bytes.Clone(m.Payload)
	return &c
}
