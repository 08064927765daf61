package syslogjson

import "time"

// drain is called by Shutdown: it wakes the goroutine if it waits for bytes.
func (c *conn) drain() {
	until := time.Unix(1, 0) // long past
	if !c.ready.Load() {
		until = time.Now().Add(drainHandshake)
	}
	_ = c.raw.SetReadDeadline(until) // fails only on a connection that has ended
}

// draining reports whether Shutdown has begun and the connection is past its
// handshake, whose bytes are no frames.
func (c *conn) draining() bool { return c.ready.Load() && c.s.draining.Load() }

// mayEnd is called while draining, when all that was read is used up. It
// reports whether the connection stands at a frame boundary. If it does not, the
// rest of the frame is waited for, as long as Shutdown does.
func (c *conn) mayEnd() bool {
	if !c.in.midRecord() {
		if c.frames.atBoundary() {
			return true
		}
		if c.enough == 0 {
			c.enough = c.frames.taken
		}
	}
	c.in.more()
	return false
}

// hasEnough reports whether the half frame that was waited for has ended. What was
// read with its rest may be half a frame again, and is given up.
func (c *conn) hasEnough() bool { return c.enough > 0 && c.frames.passed(c.enough) }
