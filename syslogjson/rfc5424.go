package syslogjson

import (
	"bytes"

	"github.com/influxdata/go-syslog/v3/rfc5424"
)

// Longest header fields, RFC 5424 section 6.
const (
	maxHostname = 255
	maxAppName  = 48
	maxProcID   = 128
	maxMsgID    = 32
)

// The fields of the fixed part, in order.
const (
	fieldTimestamp = iota
	fieldHostname
	fieldAppName
	fieldProcID
	fieldMsgID
	numFields
)

// header5424 is the outline of an RFC 5424 header, found by its spaces alone.
type header5424 struct {
	version []byte
	fields  [numFields][]byte
	sd      int // where the structured data begins, or -1 when a field is missing
	message int // where the message may begin: from here on "{" is no header
}

// is5424 reports whether digits and a space follow the priority.
func is5424(b []byte) bool {
	i := 0
	for i < len(b) && isDigit(b[i]) {
		i++
	}
	return i > 0 && i < len(b) && b[i] == ' '
}

// split5424 finds the outline of the header whose version is at off. A field that
// begins with "{" is the message of a sender that leaves fields out.
func split5424(frame []byte, off int) header5424 {
	h := header5424{sd: -1}
	i := indexFrom(frame, off, ' ')
	h.version = frame[off:i]
	i++
	for f := range h.fields {
		h.message = i
		if i == len(frame) || frame[i] == '{' {
			return h
		}
		end := indexFrom(frame, i, ' ')
		if end < 0 {
			return h
		}
		h.fields[f] = frame[i:end]
		i = end + 1
	}
	h.sd, h.message = i, i
	if i == len(frame) {
		return h
	}
	switch frame[i] {
	case '-':
		h.message++
	case '[':
		if n := structuredDataLen(frame[i:]); n > 0 {
			h.message += n
		}
	}
	return h
}

// structuredDataLen returns the length of the elements "[id name="value"]..." at
// the beginning of b, or zero when they do not end.
func structuredDataLen(b []byte) int {
	quoted, open := false, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && open:
			quoted = !quoted
		case quoted:
		case c == '[' && !open:
			open = true
		case c == ']' && open:
			open = false
		case !open:
			return i
		}
	}
	if open {
		return 0
	}
	return len(b)
}

// parse5424 reads the message whose "<" is at start and whose version is at off.
// A header that the machine refuses loses no event: the payload is then the first
// "{" after the outline.
func (p *Parser) parse5424(m *Message, frame []byte, start, off int, fast bool) error {
	h := split5424(frame, off)
	if fast && h.plain(frame) {
		return p.finish(m, frame, &h, h.message)
	}
	if p.machine == nil {
		p.machine = rfc5424.NewMachine()
	}
	parsed, err := p.machine.Parse(frame[start:])
	if err == nil && parsed != nil {
		if msg, ok := parsed.(*rfc5424.SyslogMessage); ok {
			at := len(frame)
			if msg.Message != nil {
				at -= len(*msg.Message)
			}
			return p.finish(m, frame, &h, at)
		}
	}
	if indexFrom(frame, h.message, '{') < 0 {
		return &ParseError{Class: ClassBadHeader, Offset: off, Reason: "broken RFC 5424 header and no JSON object after it"}
	}
	return p.finish(m, frame, &h, h.message)
}

// finish takes the payload from the first "{" at or after at, and the fields.
func (p *Parser) finish(m *Message, frame []byte, h *header5424, at int) error {
	i := indexFrom(frame, at, '{')
	if i < 0 {
		return &ParseError{Class: ClassNoJSON, Offset: at, Reason: "no JSON object in the message"}
	}
	m.Payload = frame[i:]
	m.Timestamp = h.value(fieldTimestamp, maxHostname)
	m.Hostname = intern(&p.hostname, h.value(fieldHostname, maxHostname))
	m.AppName = intern(&p.appName, h.value(fieldAppName, maxAppName))
	m.ProcID = intern(&p.procID, h.value(fieldProcID, maxProcID))
	m.MsgID = intern(&p.msg, h.value(fieldMsgID, maxMsgID))
	return nil
}

// value returns a field, or nil when it is "-", missing or longer than limit.
func (h *header5424) value(field, limit int) []byte {
	v := h.fields[field]
	if len(v) == 0 || len(v) > limit || len(v) == 1 && v[0] == '-' {
		return nil
	}
	return v
}

// plain reports whether the header is certainly valid: version 1, no structured
// data, fields within their limits. Anything else is left to the machine.
func (h *header5424) plain(frame []byte) bool {
	return len(h.version) == 1 && h.version[0] == '1' &&
		h.sd >= 0 && h.sd < len(frame) && frame[h.sd] == '-' &&
		(h.message == len(frame) || frame[h.message] == ' ') &&
		plainTime(h.fields[fieldTimestamp]) &&
		printable(h.fields[fieldHostname], maxHostname) &&
		printable(h.fields[fieldAppName], maxAppName) &&
		printable(h.fields[fieldProcID], maxProcID) &&
		printable(h.fields[fieldMsgID], maxMsgID)
}

// printable reports whether b is PRINTUSASCII of RFC 5424 section 6, 1 to limit long.
func printable(b []byte, limit int) bool {
	if len(b) == 0 || len(b) > limit {
		return false
	}
	for _, c := range b {
		if c < '!' || c > '~' {
			return false
		}
	}
	return true
}

// plainTime reports whether b is "-" or a time that is certainly valid. Days after
// the 28th need a calendar and are left to the machine, except in months that
// always have them.
func plainTime(b []byte) bool {
	if len(b) == 1 {
		return b[0] == '-'
	}
	const layout = "0000-00-00T00:00:00"
	if len(b) <= len(layout) {
		return false
	}
	for i := range len(layout) {
		if layout[i] == '0' && !isDigit(b[i]) || layout[i] != '0' && b[i] != layout[i] {
			return false
		}
	}
	two := func(i int) int { return int(b[i]-'0')*10 + int(b[i+1]-'0') }
	month, day := two(5), two(8)
	if month < 1 || month > 12 || day < 1 || day > daysAlways[month] ||
		two(11) > 23 || two(14) > 59 || two(17) > 59 {
		return false
	}
	return plainZone(b[len(layout):])
}

// daysAlways is the number of days that a month has in every year.
var daysAlways = [...]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// plainZone matches "(.[0-9]{1,6})?(Z|[+-]hh:mm)".
func plainZone(b []byte) bool {
	if b[0] == '.' {
		i := 1
		for i < len(b) && isDigit(b[i]) {
			i++
		}
		if i == 1 || i > 7 {
			return false
		}
		b = b[i:]
	}
	if bytes.Equal(b, []byte("Z")) {
		return true
	}
	return len(b) == len("+00:00") && (b[0] == '+' || b[0] == '-') && b[3] == ':' &&
		isDigit(b[1]) && isDigit(b[2]) && isDigit(b[4]) && isDigit(b[5]) &&
		(b[1] < '2' || b[1] == '2' && b[2] <= '3') && b[4] <= '5'
}
