package syslogjson

import "bytes"

// excess returns how many bytes at the end of a counted body belong to the next
// frames, because the count was too large. It is zero for a body that ends with
// its object, and for one without a complete object: then nothing is known. It is
// sure when these bytes hold a frame's whole beginning with its priority.
func excess(body []byte) (rest int, sure bool) {
	end := len(body)
	for end > 0 && isStray(body[end-1]) {
		end--
	}
	if end == 0 || body[end-1] == '}' && bytes.IndexByte(body[1:end], '<') < 0 {
		return 0, false // the common case: no second priority, so no second frame
	}
	n := objectEnd(body)
	if n < 0 {
		return 0, false
	}
	for n < end && isStray(body[n]) {
		n++
	}
	if n == end {
		return 0, false
	}
	after := body[n:]
	switch m := matchStart(after); m {
	case matchNone:
		return 0, false
	default:
		return len(after), m == matchFull
	}
}

// objectEnd returns the offset after the JSON object in a frame, or -1 when it has
// none or it is not complete.
func objectEnd(frame []byte) int {
	start := payloadStart(frame)
	if start < 0 {
		return -1
	}
	depth, quoted := 0, false
	for i := start; i < len(frame); i++ {
		switch c := frame[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// sound reports whether a counted body ends with a complete object.
func sound(body []byte) bool {
	end := objectEnd(body)
	return end > 0 && len(bytes.TrimRight(body[end:], strays)) == 0
}
