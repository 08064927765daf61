package syslogjson

import (
	"context"
	"net"
)

// handshakeGate bounds the handshakes that compute at once: a handshake holds its
// token while it computes, and gives it back while it waits for its peer. So silent
// and slow peers keep nobody out.
type handshakeGate struct {
	net.Conn
	ctx    context.Context
	tokens chan struct{}
	held   bool
	opened bool // the handshake is over
}

// Read waits for the peer without a token.
func (g *handshakeGate) Read(b []byte) (int, error) {
	if g.opened {
		return g.Conn.Read(b)
	}
	g.leave()
	n, err := g.Conn.Read(b)
	if enterErr := g.enter(); enterErr != nil {
		return 0, enterErr
	}
	return n, err
}

func (g *handshakeGate) enter() error {
	select {
	case g.tokens <- struct{}{}:
		g.held = true
		return nil
	case <-g.ctx.Done():
		return g.ctx.Err()
	}
}

func (g *handshakeGate) leave() {
	if g.held {
		<-g.tokens
		g.held = false
	}
}

func (g *handshakeGate) open() {
	g.leave()
	g.opened = true
}
