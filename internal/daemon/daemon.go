package daemon

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	"golang.org/x/net/netutil"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/syslogjson"
)

// Limits of the HTTP side.
const (
	httpHeaderTime  = 5 * time.Second
	httpReadTime    = 15 * time.Second
	httpWriteTime   = 30 * time.Second
	httpIdleTime    = time.Minute
	httpHeaderBytes = 16 << 10
	httpMaxConns    = 256
)

// Greeting is the line that welcomes a sender when replies are switched on
// (specification, section 2.1).
const Greeting = "TARA-Stat kuuldel"

// Daemon is the running service. Make one with [Start].
type Daemon struct {
	cfg      Config
	log      *slog.Logger
	store    Store
	ingester *ingest.Ingester
	syslog   *syslogjson.Server
	http     *http.Server

	syslogTLS, httpTLS *tls.Config

	syslogAddr, httpAddr net.Addr
	failed               chan error // why a server ended by itself
	cleanups             []cleanup
}

// cleanup is a named step of stopping; the steps run last first.
type cleanup struct {
	name string
	run  func(context.Context) error
}

// Start opens everything and begins to serve. What was opened is closed again
// when it returns an error.
func Start(ctx context.Context, cfg Config, logger *slog.Logger) (*Daemon, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	d := &Daemon{cfg: cfg, log: logger, failed: make(chan error, 2)}
	if err := d.start(ctx); err != nil {
		return nil, errors.Join(err, d.Stop(ctx))
	}
	return d, nil
}

func (d *Daemon) start(ctx context.Context) error {
	if err := d.makeKeys(); err != nil {
		return err
	}
	if err := d.loadKeys(); err != nil {
		return err
	}
	if err := d.openStore(ctx); err != nil {
		return err
	}
	return d.serve(ctx)
}

func (d *Daemon) onStop(name string, run func(context.Context) error) {
	d.cleanups = append(d.cleanups, cleanup{name, run})
}

// makeKeys makes our own keys if any of them is used.
func (d *Daemon) makeKeys() error {
	if d.cfg.ownKeys() {
		hosts := d.cfg.hosts()
		if name, err := os.Hostname(); err == nil {
			hosts = append(hosts, name)
		}
		if err := os.MkdirAll(d.cfg.DataDir, 0o700); err != nil {
			return fmt.Errorf("daemon: data directory: %w", err)
		}
		if err := keys.Ensure(d.cfg.KeyDir(), hosts, time.Now()); err != nil {
			return err
		}
	}
	d.cfg.keyFiles()
	return nil
}

// loadKeys loads all keys, so that a wrong one is found before anything opens.
func (d *Daemon) loadKeys() error {
	toSenders, err := keys.LoadPair(d.cfg.SyslogCert, d.cfg.SyslogKey)
	if err != nil {
		return err
	}
	senders, err := keys.LoadPool(d.cfg.SyslogClientCA)
	if err != nil {
		return err
	}
	ofPages, err := keys.LoadPair(d.cfg.HTTPCert, d.cfg.HTTPKey)
	if err != nil {
		return err
	}
	d.syslogTLS = syslogjson.ServerTLSConfig(toSenders, senders)
	d.httpTLS = &tls.Config{Certificates: []tls.Certificate{ofPages}, MinVersion: tls.VersionTLS12}
	return nil
}

func (d *Daemon) openStore(ctx context.Context) error {
	loc, err := d.cfg.Location()
	if err != nil {
		return err
	}
	open := func(ctx context.Context) (Store, error) { return OpenStore(ctx, &d.cfg, d.log) }
	store, err := openLate(ctx, open, d.cfg.finalError, d.log)
	if err != nil {
		return err
	}
	d.store = store
	d.onStop("log base", func(context.Context) error { return store.Close() })
	everything := aggregate.Between(time.Time{}, time.Time{}, loc)
	d.ingester = ingest.New(store, ingest.Options{
		Parser:   event.Parser{Location: loc, MaxBytes: d.cfg.MaxMessage},
		Known:    func(ctx context.Context) ([]event.Event, error) { return known(ctx, store, everything) },
		MaxQueue: d.cfg.MaxQueue,
		MaxBatch: d.cfg.MaxBatch,
		MaxDelay: d.cfg.MaxDelay,
		Logger:   d.log,
	})
	d.onStop("ingest", d.ingester.Close)
	return nil
}

