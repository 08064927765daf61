package syslogjson

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// ClientOptions are the settings of a [Client]. The zero value sends BSD headers
// with priority <0> and no host name.
type ClientOptions struct {
	Header Header // of every message, with its format and framing; see DefaultHeader

	// BufferBytes is the size of the buffer that Send fills and Flush empties.
	// Zero or less: every Send writes at once.
	BufferBytes int
	// OnReply, when not nil, is called for each line that the server writes,
	// without its line end, by a goroutine of the client.
	OnReply func(line string)
	// CloseTimeout bounds the time that Close waits for the server to read
	// everything. Zero means five seconds.
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

	mu     sync.Mutex
	w      *bufio.Writer
	frame  []byte
	err    error // the first write error, or errClosed
	closed bool  // Close was called
}

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

// NewClient returns a client that sends over an open connection, which it owns.
func NewClient(nc net.Conn, opts ClientOptions) *Client {
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
	return c.try(c.w.Flush)
}

// try writes, unless an error says that nothing more is sent.
func (c *Client) try(write func() error) error {
	if c.err == nil && c.aborted.Load() {
		c.err = errClosed
	}
	if c.err != nil {
		return c.err
	}
	if err := write(); err != nil {
		c.err = fmt.Errorf("syslogjson: send: %w", err)
	}
	return c.err
}

// Close flushes, tells the server that nothing follows, and waits until the server
// closes too, so that nothing on the way is lost to a reset. It returns nil when the
// server has read everything up to the end, or when Close was called before. It waits
// for a Send that is under way; see [Client.Abort].
func (c *Client) Close() error {
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
	_ = c.nc.Close() // both sides have finished, or err says more
	c.err = errClosed
	return err
}

// finish tells the server that nothing follows, and waits for the end of its side.
func (c *Client) finish() error {
	if half, ok := c.nc.(interface{ CloseWrite() error }); ok {
		if err := half.CloseWrite(); err != nil {
			return fmt.Errorf("syslogjson: close: %w", err)
		}
	}
	select {
	case <-c.gone:
		if c.lost != nil {
			return fmt.Errorf("syslogjson: close: %w", c.lost)
		}
		return nil
	case <-time.After(positive(c.opts.CloseTimeout, 5*time.Second)):
		return errors.New("syslogjson: close: the server did not close its side in time")
	}
}

// Abort closes the socket at once. It waits for nothing, also not for a Send, Flush
// or Close that is blocked by a server which does not read: that call returns an
// error, and so does each later one, an error that is [net.ErrClosed]; only Close
// after Close returns nil as ever. What is buffered is lost, and what the server has
// read is not known. Abort may be called again, concurrently, and after Close.
func (c *Client) Abort() {
	c.aborted.Store(true)
	nc := c.nc
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
