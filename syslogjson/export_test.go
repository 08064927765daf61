package syslogjson

// ParseSlow is ParseInto without the fast path, for the differential test.
func (p *Parser) ParseSlow(m *Message, frame []byte) error { return p.parse(m, frame, false) }

// PlainHeader reports whether the fast path takes the RFC 5424 header of a frame.
func PlainHeader(frame []byte) bool {
	_, _, rest := priority(frame)
	if rest < 0 || !is5424(frame[rest:]) {
		return false
	}
	h := split5424(frame, rest)
	return h.plain(frame)
}
