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

const defaultCloseTimeout = 5 * time.Second

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
	w      *bufio.Writer // nil: write at once
	frame  []byte
	err    error // the first write error, or errClosed
	closed bool  // Close was called
}

var errClosed = fmt.Errorf("syslogjson: send: %w", net.ErrClosed)

// Dial connects to a server. A nil tlsConfig means plain TCP; see [ClientTLSConfig].
// Under TLS 1.3 the server judges the client's certificate only after Dial has
// returned: a refused client notices it by an error of a later Send, if at all.
func Dial(ctx context.Context, addr string, tlsConfig *tls.Config, opts ClientOptions) (*Client, error) {
	var (
		nc  net.Conn
		err error
	)
	if tlsConfig == nil {
		nc, err = new(net.Dialer).DialContext(ctx, "tcp", addr)
	} else {
		nc, err = (&tls.Dialer{Config: tlsConfig}).DialContext(ctx, "tcp", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("syslogjson: dial: %w", err)
	}
	return NewClient(nc, opts), nil
}

// NewClient returns a client that sends over an open connection, which it owns.
func NewClient(nc net.Conn, opts ClientOptions) *Client {
	c := &Client{opts: opts, nc: nc, gone: make(chan struct{})}
	if opts.BufferBytes > 0 {
		c.w = bufio.NewWriterSize(nc, opts.BufferBytes)
	}
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
	if err := c.failed(); err != nil {
		return err
	}
	var err error
	if c.w != nil {
		_, err = c.w.Write(b)
	} else {
		_, err = c.nc.Write(b)
	}
	return c.note(err)
}

// Flush writes what is buffered.
func (c *Client) Flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flush()
}

func (c *Client) flush() error {
	if err := c.failed(); err != nil || c.w == nil {
		return err
	}
	return c.note(c.w.Flush())
}

// failed returns the error after which nothing more is sent.
func (c *Client) failed() error {
	if c.err == nil && c.aborted.Load() {
		c.err = errClosed
	}
	return c.err
}

func (c *Client) note(err error) error {
	if err != nil {
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
	err := c.flush()
	if half, ok := c.nc.(interface{ CloseWrite() error }); ok && err == nil {
		if err = half.CloseWrite(); err != nil {
			err = fmt.Errorf("syslogjson: close: %w", err)
		}
	}
	timeout := c.opts.CloseTimeout
	if timeout <= 0 {
		timeout = defaultCloseTimeout
	}
	if err == nil {
		select {
		case <-c.gone:
			if c.lost != nil {
				err = fmt.Errorf("syslogjson: close: %w", c.lost)
			}
		case <-time.After(timeout):
			err = errors.New("syslogjson: close: the server did not close its side in time")
		}
	}
	_ = c.nc.Close() // both sides have finished, or err says more
	c.err = errClosed
	return err
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
