package syslogjson

import "bytes"

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
		r.skipped += uint64(n) //nolint:gosec // never negative
		if r.skip == 0 && !r.skipLine {
			break
		}
		if err := r.fill(); err != nil {
			if !isTimeout(err) {
				r.skipped += uint64(r.end - r.pos) //nolint:gosec // never negative
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
