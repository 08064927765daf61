package syslogjson

import "bytes"

// How a piece of the stream fits a pattern.
type match uint8

const (
	matchNone match = iota
	matchPart       // fits as far as it goes
	matchFull
)

const maxCountDigits = 7

// parseCount matches b with "[1-9][0-9]{0,6} <". It returns the count and the
// length of count and space.
func parseCount(b []byte) (n, head int, m match) {
	if b[0] < '1' || b[0] > '9' {
		return 0, 0, matchNone
	}
	i := 0
	for i < len(b) && i < maxCountDigits && isDigit(b[i]) {
		n = n*10 + int(b[i]-'0')
		i++
	}
	if i < len(b) && b[i] != ' ' {
		return 0, 0, matchNone
	}
	if i+1 >= len(b) {
		return 0, 0, matchPart
	}
	if b[i+1] != '<' {
		return 0, 0, matchNone
	}
	return n, i + 1, matchFull
}

// matchPri matches the beginning of b with "<[0-9]{1,3}>".
func matchPri(b []byte) match {
	if len(b) == 0 {
		return matchPart
	}
	if b[0] != '<' {
		return matchNone
	}
	for i := 1; i < len(b); i++ {
		switch {
		case b[i] == '>' && i > 1:
			return matchFull
		case !isDigit(b[i]) || i > 3:
			return matchNone
		}
	}
	return matchPart
}

// junk returns the bytes up to the next newline, which begin no frame. On a
// connection that counts octets they also end where the next counted frame begins.
func (r *Reader) junk() ([]byte, error) {
	if !r.counted && !isDigit(r.buf[r.pos]) {
		return r.line()
	}
	for from := 0; ; {
		b := r.buf[r.pos:r.end]
		end, next := junkEnd(b, from)
		switch {
		case max(end, next) > r.max:
			return nil, r.oversizeLine(b)
		case end >= 0:
			r.pos += end
			r.counted = true
			return nil, frameError(ClassBadCount, b[:end])
		}
		from = next
		if err := r.fill(); err != nil {
			switch {
			case isTimeout(err):
				return nil, err
			case len(b) > r.max:
				r.pos = r.end
				r.skipped += uint64(len(b))
				return nil, frameError(ClassOversize, b)
			case r.counted:
				r.pos = r.end
				return nil, frameError(ClassBadCount, b)
			}
			return r.tail(0, err)
		}
	}
}

// junkEnd returns where junk ends: at a newline or at "count <PRI>", not before
// byte 1. It is -1 when that is not in b; then the search goes on at next.
func junkEnd(b []byte, from int) (end, next int) {
	region, last := b, true
	if i := bytes.IndexByte(b[from:], '\n'); i >= 0 {
		region, last = b[:from+i], false
	}
	for at := from; ; at++ {
		i := bytes.IndexByte(region[at:], '<')
		if i < 0 {
			break
		}
		at += i
		start := countBefore(region, at)
		if start < 1 {
			continue
		}
		switch matchPri(region[at:]) {
		case matchFull:
			return start, 0
		case matchPart:
			if last {
				return -1, at
			}
		}
	}
	if last {
		return -1, len(b)
	}
	return len(region), 0
}

// countBefore returns where the count begins that ends with a space before b[at],
// or -1.
func countBefore(b []byte, at int) int {
	i := at - 1
	if i < 0 || b[i] != ' ' {
		return -1
	}
	for i > 0 && isDigit(b[i-1]) {
		i--
	}
	if n := at - 1 - i; n == 0 || n > maxCountDigits || b[i] == '0' {
		return -1
	}
	return i
}

// excess returns how many bytes at the end of a counted body belong to the next
// frames, because the count was too large. It is zero for a body that ends with
// its object, and for one without a complete object: then nothing is known. It is
// sure when these bytes hold a frame's whole beginning with its priority.
func excess(body []byte) (rest int, sure bool) {
	end := len(body)
	for end > 0 && isStray(body[end-1]) {
		end--
	}
	if end == 0 || body[end-1] == '}' && bytes.IndexByte(body[:end], '\n') < 0 {
		return 0, false // the common case, without looking into the object
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

// matchStart matches b with the beginning of a frame of either framing, up to and
// with its priority.
func matchStart(b []byte) match {
	if b[0] == '<' {
		return matchPri(b)
	}
	_, head, m := parseCount(b)
	if m != matchFull {
		return m
	}
	return matchPri(b[head:])
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

// settle decides about the bytes in doubt at pos. They stood at the end of a
// counted body, after its object, and look like the beginning of a count. If a
// sound counted frame follows them, the count was true and they were rubbish.
// Otherwise they are the beginning of the next frame.
func (r *Reader) settle() error {
	for {
		after := r.buf[r.pos+r.doubt : r.end]
		n, head, m := 0, 0, matchPart
		if len(after) > 0 {
			n, head, m = parseCount(after)
		}
		if m == matchFull && n <= r.max && len(after) >= head+n {
			if sound(after[head : head+n]) {
				r.pos += r.doubt
			}
			break
		}
		if m == matchNone || n > r.max {
			break
		}
		if err := r.fill(); err != nil {
			if isTimeout(err) {
				return err
			}
			break
		}
	}
	r.doubt = 0
	return nil
}

// sound reports whether a counted body ends with a complete object.
func sound(body []byte) bool {
	end := objectEnd(body)
	return end > 0 && len(bytes.TrimRight(body[end:], strays)) == 0
}

// discard drops what is left of an oversize frame.
func (r *Reader) discard() error {
	for r.skip > 0 || r.skipLine {
		b := r.buf[r.pos:r.end]
		n := len(b)
		if r.skipLine {
			n = r.discardLine(b)
		} else {
			n = min(n, r.skip)
			r.skip -= n
		}
		r.pos += n
		r.skipped += uint64(n)
		if r.skip == 0 && !r.skipLine {
			break
		}
		if err := r.fill(); err != nil {
			if !isTimeout(err) {
				r.skipped += uint64(r.end - r.pos)
				r.pos = r.end
				r.skip, r.skipLine = 0, false
			}
			return err
		}
	}
	return nil
}

// discardLine returns how much of b to drop, and notes when the line has ended.
func (r *Reader) discardLine(b []byte) int {
	if !r.counted {
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			r.skipLine = false
			return i + 1
		}
		return len(b)
	}
	// Junk between counted frames may have no newline for ever.
	end, _ := junkEnd(b, 0)
	if end >= 0 {
		r.skipLine = false
		return end
	}
	const longest = maxCountDigits + len(" <191>")
	return max(0, len(b)-longest-1)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
