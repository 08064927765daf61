package syslogjson

import "time"

// Limits on what a peer controls. Where [Server] has a field of the same name,
// the constant is the value used when the field is zero.
const (
	// DefaultMaxMessageBytes is the longest frame that is read, in bytes without
	// its count or newline. RFC 5425 section 4.3.1 asks for 8,192 at least.
	DefaultMaxMessageBytes = 64 << 10
	// DefaultMaxConns is the number of connections open at once.
	DefaultMaxConns = 1024
	// DefaultMaxConnsPerAddr is the number of connections open at once from one
	// IP address.
	DefaultMaxConnsPerAddr = 64
	// DefaultMaxHandshakes is the number of TLS handshakes that compute at once.
	// A handshake that waits for its peer does not count.
	DefaultMaxHandshakes = 64
	// DefaultHandshakeTimeout is the time a peer has to complete its handshake.
	DefaultHandshakeTimeout = 10 * time.Second
	// DefaultMaxSkipBytes is the largest octet count above the message limit that
	// is believed and skipped. A larger one is taken as text that ends at a newline.
	DefaultMaxSkipBytes = 1 << 20
	// DefaultMaxBadFrames is the number of bad frames in a row after which a
	// connection is closed: the peer speaks another protocol.
	DefaultMaxBadFrames = 1000
	// MaxPeers is the number of peers that [Server.Peers] remembers. Beyond it the
	// peer that is not connected and has been silent longest is forgotten.
	MaxPeers = 4096
	// MaxSampleBytes is the longest beginning of a bad frame that is kept for
	// [Reject] and [FrameError].
	MaxSampleBytes = 512
)

const (
	// TCP keepalive finds a dead peer in two minutes. There is no read timeout:
	// a sender may be silent all night.
	keepAliveIdle     = 60 * time.Second
	keepAliveInterval = 15 * time.Second
	keepAliveCount    = 4

	readBufferBytes  = 16 << 10 // of a busy connection; an idle one has firstBufferBytes
	firstBufferBytes = 2 << 10
	maxEmptyReads    = 100 // reads of no bytes and no error, then io.ErrNoProgress

	maxNameBytes = 256 // of a certificate's name

	drainHandshake = 250 * time.Millisecond // for a handshake that Shutdown finds under way
	drainQuiet     = 10 * time.Millisecond  // silence after which all that a peer had written was read
	drainLongest   = 250 * time.Millisecond // after which a peer that is never silent is read no more

	maxPendingReplies = 64
	replyFlushTime    = time.Second

	logInterval = time.Second // between log lines of one class and peer
	maxLogPeers = 1024        // addresses whose refusals are rate-limited one by one
)
