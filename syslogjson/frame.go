package syslogjson

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// Limits of what a [Reader] takes.
const (
	// DefaultMaxMessageBytes is the longest frame that is read, in bytes without
	// its count or newline. RFC 5425 section 4.3.1 asks for 8,192 at least.
	DefaultMaxMessageBytes = 64 << 10
	// MaxSkipBytes is the largest octet count above the message limit that
	// is believed and skipped. A larger one is taken as text that ends at a newline.
	MaxSkipBytes = 1 << 20
	// MaxSampleBytes is the longest beginning of a bad frame that is kept for
	// [FrameError] and [Reject].
	MaxSampleBytes = 256

	readBufferBytes  = 16 << 10 // of a busy connection; an idle one has firstBufferBytes
	firstBufferBytes = 2 << 10
	maxEmptyReads    = 100 // reads of no bytes and no error, then io.ErrNoProgress

	maxCountDigits = 7
	longestStart   = maxCountDigits + len(" <191>") // the longest beginning of a counted frame
)

// Reader cuts a stream into frames. It holds at most the message limit plus a few
// bytes, whatever the stream holds. It is not safe for concurrent use.
type Reader struct {
	src      io.Reader
	max      int
	buf      []byte // buf[pos:end] is read and not yet handed out
	pos, end int
	taken    int64 // bytes read from src
	err      error // of src, reported when the buffered bytes are used up

	skip     int  // bytes of an oversize counted frame still to be discarded
	skipLine bool // an oversize line is still to be discarded

	framing Framing // of the last frame, or of what stood for one
	partial bool
	skipped uint64 // bytes of oversize frames discarded so far
}

// NewReader returns a Reader of r whose frames are at most maxBytes long;
// zero or less means [DefaultMaxMessageBytes]. It panics when r is nil.
func NewReader(r io.Reader, maxBytes int) *Reader {
	if r == nil {
		panic("syslogjson: NewReader: the source is nil")
	}
	if maxBytes <= 0 {
		maxBytes = DefaultMaxMessageBytes
	}
	return &Reader{src: r, max: maxBytes}
}

// Next returns the next frame without its count or its newline. The slice is valid
// until the next call.
//
// The error is io.EOF at the end of the stream, a [*FrameError] for a frame that is
// rejected, or what the source returned. After a FrameError, and after an error
// that is os.ErrDeadlineExceeded, Next may be called again and goes on where it
// stood. Bytes that the end of the stream cuts off are returned as a frame too,
// and [Reader.Partial] is true for it.
func (r *Reader) Next() ([]byte, error) {
	r.partial = false
	if r.skipping() {
		if err := r.discard(); err != nil {
			return nil, err
		}
	}
	if err := r.skipStray(); err != nil {
		return nil, err
	}
	for {
		b := r.held()
		if b[0] == '<' {
			r.framing = NonTransparent
			return r.line()
		}
		n, head, match := parseCount(b)
		switch {
		case match == matchNone || n > r.max && n > MaxSkipBytes:
			if isDigit(b[0]) {
				r.framing = OctetCounting
			}
			return r.line()
		case match == matchFull:
			return r.body(head, n)
		}
		if err := r.fill(); err != nil {
			return r.tail(err)
		}
	}
}

// Partial reports whether the frame last returned was cut off by the end of the stream.
func (r *Reader) Partial() bool { return r.partial }

// Framing returns the framing of the frame last returned.
func (r *Reader) Framing() Framing { return r.framing }

// held is what is read and not yet handed out.
func (r *Reader) held() []byte { return r.buf[r.pos:r.end] }

// skipping reports whether a part of an oversize frame is still to be discarded.
func (r *Reader) skipping() bool { return r.skip > 0 || r.skipLine }

// atBoundary reports whether no frame has begun.
func (r *Reader) atBoundary() bool { return r.pos == r.end && !r.skipping() }

// passed reports whether the stream's first n bytes were handed out or discarded,
// and no frame is being discarded.
func (r *Reader) passed(n int64) bool { return r.taken-int64(len(r.held())) >= n && !r.skipping() }

// line returns the frame that ends at the next newline. On a connection that counts
// octets the bytes begin no frame and are rejected; since there may be no newline for
// ever, they also end where the next counted frame begins.
func (r *Reader) line() ([]byte, error) {
	counted := r.framing == OctetCounting
	for from := 0; ; {
		b := r.held()
		var end int
		longest := r.max
		if counted {
			end = junkEnd(b, from)
			longest += longestStart // of which a part may be here
		} else {
			end = indexFrom(b, from, '\n')
		}
		switch {
		case end > r.max, end < 0 && len(b) > longest:
			return nil, r.oversizeLine(b)
		case end < 0: // not yet
		case counted:
			r.pos += end
			return nil, frameError(ClassBadCount, b[:end])
		default:
			r.pos += end + 1
			return b[:end], nil
		}
		from = max(0, len(b)-longestStart)
		err := r.fill()
		switch {
		case err == nil:
		case isTimeout(err):
			return nil, err
		case len(b) > r.max:
			return nil, r.oversizeLine(b)
		case counted:
			r.pos = r.end
			return nil, frameError(ClassBadCount, b)
		default:
			return r.tail(err)
		}
	}
}

// oversizeLine rejects a line that is too long. What belongs to it is dropped by the
// next call, so that the fault is told at once.
func (r *Reader) oversizeLine(b []byte) error {
	r.skipLine = true
	return frameError(ClassOversize, b)
}

