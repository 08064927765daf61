// Package daemon joins the parts of TARA-Stat into the service: it reads the
// settings, opens the log base, receives events and serves the pages, and ends
// all of that in order.
package daemon

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/mongostore"
	"github.com/e-gov/tarastat/syslogjson"
)

// Greeting is the line that welcomes a sender when replies are switched on
// (specification, section 2.1).
const Greeting = "TARA-Stat kuuldel"

// Daemon is the running service. Make one with [Start].
type Daemon struct {
	cfg      *Settings
	program  Program
	log      *slog.Logger
	store    logbase.Store
	ingester *ingest.Ingester
	syslog   *syslogjson.Server
	http     *http.Server

	syslogTLS, httpTLS   *tls.Config
	syslogAddr, httpAddr net.Addr

	failed   chan error // why a server ended by itself
	cleanups []cleanup
}

// Program says which program serves, for pages and monitoring to tell.
type Program struct {
	Version  string    // may be empty
	Packaged time.Time // when it was built; zero when unknown
}

// Start opens everything and begins to serve. What was opened is closed again
// when it returns an error.
func Start(ctx context.Context, s *Settings, program Program, logger *slog.Logger) (*Daemon, error) {
	d := &Daemon{cfg: s, program: program, log: logger, failed: make(chan error, 1)}
	if err := d.start(ctx); err != nil {
		return nil, errors.Join(err, d.Stop(ctx))
	}
	return d, nil
}

// start goes from what can be wrong with the settings to what others can see.
func (d *Daemon) start(ctx context.Context) error {
	sockets, err := d.inherit()
	if err != nil {
		return err
	}
	if err := d.openKeys(); err != nil {
		return err
	}
	if err := d.openStore(ctx); err != nil {
		return err
	}
	names, err := d.openNames()
	if err != nil {
		return err
	}
	toSenders, err := d.listen(ctx, sockets, "syslog", d.cfg.SyslogAddr)
	if err != nil {
		return err
	}
	toPeople, err := d.listen(ctx, sockets, "http", d.cfg.HTTPAddr)
	if err != nil {
		return err
	}
	d.openSyslog(toSenders[0].Addr())
	d.httpAddr = toPeople[0].Addr()
	d.openPages(names)
	d.receive(toSenders)
	d.servePages(toPeople)
	return nil
}

func (d *Daemon) openStore(ctx context.Context) error {
	// One on a server need not be there yet: the two may be started in any order
	// (specification, section 1.7).
	store, err := openStore(ctx, d.cfg, mongostore.Options{Location: d.cfg.zone, Logger: d.log})
	if err != nil {
		return err
	}
	d.store = store
	d.onStop("log base", shareStore, func(context.Context) error { return store.Close() })
	d.ingester = ingest.New(store, ingest.Options{
		Parser:   event.Parser{Location: d.cfg.zone, MaxBytes: d.cfg.MaxMessage},
		MaxQueue: d.cfg.MaxQueue,
		MaxBatch: d.cfg.MaxBatch,
		MaxDelay: d.cfg.MaxDelay,
		Logger:   d.log,
	})
	d.onStop("ingest", shareIngest, d.ingester.Close)
	return nil
}

// openSyslog makes the server of the senders, who connect to addr.
func (d *Daemon) openSyslog(addr net.Addr) {
	d.syslogAddr = addr
	d.syslog = &syslogjson.Server{
		Handler:         d.ingester,
		OnReject:        d.ingester.OnReject,
		TLSConfig:       d.syslogTLS,
		MaxMessageBytes: d.cfg.MaxMessage,
		MaxConns:        d.cfg.MaxConns,
		MaxConnsPerAddr: d.cfg.MaxConnsPerIP,
		Replies:         d.cfg.SyslogReplies,
		Greeting:        Greeting,
		Logger:          d.log,
	}
}

// receive takes events from the listeners.
func (d *Daemon) receive(listeners []net.Listener) {
	d.onStop("syslog", shareSyslog, func(ctx context.Context) error {
		err := d.syslog.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			// A sender left half a frame, or the log base held it back. What was
			// read is in the accounts, which tell whether anything was lost.
			d.log.Warn("not every sender could be released at the end of a frame")
			return nil
		}
		return err
	})
	for _, ln := range listeners {
		d.run("syslog", func() error { return d.syslog.Serve(ln) })
	}
}

// run serves until the server is stopped; any other end ends the service.
func (d *Daemon) run(name string, serve func() error) {
	go func() {
		err := serve()
		if errors.Is(err, http.ErrServerClosed) || errors.Is(err, syslogjson.ErrServerClosed) {
			return
		}
		select {
		case d.failed <- fmt.Errorf("daemon: %s: %w", name, err):
		default: // the first reason is enough
		}
	}()
}

// SyslogAddr is where senders connect.
func (d *Daemon) SyslogAddr() net.Addr { return d.syslogAddr }

// URL is an address of the pages that works on this machine.
func (d *Daemon) URL() string {
	host, port, err := net.SplitHostPort(d.httpAddr.String())
	if err != nil {
		return "https://" + d.httpAddr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "https://" + net.JoinHostPort(host, port)
}

// Stats returns the accounts of reception.
func (d *Daemon) Stats() ingest.Stats { return d.ingester.Stats() }

// Wait returns when ctx ends, with nil, or when a server has failed, with the
// reason. The service must be stopped in either case.
func (d *Daemon) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-d.failed:
		return err
	}
}

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

// obedience is how long a step may take to return after its time has ended.
const obedience = 50 * time.Millisecond

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
