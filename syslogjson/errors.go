package syslogjson

import (
	"errors"
	"fmt"
)

// ErrServerClosed is returned by Serve after Shutdown or Close.
var ErrServerClosed = errors.New("syslogjson: server closed")

// Class says why a frame was rejected. Its text is stable and fit for a metric's label.
type Class string

// The classes of rejected frames.
const (
	// ClassOversize is a frame above the message limit.
	ClassOversize Class = "oversize"
	// ClassPartial is what stood in front of the end of the stream without a
	// newline, or with fewer bytes than its count, when its JSON is not complete.
	ClassPartial Class = "partial"
	// ClassBadHeader is a frame without a valid priority, or with a broken
	// RFC 5424 header and no object after it.
	ClassBadHeader Class = "bad_header"
	// ClassBadCount is a frame whose octet count is malformed or lies, or bytes
	// that belong to no frame on a connection that counts octets.
	ClassBadCount Class = "bad_count"
	// ClassNoJSON is a frame with a good header whose text holds no "{".
	ClassNoJSON Class = "no_json"
)

// Classes returns all classes of rejected frames in a fixed order.
func Classes() []Class {
	return []Class{ClassOversize, ClassPartial, ClassBadHeader, ClassBadCount, ClassNoJSON}
}

// HandshakeClass says why a connection did not become ready. Its text is stable and
// fit for a metric's label.
type HandshakeClass string

// The classes of connections that did not become ready.
const (
	HandshakeNoTLS HandshakeClass = "no_tls" // the peer speaks no TLS
	HandshakeHTTP  HandshakeClass = "http"   // the peer speaks HTTP without TLS
	// HandshakeNoCertificate: the peer shows no client certificate. A client may hold
	// back one of an authority whose name is not among the server's, as Go's does.
	HandshakeNoCertificate HandshakeClass = "no_certificate"

	HandshakeBadCertificate HandshakeClass = "bad_certificate" // the peer's certificate is not accepted
	HandshakeTimedOut       HandshakeClass = "timed_out"       // the peer did not complete it in time
	HandshakeLeft           HandshakeClass = "left"            // the peer went away, or refuses our certificate
	HandshakeOther          HandshakeClass = "other"           // anything else, such as no common version or cipher
)

// HandshakeClasses returns all classes of failed handshakes in a fixed order.
func HandshakeClasses() []HandshakeClass {
	return []HandshakeClass{
		HandshakeNoTLS, HandshakeHTTP, HandshakeNoCertificate, HandshakeBadCertificate,
		HandshakeTimedOut, HandshakeLeft, HandshakeOther,
	}
}

// FrameError is returned by [Reader.Next] for a frame that cannot be handed on.
// The next call continues with the next frame.
type FrameError struct {
	Class Class // ClassOversize or ClassBadCount
	// Prefix is the frame's beginning, at most MaxSampleBytes, a copy. It may hold
	// personal data: mask it before it is kept or shown.
	Prefix []byte
}

// Error describes the fault without the frame's content.
func (e *FrameError) Error() string {
	if e.Class == ClassOversize {
		return "syslogjson: read frame: frame too large"
	}
	return "syslogjson: read frame: bad octet count"
}

// ParseError is returned for a frame without a usable header or payload.
type ParseError struct {
	Class  Class  // ClassBadHeader or ClassNoJSON
	Offset int    // of the fault in the frame, in bytes
	Reason string // a fixed sentence; never holds the frame's content
}

// Error describes the fault without the frame's content.
func (e *ParseError) Error() string {
	return fmt.Sprintf("syslogjson: parse frame: %s at byte %d", e.Reason, e.Offset)
}