// body returns the counted frame of n bytes that follows head bytes of count.
func (r *Reader) body(head, n int) ([]byte, error) {
	r.framing = OctetCounting
	if n > r.max {
		err := frameError(ClassOversize, r.buf[r.pos+head:r.end])
		r.pos += head
		r.skip = n
		return nil, err
	}
	for r.end-r.pos < head+n {
		err := r.fill()
		if isTimeout(err) {
			return nil, err
		}
		if err != nil { // the stream ends with what is here
			n = r.end - r.pos - head
			r.partial = true
		}
	}
	body := r.buf[r.pos+head : r.pos+head+n]
	r.pos += head + n
	if rest := excess(body); rest > 0 {
		r.pos -= rest // reading goes on where the object ended
		return nil, frameError(ClassBadCount, body[:n-rest])
	}
	return body, nil
}

// tail returns what is left at the end of the stream as a partial frame.
func (r *Reader) tail(err error) ([]byte, error) {
	if isTimeout(err) {
		return nil, err
	}
	b := r.held()
	r.pos = r.end
	r.partial = true
	return b, nil
}

// junkEnd returns where bytes that begin no frame end: at a newline or, not before byte 1, at
// "count <PRI>". It is -1 when neither is there from byte from on.
func junkEnd(b []byte, from int) int {
	line := indexFrom(b, from, '\n')
	if line >= 0 {
		b = b[:line]
	}
	for at := from; ; at++ {
		at = indexFrom(b, at, '<')
		if at < 0 {
			return line
		}
		if start := countBefore(b, at); start > 0 && matchPri(b[at:]) == matchFull {
			return start
		}
	}
}

// discard drops what is left of an oversize frame.
func (r *Reader) discard() error {
	for {
		if r.skipLine {
			r.drop(r.discardLine(r.held()))
		} else {
			n := min(len(r.held()), r.skip)
			r.skip -= n
			r.drop(n)
		}
		if !r.skipping() {
			return nil
		}
		if err := r.fill(); err != nil {
			if !isTimeout(err) {
				r.drop(len(r.held()))
				r.skip, r.skipLine = 0, false
			}
			return err
		}
	}
}

func (r *Reader) drop(n int) {
	r.pos += n
	r.skipped += uint64(n)
}

// discardLine returns how much of b to drop, and notes when the line has ended.
func (r *Reader) discardLine(b []byte) int {
	end, keep := -1, 0
	if r.framing == OctetCounting {
		end, keep = junkEnd(b, 0), longestStart+1
	} else if i := bytes.IndexByte(b, '\n'); i >= 0 {
		end = i + 1
	}
	if end >= 0 {
		r.skipLine = false
		return end
	}
	return max(0, len(b)-keep)
}

// skipStray moves to the first byte of a frame.
func (r *Reader) skipStray() error {
	for {
		for r.pos < r.end {
			if !isStray(r.buf[r.pos]) {
				return nil
			}
			r.pos++
		}
		if err := r.fill(); err != nil {
			return err
		}
	}
}

// fill reads once into the buffer, which it compacts, grows and shrinks.
func (r *Reader) fill() error {
	if r.err != nil {
		return r.err
	}
	if r.src == nil {
		return errors.New("syslogjson: read frame: a Reader is made with NewReader")
	}
	r.makeRoom()
	for range maxEmptyReads {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		r.taken += int64(n)
		if err != nil && !isTimeout(err) {
			r.err = err
		}
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	r.err = io.ErrNoProgress
	return r.err
}

// makeRoom leaves at least one free byte at the end of the buffer. A frame needs
// max bytes, its count and newline.
func (r *Reader) makeRoom() {
	held, size := len(r.held()), len(r.buf)
	switch {
	case size == 0:
		size = firstBufferBytes
	case held == size:
		size = min(2*size, max(r.max+64, firstBufferBytes))
	case r.end == size && size < readBufferBytes:
		size = readBufferBytes // the last read filled it: this connection is busy
	case size > readBufferBytes && held < readBufferBytes/2:
		size = readBufferBytes // a large frame is gone
	case r.end < size && held > 0:
		return
	}
	to := r.buf
	if size != len(r.buf) {
		to = make([]byte, size)
	}
	copy(to, r.held())
	r.buf, r.pos, r.end = to, 0, held
}

func frameError(c Class, b []byte) *FrameError {
	return &FrameError{Class: c, Prefix: bytes.Clone(b[:min(len(b), MaxSampleBytes)])}
}

func isStray(c byte) bool { return c == '\n' || c == '\r' || c == 0 || c == ' ' }

// isTimeout reports whether a deadline ended a read. A connection that the kernel
// gave up (ETIMEDOUT) has ended and is not meant.
func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// excess returns how many bytes at the end of a counted body belong to the next
// frames, because the count was too large: they follow the body's object and look
// like the beginning of a frame. It is zero for a body that ends with its object, and
// for one without a complete object: then nothing is known. Without it 831 of the
// 7,182 frames that followed counts too large arrived, with it all (decision 0016).
func excess(body []byte) int {
	end := trimmedLen(body)
	if end == 0 || body[end-1] == '}' && bytes.IndexByte(body[1:end], '<') < 0 {
		return 0 // the common case: no second priority, so no second frame
	}
	n := objectEnd(body)
	for n >= 0 && n < end && isStray(body[n]) {
		n++
	}
	if n < 0 || n >= end || matchStart(body[n:]) == matchNone {
		return 0
	}
	return len(body) - n
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

// How a piece of the stream fits a pattern.
type match uint8

const (
	matchNone match = iota
	matchPart       // fits as far as it goes
	matchFull
)

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
	if len(b) == 0 || b[0] != '<' {
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

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
