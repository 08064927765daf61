package syslogjson

import (
	"fmt"
	"strconv"
	"time"
)

// Form is one of the three forms in which TARA's senders write messages.
type Form uint8

// The forms. Their texts, for settings, are "bsd", "rfc5424" and "octet".
const (
	FormBSD     Form = iota // RFC 3164 header, ended by a newline
	FormRFC5424             // RFC 5424 header, ended by a newline
	FormOctet               // RFC 5424 header, octet counting; the counted bytes end with a newline
)

var formNames = [...]string{"bsd", "rfc5424", "octet"}

// String returns the form's text.
func (f Form) String() string {
	if int(f) < len(formNames) {
		return formNames[f]
	}
	return fmt.Sprintf("form(%d)", uint8(f))
}

// ParseForm returns the form with the given text.
func ParseForm(s string) (Form, error) {
	for i, name := range formNames {
		if s == name {
			return Form(i), nil
		}
	}
	return 0, fmt.Errorf("syslogjson: unknown form %q: want bsd, rfc5424 or octet", s)
}

// Header is the header of messages to be sent. Fields are cut to the lengths of
// RFC 5424 section 6; bytes that a header cannot hold, and "{", which begins the
// payload, are written as "?".
type Header struct {
	Facility Facility
	Severity Severity
	Hostname string // "" is written as "-"
	AppName  string // "" is written as "-"; not part of FormBSD
	ProcID   string // "" is written as "-"; not part of FormBSD
	MsgID    string // "" is written as "-"; not part of FormBSD
}

// DefaultHeader is the header of TARA-Server's events: <38>, from host.
func DefaultHeader(host string) Header {
	return Header{Facility: FacilityAuth, Severity: SeverityInfo, Hostname: host}
}

// Append appends one message to dst in the given form and returns the extended
// slice. Newlines in the payload, which JSON allows between its tokens, are written
// as spaces, so that the message stays one line.
func (h *Header) Append(dst []byte, form Form, at time.Time, payload []byte) []byte {
	switch form {
	case FormRFC5424:
		return h.AppendRFC5424(dst, at, payload)
	case FormOctet:
		return h.AppendOctet(dst, at, payload)
	default:
		return h.AppendBSD(dst, at, payload)
	}
}

// AppendBSD appends "<38>Nov 21 19:29:11 vm {...}\n", in at's own zone.
func (h *Header) AppendBSD(dst []byte, at time.Time, payload []byte) []byte {
	dst = h.appendPri(dst)
	dst = at.AppendFormat(dst, time.Stamp)
	dst = appendField(dst, h.Hostname, maxHostname)
	return appendLine(append(dst, ' '), payload)
}

// AppendRFC5424 appends "<38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - {...}\n", in UTC.
func (h *Header) AppendRFC5424(dst []byte, at time.Time, payload []byte) []byte {
	dst = append(h.appendPri(dst), "1 "...)
	dst = at.UTC().AppendFormat(dst, "2006-01-02T15:04:05.000Z")
	dst = appendField(dst, h.Hostname, maxHostname)
	dst = appendField(dst, h.AppName, maxAppName)
	dst = appendField(dst, h.ProcID, maxProcID)
	dst = appendField(dst, h.MsgID, maxMsgID)
	return appendLine(append(dst, " - "...), payload)
}

// AppendOctet appends the message of AppendRFC5424, newline included, after its
// length and a space.
func (h *Header) AppendOctet(dst []byte, at time.Time, payload []byte) []byte {
	start := len(dst)
	dst = h.AppendRFC5424(dst, at, payload)
	n := len(dst) - start
	var count [20]byte
	head := append(strconv.AppendInt(count[:0], int64(n), 10), ' ')
	dst = append(dst, head...)
	copy(dst[start+len(head):], dst[start:start+n])
	copy(dst[start:], head)
	return dst
}

func (h *Header) appendPri(dst []byte) []byte {
	dst = append(dst, '<')
	dst = strconv.AppendUint(dst, uint64(min(h.Facility, 23))<<3|uint64(min(h.Severity, 7)), 10)
	return append(dst, '>')
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
