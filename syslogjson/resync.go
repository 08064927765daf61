package syslogjson

import "bytes"

// junk returns the bytes up to the next newline, which begin no frame. On a
// connection that counts octets they also end where the next counted frame begins.
func (r *Reader) junk() ([]byte, error) {
	if !r.counted && !isDigit(r.buf[r.pos]) {
		return r.line()
	}
	r.counted = true
	for from := 0; ; {
		b := r.buf[r.pos:r.end]
		end, next := junkEnd(b, from)
		switch {
		case end > r.max, next-maxCountDigits-1 > r.max: // a count may begin before next
			return nil, r.oversizeLine(b)
		case end >= 0:
			r.pos += end
			return nil, frameError(ClassBadCount, b[:end])
		}
		from = next
		if err := r.fill(); err != nil {
			switch {
			case isTimeout(err):
				return nil, err
			case len(b) > r.max:
				return nil, r.oversizeLine(b)
			}
			r.pos = r.end
			return nil, frameError(ClassBadCount, b)
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
