package syslogjson

import (
	"errors"
	"fmt"
)

// Errors that callers branch on.
var (
	// ErrServerClosed is returned by Serve after Shutdown or Close.
	ErrServerClosed = errors.New("syslogjson: server closed")
	// ErrAbortConn, returned or wrapped by a [Handler], makes the server close the
	// connection at once with a TCP reset, so that the sender notices.
	ErrAbortConn = errors.New("syslogjson: abort connection")
	// ErrFrameTooLarge is the cause of a [FrameError] of [ClassOversize].
	ErrFrameTooLarge = errors.New("frame too large")
	// ErrBadCount is the cause of a [FrameError] of [ClassBadCount].
	ErrBadCount = errors.New("bad octet count")
)

// Class says why a frame was rejected. Its text is stable and fit for a metric's label.
type Class uint8

// The classes of rejected frames.
const (
	// ClassOversize is a frame above the message limit.
	ClassOversize Class = iota
	// ClassPartial is what stood in front of the end of the stream without a
	// newline, or with fewer bytes than its count, when its JSON is not complete.
	ClassPartial
	// ClassBadHeader is a frame without a valid priority, or with a broken
	// RFC 5424 header and no object after it.
	ClassBadHeader
	// ClassBadCount is a frame whose octet count is malformed or lies, or bytes
	// that belong to no frame on a connection that counts octets.
	ClassBadCount
	// ClassNoJSON is a frame with a good header whose text holds no "{".
	ClassNoJSON

	numClasses = iota
)

var classNames = [numClasses]string{"oversize", "partial", "bad_header", "bad_count", "no_json"}

// String returns the class's stable name, such as "bad_header".
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return fmt.Sprintf("class(%d)", uint8(c))
}

// Classes returns all classes in a fixed order.
func Classes() []Class {
	return []Class{ClassOversize, ClassPartial, ClassBadHeader, ClassBadCount, ClassNoJSON}
}

// FrameError is returned by [Reader.Next] for a frame that cannot be handed on.
// The next call continues with the next frame. errors.Is finds [ErrFrameTooLarge]
// or [ErrBadCount].
type FrameError struct {
	Class Class
	// Prefix is the frame's beginning, at most MaxSampleBytes, a copy. It may hold
	// personal data: mask it before it is kept or shown.
	Prefix []byte
}

// Error describes the fault without the frame's content.
func (e *FrameError) Error() string { return "syslogjson: read frame: " + e.Unwrap().Error() }

// Unwrap returns ErrFrameTooLarge or ErrBadCount.
func (e *FrameError) Unwrap() error {
	if e.Class == ClassOversize {
		return ErrFrameTooLarge
	}
	return ErrBadCount
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
