package event

import (
	"time"
	"unicode/utf8"
)

// AppendJSON appends e to dst as the JSON object a sender writes
// (specification, section 2.1) and returns the extended slice. The members
// stand in the order time, clientId, method, bank, country, operation, error;
// bank, country and error are left out when empty. The time is
// [Event.TimeText], as it is; where that is empty, it is written from Time.
//
// The object stands on one line: control characters are escaped, so it may be
// framed by newlines. Bytes that are not UTF-8 become U+FFFD. What is written
// is JSON whatever e holds, but only an event that passes [Event.Validate] is
// read back by [Parse] as itself.
func AppendJSON(dst []byte, e Event) []byte {
	if e.TimeText == "" && !e.Time.IsZero() {
		e.TimeText = writeTime(e.Time)
	}
	dst = append(dst, '{')
	dst = appendMember(dst, memberTime, e.TimeText)
	dst = appendMember(append(dst, ','), memberClientID, e.ClientID)
	dst = appendMember(append(dst, ','), memberMethod, e.Method)
	if e.Bank != "" {
		dst = appendMember(append(dst, ','), memberBank, e.Bank)
	}
	if e.Country != "" {
		dst = appendMember(append(dst, ','), memberCountry, e.Country)
	}
	dst = appendMember(append(dst, ','), memberOperation, string(e.Operation))
	if e.Error != "" {
		dst = appendMember(append(dst, ','), memberError, e.Error)
	}
	return append(dst, '}')
}

// MarshalJSON is [AppendJSON]. A struct that embeds an Event inherits it, and
// with it the loss of its other fields: give such a one a MarshalJSON of its own.
func (e Event) MarshalJSON() ([]byte, error) { return AppendJSON(nil, e), nil }

// UnmarshalJSON is [Parse].
func (e *Event) UnmarshalJSON(data []byte) (err error) {
	*e, err = Parse(data)
	return err
}

// writeTime writes t in its own zone, as [ParseTime] reads it. A zone that is
// not ahead by whole minutes, as local mean time, cannot be written: UTC then.
func writeTime(t time.Time) string {
	if _, seconds := t.Zone(); seconds%60 != 0 {
		t = t.UTC()
	}
	return t.Format(time.RFC3339Nano)
}

// appendMember writes a name, which needs no escaping, and its value.
func appendMember(dst []byte, name, value string) []byte {
	dst = append(dst, '"')
	dst = append(dst, name...)
	dst = append(dst, '"', ':')
	return appendString(dst, value)
}

// appendString writes s as a JSON string (RFC 8259, section 7). Only what must
// be escaped is: unlike encoding/json, < > and & stay legible.
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, r := range s { // broken UTF-8 arrives here as U+FFFD
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, '\\', 'n')
		case r == '\r':
			dst = append(dst, '\\', 'r')
		case r == '\t':
			dst = append(dst, '\\', 't')
		case r < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&0xf])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}