func (d *Daemon) serve(ctx context.Context) error {
	sockets, err := inherit()
	if err != nil {
		return err
	}
	d.syslog = &syslogjson.Server{
		Handler:         d.ingester,
		OnReject:        d.ingester.Reject,
		TLSConfig:       d.syslogTLS,
		MaxMessageBytes: d.cfg.MaxMessage,
		MaxConns:        d.cfg.MaxConns,
		MaxConnsPerAddr: d.cfg.MaxConnsPerIP,
		Replies:         d.cfg.SyslogReplies,
		Greeting:        Greeting,
		Logger:          d.log,
	}
	ln, err := sockets.listen(ctx, "syslog", d.cfg.SyslogAddr)
	if err != nil {
		return err
	}
	d.syslogAddr = ln.Addr()
	d.onStop("syslog", d.syslog.Shutdown)
	d.run("syslog", func() error { return d.syslog.Serve(ln) })
	return d.serveHTTP(ctx, sockets)
}

func (d *Daemon) serveHTTP(ctx context.Context, sockets inherited) error {
	loc, err := d.cfg.Location()
	if err != nil {
		return err
	}
	ln, err := sockets.listen(ctx, "http", d.cfg.HTTPAddr)
	if err != nil {
		return err
	}
	d.httpAddr = ln.Addr()
	if !loopback(ln) && d.cfg.HTTPHosts == "" {
		d.log.Warn("the pages can be reached from other machines, but only under the address itself: name their host with -http-hosts",
			"addr", ln.Addr().String())
	}
	var names httpui.Catalogue
	if d.cfg.Catalogue != "" {
		if names, err = openCatalogue(d.cfg.Catalogue, d.log, time.Now); err != nil {
			return err
		}
	}
	ui := httpui.New(watched{d.store, d.ingester}, httpui.Options{
		Catalogue: names,
		Location:  loc,
		Logger:    d.log,
		Hosts:     d.cfg.hosts(),
		Reception: &reception{d: d, fingerprint: fingerprint(d.syslogTLS)},
		Version:   d.cfg.Version,
		Packaged:  d.cfg.Packaged,
	})
	d.http = &http.Server{
		Handler:           ui,
		TLSConfig:         d.httpTLS,
		ReadHeaderTimeout: httpHeaderTime,
		ReadTimeout:       httpReadTime,
		WriteTimeout:      httpWriteTime,
		IdleTimeout:       httpIdleTime,
		MaxHeaderBytes:    httpHeaderBytes,
		ErrorLog:          slog.NewLogLogger(d.log.Handler(), slog.LevelDebug),
	}
	d.onStop("http", d.stopHTTP)
	d.run("http", func() error { return d.http.ServeTLS(netutil.LimitListener(ln, httpMaxConns), "", "") })
	return nil
}

// run serves until the server is stopped; any other end ends the service.
func (d *Daemon) run(name string, serve func() error) {
	go func() {
		err := serve()
		if errors.Is(err, http.ErrServerClosed) || errors.Is(err, syslogjson.ErrServerClosed) {
			return
		}
		d.failed <- fmt.Errorf("daemon: %s: %w", name, err)
	}()
}

// stopHTTP leaves the pages little time: nobody loses anything by a page that
// has to be loaded again, and reception must still be ended in order.
func (d *Daemon) stopHTTP(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.StopTime/5)
	defer cancel()
	if err := d.http.Shutdown(ctx); err != nil {
		return d.http.Close()
	}
	return nil
}

// SyslogAddr is where senders connect.
func (d *Daemon) SyslogAddr() net.Addr { return d.syslogAddr }

// HTTPAddr is where the pages are.
func (d *Daemon) HTTPAddr() net.Addr { return d.httpAddr }

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

// Stop ends the service in order: no new connections, what has arrived is read
// and stored, the log base is closed. It takes at most the time of the
// settings, also when ctx has ended.
func (d *Daemon) Stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.cfg.StopTime)
	defer cancel()
	var errs []error
	for _, c := range slices.Backward(d.cleanups) {
		step, done := ctx, context.CancelFunc(func() {})
		if c.name == "syslog" { // storing what was read needs time too
			step, done = context.WithTimeout(ctx, d.cfg.StopTime/2)
		}
		if err := c.run(step); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", c.name, err))
		}
		done()
	}
	d.cleanups = nil
	return errors.Join(errs...)
}
