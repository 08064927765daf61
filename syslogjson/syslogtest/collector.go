package syslogtest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/e-gov/tarastat/syslogjson"
)

// Collector is a handler that keeps every message. The zero value is ready. It is
// safe for concurrent use.
type Collector struct {
	// Answer, when not nil, is called for each message and its error returned to
	// the server. Set it before the server starts.
	Answer func(m *syslogjson.Message) error

	mu       sync.Mutex
	messages []*syslogjson.Message
	changed  chan struct{} // closed and replaced at each message
}

// HandleSyslog keeps a copy of m.
func (c *Collector) HandleSyslog(_ context.Context, m *syslogjson.Message) error {
	var err error
	if c.Answer != nil {
		err = c.Answer(m)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.messages = append(c.messages, m.Clone())
	if c.changed != nil {
		close(c.changed)
		c.changed = nil
	}
	return err
}

// Reset forgets the messages kept so far: Len and Wait count from here.
func (c *Collector) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.messages = nil
}

// Len returns the number of messages kept.
func (c *Collector) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.messages)
}

// Messages returns the messages kept so far, in the order of their arrival.
func (c *Collector) Messages() []*syslogjson.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.messages)
}

// Payloads returns the payloads of the messages kept so far.
func (c *Collector) Payloads() []string {
	var all []string
	for _, m := range c.Messages() {
		all = append(all, string(m.Payload))
	}
	return all
}

// Wait returns when at least n messages have been kept, or with ctx's error and how
// many there were.
func (c *Collector) Wait(ctx context.Context, n int) error {
	for {
		c.mu.Lock()
		have := len(c.messages)
		if c.changed == nil {
			c.changed = make(chan struct{})
		}
		changed := c.changed
		c.mu.Unlock()
		if have >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("syslogtest: wait for %d messages, have %d: %w", n, have, ctx.Err())
		}
	}
}
