package syslogjson

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// Framing says how a frame was delimited (RFC 6587 section 3.4).
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
	counted  bool // a frame should begin here: since the last counted frame none other did
	doubt    int  // bytes at pos that belong to the last count or to the next frame

	framing Framing
	partial bool
	skipped uint64
}

// NewReader returns a Reader of r whose frames are at most maxBytes long;
// zero or less means [DefaultMaxMessageBytes].
func NewReader(r io.Reader, maxBytes int) *Reader {
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
	if r.skip > 0 || r.skipLine {
		if err := r.discard(); err != nil {
			return nil, err
		}
	}
	if r.doubt > 0 {
		if err := r.settle(); err != nil {
			return nil, err
		}
	}
	if err := r.skipStray(); err != nil {
		return nil, err
	}
	for {
		b := r.buf[r.pos:r.end]
		if b[0] == '<' {
			r.counted = false
			return r.line()
		}
		n, head, match := parseCount(b)
		switch {
		case match == matchNone || n > r.max && n > DefaultMaxSkipBytes:
			return r.junk()
		case match == matchFull:
			return r.body(head, n)
		}
		if err := r.fill(); err != nil {
			return r.tail(0, err)
		}
	}
}

// Partial reports whether the frame last returned was cut off by the end of the stream.
func (r *Reader) Partial() bool { return r.partial }

// Framing returns the framing of the frame last returned.
func (r *Reader) Framing() Framing { return r.framing }

// Buffered returns the number of bytes read from the source and not yet handed
// out. Right after a frame it is zero when the reader stands at a frame boundary.
func (r *Reader) Buffered() int { return r.end - r.pos }

// Skipped returns the number of bytes of oversize frames discarded so far.
func (r *Reader) Skipped() uint64 { return r.skipped }

// atBoundary reports whether no frame has begun.
func (r *Reader) atBoundary() bool { return r.pos == r.end && r.skip == 0 && !r.skipLine }

// passed reports whether the stream's first n bytes were handed out or discarded,
// and no frame is being discarded.
func (r *Reader) passed(n int64) bool {
	return r.taken-int64(r.Buffered()) >= n && r.skip == 0 && !r.skipLine
}

// line returns the frame that ends at the next newline.
func (r *Reader) line() ([]byte, error) {
	for scanned := 0; ; {
		b := r.buf[r.pos:r.end]
		if i := bytes.IndexByte(b[scanned:], '\n'); i >= 0 {
			n := scanned + i
			r.pos += n + 1
			if n > r.max {
				r.skipped += uint64(n) + 1
				return nil, frameError(ClassOversize, b)
			}
			r.framing = NonTransparent
			return b[:n], nil
		}
		if len(b) > r.max {
			return nil, r.oversizeLine(b)
		}
		scanned = len(b)
		if err := r.fill(); err != nil {
			return r.tail(0, err)
		}
	}
}

// oversizeLine drops what is buffered of a line that is too long. The rest is
// dropped by the next call, so that the fault is told at once.
func (r *Reader) oversizeLine(b []byte) error {
	r.skipLine = true
	return frameError(ClassOversize, b)
}

// body returns the counted frame of n bytes that follows head bytes of count.
func (r *Reader) body(head, n int) ([]byte, error) {
	r.counted = true
	if n > r.max {
		err := frameError(ClassOversize, r.buf[r.pos+head:r.end])
		r.pos += head
		r.skip = n
		return nil, err
	}
	for r.end-r.pos < head+n {
		if err := r.fill(); err != nil {
			return r.tail(head, err)
		}
	}
	body := r.buf[r.pos+head : r.pos+head+n]
	r.pos += head + n
	if rest, sure := excess(body); rest > 0 {
		r.pos -= rest
		if !sure {
			r.doubt = rest
		}
		return nil, frameError(ClassBadCount, body[:n-rest])
	}
	r.framing = OctetCounting
	return body, nil
}

// tail ends the stream: what is left is a partial frame after head bytes of count.
func (r *Reader) tail(head int, err error) ([]byte, error) {
	if isTimeout(err) {
		return nil, err
	}
	b := r.buf[r.pos+head : r.end]
	if head > 0 {
		if rest, _ := excess(b); rest > 0 {
			r.pos = r.end - rest
			return nil, frameError(ClassBadCount, b[:len(b)-rest])
		}
		r.framing = OctetCounting
	} else {
		r.framing = NonTransparent
	}
	r.pos = r.end
	r.partial = true
	return b, nil
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
// max bytes, its count and newline, and the bytes in doubt before it.
func (r *Reader) makeRoom() {
	held := r.end - r.pos
	size := len(r.buf)
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
	copy(to, r.buf[r.pos:r.end])
	r.buf, r.pos, r.end = to, 0, held
}

func frameError(c Class, b []byte) *FrameError {
	return &FrameError{Class: c, Prefix: bytes.Clone(b[:min(len(b), MaxSampleBytes)])}
}

func isStray(c byte) bool { return c == '\n' || c == '\r' || c == 0 || c == ' ' }

// isTimeout reports whether a deadline ended a read. A connection that the kernel
// gave up (ETIMEDOUT) has ended and is not meant.
func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
