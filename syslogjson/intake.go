package syslogjson

import (
	"math"
	"net"
	"os"
	"time"
)

// intake is a connection beneath TLS whose reading ends some time after Shutdown has
// begun: then each further read is answered with os.ErrDeadlineExceeded. Since TLS
// and the [Reader] read only when they can go on no other way, the error means that
// they have used up all that there was; and it does not stop them from going on.
//
// What the kernel holds when the drain begins is read, however long its handling
// takes. But much of what a peer has written may still stand in its own kernel,
// which sends it when ours has acknowledged what we read. So reading goes on until
// the peer is silent for drainQuiet, or until drainLongest has passed.
//
// Only the connection's goroutine reads.
type intake struct {
	net.Conn
	draining func() bool // Shutdown has begun

	began bool      // the drain has begun here
	held  int       // bytes that the kernel held then and still holds
	until time.Time // the longest that reading goes on after these; zero: not yet set
	over  bool      // nothing more is read, but for extra
	extra int       // the size of one more read; see more

	secure bool // TLS is spoken above
	record tlsRecord
}

// Read reads from the connection.
func (k *intake) Read(b []byte) (int, error) {
	for !k.draining() {
		n, err := k.read(b)
		if n > 0 || !isTimeout(err) || !k.draining() { // else Shutdown woke us
			return n, err
		}
	}
	if !k.began {
		k.began, k.held = true, arrived(k.Conn)
	}
	for {
		deadline := k.deadline()
		if k.over && k.extra == 0 {
			return 0, os.ErrDeadlineExceeded
		}
		_ = k.SetReadDeadline(deadline) // fails only on a connection that has ended
		size := len(b)
		if k.over {
			size = min(size, k.extra)
		}
		n, err := k.read(b[:size])
		if n > 0 || !isTimeout(err) {
			k.held = max(0, k.held-n)
			k.extra = 0
			return n, err
		}
		if !deadline.IsZero() && !time.Now().Before(deadline) {
			k.over = true
		} // else the deadline was Shutdown's, which may come late
	}
}

// deadline returns how long to wait for the next bytes; zero where they are there,
// or are awaited without end. It ends reading when there is no time left.
func (k *intake) deadline() time.Time {
	if k.over || k.held > 0 {
		return time.Time{}
	}
	now := time.Now()
	if k.until.IsZero() {
		k.until = now.Add(drainLongest)
	}
	k.over = !now.Before(k.until)
	if silent := now.Add(drainQuiet); silent.Before(k.until) {
		return silent
	}
	return k.until
}

// more lets one further read wait for bytes when reading is over: under TLS at most
// to the end of the record or of its header, so that no other record begins.
func (k *intake) more() {
	k.extra = math.MaxInt
	if k.secure {
		k.extra = k.record.missing()
	}
}

// midRecord reports whether TLS holds the beginning of a record, of which it gives
// out nothing yet.
func (k *intake) midRecord() bool { return k.secure && k.record.begun() }

func (k *intake) read(b []byte) (int, error) {
	n, err := k.Conn.Read(b)
	if k.secure {
		k.record.follow(b[:n])
	}
	return n, err
}

// tlsRecord follows the boundaries of TLS records (RFC 8446 section 5.1), which
// crypto/tls does not tell.
type tlsRecord struct {
	header [tlsHeaderBytes]byte
	have   int // bytes of the header
	body   int // bytes of the body still to come, once the header is whole
}

const tlsHeaderBytes = 5 // type, version, and the body's length in two bytes

func (r *tlsRecord) follow(b []byte) {
	for len(b) > 0 {
		if r.have < tlsHeaderBytes {
			n := copy(r.header[r.have:], b)
			r.have += n
			b = b[n:]
			r.body = int(r.header[3])<<8 | int(r.header[4])
		}
		if r.have == tlsHeaderBytes {
			n := min(len(b), r.body)
			r.body -= n
			b = b[n:]
			if r.body == 0 {
				r.have = 0
			}
		}
	}
}

func (r *tlsRecord) begun() bool { return r.have > 0 }

// missing returns how many bytes complete the header or, after it, the body.
func (r *tlsRecord) missing() int {
	if r.have < tlsHeaderBytes {
		return tlsHeaderBytes - r.have
	}
	return r.body
}
