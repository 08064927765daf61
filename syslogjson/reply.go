package syslogjson

import (
	"errors"
	"net"
	"strings"
	"time"
)

// replier writes lines to a peer without ever waiting for it. A nil replier writes
// nothing.
type replier struct {
	nc    net.Conn
	lines chan string
	done  chan struct{}
}

func newReplier(nc net.Conn, greeting string) *replier {
	r := &replier{nc: nc, lines: make(chan string, maxPendingReplies), done: make(chan struct{})}
	go r.write()
	if greeting != "" {
		r.line(greeting)
	}
	return r
}

// write ends when lines is closed or the connection breaks.
func (r *replier) write() {
	defer close(r.done)
	for l := range r.lines {
		if _, err := r.nc.Write([]byte(l)); err != nil {
			break
		}
	}
	for range r.lines { // the sender never blocks, also after an error
		continue
	}
}

// send writes the reply that err carries, if it carries one.
func (r *replier) send(err error) {
	if r == nil {
		return
	}
	var answer interface{ SyslogReply() string }
	if errors.As(err, &answer) {
		r.line(answer.SyslogReply())
	}
}

// line queues one line, or drops it when the peer is behind.
func (r *replier) line(text string) {
	text = strings.Map(func(c rune) rune {
		if c == '\r' || c == '\n' {
			return ' '
		}
		return c
	}, strings.TrimRight(text, "\r\n"))
	select {
	case r.lines <- text + "\r\n":
	default:
	}
}

// close lets the last lines go out to a peer that has finished, but waits no longer
// than replyFlushTime.
func (r *replier) close(end ending) {
	if r == nil {
		return
	}
	close(r.lines)
	if end == abruptly {
		return
	}
	select {
	case <-r.done:
	case <-time.After(replyFlushTime):
	}
}
