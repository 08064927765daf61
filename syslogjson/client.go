package syslogjson

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Limits on what a [Client] waits for, where [ClientOptions] has no other.
const (
	DefaultWriteTimeout = 30 * time.Second // of one Send or Flush
	DefaultCloseTimeout = 5 * time.Second  // of Close
)

// ClientOptions are the settings of a [Client]. The zero value sends BSD headers
// with priority <38> and no host name.
type ClientOptions struct {
	// Header is that of every message, with its format and framing; see
	// [DefaultHeader]. Where Facility and Severity are both zero, <38> is sent, as by
	// DefaultHeader: <0> is an emergency of the kernel, which no program may report,
	// and which a receiver may show to everybody who is logged in.
	Header Header

	// WriteTimeout bounds each Send and Flush: when the connection has not taken the
	// bytes by then, they fail as after any error. Zero means DefaultWriteTimeout. A
	// receiver that holds its senders back may need longer.
	WriteTimeout time.Duration

	// BufferBytes is the size of the buffer that Send fills and Flush empties.
	// Zero or less: every Send writes at once.
	BufferBytes int
	// OnReply, when not nil, is called for each line that the server writes,
	// without its line end, by a goroutine of the client.
	OnReply func(line string)
	// CloseTimeout bounds Close, which waits for a Send that is under way and for
	// the server to read everything. Zero means DefaultCloseTimeout.
	CloseTimeout time.Duration
}

// Client sends messages over one connection. It is safe for concurrent use. It does
// not reconnect: syslog has no acknowledgements, so only the caller can know what to
// send again.
type Client struct {
	opts ClientOptions
	nc   net.Conn
	gone chan struct{} // closed when the server has closed its side
	lost error         // why reading ended, if not by the server's close; set before gone is closed

	aborted atomic.Bool
	late    atomic.Bool // CloseTimeout has passed

	mu     sync.Mutex
	w      *bufio.Writer
	frame  []byte
	err    error // the first write error, or errClosed
	closed bool  // Close was called
}

var (
	errZeroClient = errors.New("syslogjson: send: a Client is made with Dial or NewClient")
	errLate       = fmt.Errorf("syslogjson: close: the server did not read everything in time: %w", os.ErrDeadlineExceeded)
)

var errClosed = fmt.Errorf("syslogjson: send: %w", net.ErrClosed)

// Dial connects to a server. A nil tlsConfig means plain TCP; see [ClientTLSConfig].
// Under TLS 1.3 the server judges the client's certificate only after Dial has
// returned: a refused client notices it by an error of a later Send, if at all.
func Dial(ctx context.Context, addr string, tlsConfig *tls.Config, opts ClientOptions) (*Client, error) {
	dial := new(net.Dialer).DialContext
	if tlsConfig != nil {
		dial = (&tls.Dialer{Config: tlsConfig}).DialContext
	}
	nc, err := dial(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("syslogjson: dial: %w", err)
	}
	return NewClient(nc, opts), nil
}

// NewClient returns a client that sends over an open connection, which it owns. It
// panics when that is nil.
func NewClient(nc net.Conn, opts ClientOptions) *Client {
	if nc == nil {
		panic("syslogjson: NewClient: the connection is nil")
	}
	if h := &opts.Header; h.Facility == 0 && h.Severity == 0 {
		h.Facility, h.Severity = facilityAuth, severityInfo
	}
	c := &Client{opts: opts, nc: nc, gone: make(chan struct{}), w: bufio.NewWriterSize(nc, opts.BufferBytes)}
	go c.read()
	return c
}

// Send sends one message with the present time in its header.
func (c *Client) Send(payload []byte) error { return c.SendAt(time.Now(), payload) }

// SendAt sends one message with the given time in its header. After an error all
// further calls return an error.
func (c *Client) SendAt(at time.Time, payload []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frame = c.opts.Header.Append(c.frame[:0], at, payload)
	return c.write(c.frame)
}

func (c *Client) write(b []byte) error {
	return c.try(func() error {
		_, err := c.w.Write(b)
		if err == nil && c.opts.BufferBytes <= 0 {
			err = c.w.Flush()
		}
		return err
	})
}

// Flush writes what is buffered.
func (c *Client) Flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.try(func() error { return c.w.Flush() })
}

// try writes, unless an error says that nothing more is sent.
func (c *Client) try(write func() error) error {
	if c.nc == nil {
		return errZeroClient
	}
	if c.err == nil && c.aborted.Load() {
		c.err = errClosed
	}
	if c.err != nil {
		return c.err
	}
	_ = c.nc.SetWriteDeadline(time.Now().Add(positive(c.opts.WriteTimeout, DefaultWriteTimeout))) // fails only when closed
	if err := write(); err != nil {
		c.err = fmt.Errorf("syslogjson: send: %w", err)
	}
	return c.err
}

// Close flushes, tells the server that nothing follows, and waits until the server
// closes too, so that nothing on the way is lost to a reset. It returns nil when the
// server has read everything up to the end, or when Close was called before; a client
// that the server has refused gets the refusal here, if no Send has told it. When
// CloseTimeout has passed, it ends all as [Client.Abort] does, also a Send that is
// under way, and returns an error that is [os.ErrDeadlineExceeded].
func (c *Client) Close() error {
	if c.nc == nil {
		return errZeroClient
	}
	timer := time.AfterFunc(positive(c.opts.CloseTimeout, DefaultCloseTimeout), func() {
		c.late.Store(true)
		c.Abort()
	})
	defer timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	err := c.try(c.w.Flush)
	if err == nil {
		err = c.finish()
	}
	late := c.late.Load()
	c.err = errClosed
	if err == nil {
		_ = c.nc.Close() // both sides have finished
		return nil
	}
	c.Abort() // a polite end could block as what failed did
	if late {
		return errLate
	}
	return err
}

// finish tells the server that nothing follows, and waits for the end of its side.
func (c *Client) finish() error {
	if half, ok := c.nc.(interface{ CloseWrite() error }); ok {
		if err := half.CloseWrite(); err != nil {
			return fmt.Errorf("syslogjson: close: %w", err)
		}
	}
	<-c.gone // at the latest when Close gives up and closes the socket
	if c.lost != nil {
		return fmt.Errorf("syslogjson: close: %w", c.lost)
	}
	return nil
}

// Abort closes the socket at once. It waits for nothing, also not for a Send, Flush
// or Close that is blocked by a server which does not read: that call returns an
// error, and so does each later one, an error that is [net.ErrClosed]; only Close
// after Close returns nil as ever. What is buffered is lost, and what the server has
// read is not known. Abort may be called again, concurrently, and after Close.
func (c *Client) Abort() {
	c.aborted.Store(true)
	nc := c.nc
	if nc == nil {
		return // there is nothing to close
	}
	if t, ok := nc.(interface{ NetConn() net.Conn }); ok {
		nc = t.NetConn() // closing TLS itself may wait to write its close_notify
	}
	_ = nc.Close() // fails only when it was closed before
}

// read takes what the server writes, so that nothing unread is left at the end.
func (c *Client) read() {
	defer close(c.gone)
	lines := bufio.NewScanner(c.nc)
	for lines.Scan() {
		if c.opts.OnReply != nil {
			c.opts.OnReply(lines.Text())
		}
	}
	c.lost = lines.Err()
	if errors.Is(c.lost, bufio.ErrTooLong) { // no line that a syslog server writes
		_, c.lost = io.Copy(io.Discard, c.nc)
	}
}
