package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// cleanup is a named step of stopping. It may take its share of the time that
// stopping may take.
type cleanup struct {
	name  string
	share float64
	run   func(context.Context) error
}

// The shares. Nobody loses anything by a page that has to be loaded again, so
// most of the time is for reading what has arrived and storing it.
const (
	shareHTTP   = 0.1
	shareSyslog = 0.3
	shareIngest = 0.4
	shareStore  = 0.2
)

// onStop registers a step; the steps run last first.
func (d *Daemon) onStop(name string, share float64, run func(context.Context) error) {
	d.cleanups = append(d.cleanups, cleanup{name, share, run})
}

// Stop ends the service in order: no new connections, what has arrived is read
// and stored, the log base is closed. It takes at most the time of the
// settings, also when ctx has ended and when a step does not obey: that step is
// then left behind, and the error says so. It must not be called twice.
func (d *Daemon) Stop(ctx context.Context) error {
	var errs []error
	for _, c := range slices.Backward(d.cleanups) {
		share := time.Duration(c.share * float64(d.cfg.StopTime))
		if err := c.within(context.WithoutCancel(ctx), share); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", c.name, err))
		}
	}
	d.cleanups = nil
	return errors.Join(errs...)
}

// within runs the step and waits no longer than it may take.
func (c *cleanup) within(ctx context.Context, share time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, share)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- c.run(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	// One that obeys ends now; give it the moment it needs to say how.
	select {
	case err := <-done:
		return err
	case <-time.After(obedience):
		return context.Cause(ctx)
	}
}

// obedience is how long a step may take to return after its time has ended.
const obedience = 50 * time.Millisecond
