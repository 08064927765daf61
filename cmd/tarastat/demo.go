package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/daemon"
	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/internal/traffic"
	"github.com/e-gov/tarastat/syslogjson"
)

const aboutDemo = `Serves with a temporary data directory and plays several TARA-Server instances,
which deliver a year of invented events over real mutual TLS and then go on
live. Open the address it prints; Ctrl-C ends it and removes the data.`

// The demo's traffic.
const (
	demoSenders = 3
	demoLogins  = 400                    // on an average working day of the past year
	demoPause   = 400 * time.Millisecond // between live logins, on average
	demoBad     = 60                     // one live record in so many is malformed
)

func (p *program) demo(ctx context.Context, args []string) error {
	cfg := daemon.Defaults()
	cfg.LogLevel = "warn"
	fs := p.flags("demo", aboutDemo)
	fs.StringVar(&cfg.HTTPAddr, "http-addr", cfg.HTTPAddr, "`host:port` of the pages")
	fs.StringVar(&cfg.SyslogAddr, "syslog-addr", cfg.SyslogAddr, "`host:port` where the senders connect")
	logins := fs.Int("logins", demoLogins, "`authentications` on an average working day of the history")
	if err := parse(fs, args, 0); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tarastat-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cfg.DataDir = dir
	d, err := p.startAnywhere(ctx, cfg)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "TARA-Stat demo: open %s\n", d.URL())
	fmt.Fprintln(p.stdout, "The browser will warn of a certificate it does not know: it was made just now.")
	ctx, stop := context.WithCancel(ctx)
	played := make(chan error, 1)
	go func() {
		err := p.play(ctx, d, cfg.KeyDir(), *logins)
		if ctx.Err() != nil {
			err = nil
		}
		played <- err
		if err != nil {
			stop()
		}
	}()
	waited := d.Wait(ctx)
	stop()
	stopped := d.Stop(ctx) // before the senders are waited for: it is what releases them
	return errors.Join(waited, <-played, stopped)
}

// play delivers the history, then goes on live until ctx ends.
func (p *program) play(ctx context.Context, d *daemon.Daemon, keyDir string, logins int) error {
	senders, err := demoClients(ctx, d.SyslogAddr().String(), keyDir)
	if err != nil {
		return err
	}
	begun := time.Now()
	send := func(c *syslogjson.Client, e event.Event) error { return c.SendAt(e.Time, event.AppendJSON(nil, e)) }
	n, err := deal(ctx, senders, history(begun, logins), send, (*syslogjson.Client).Flush)
	if err != nil {
		return err
	}
	for {
		s := d.Stats()
		if s.Rejected > 0 {
			return fmt.Errorf("%d events of the demo were refused", s.Rejected)
		}
		if s.Stored >= int64(n) {
			break
		}
		if err := waitUntil(ctx, time.Now().Add(10*time.Millisecond)); err != nil {
			return err
		}
	}
	fmt.Fprintf(p.stdout, "A year of history is in: %d events from %d senders over mutual TLS in %.1f s. Live events follow; Ctrl-C ends the demo.\n",
		n, len(senders), time.Since(begun).Seconds())
	return live(ctx, senders)
}

// startAnywhere starts the service, on free ports where the usual ones are
// taken: a demo should not fail for that.
func (p *program) startAnywhere(ctx context.Context, cfg daemon.Config) (*daemon.Daemon, error) {
	d, err := p.start(ctx, cfg)
	if !errors.Is(err, syscall.EADDRINUSE) {
		return d, err
	}
	usual := daemon.Defaults()
	if cfg.HTTPAddr == usual.HTTPAddr {
		cfg.HTTPAddr = "127.0.0.1:0"
	}
	if cfg.SyslogAddr == usual.SyslogAddr {
		cfg.SyslogAddr = "127.0.0.1:0"
	}
	return p.start(ctx, cfg)
}

func (p *program) start(ctx context.Context, cfg daemon.Config) (*daemon.Daemon, error) {
	settings, err := understood(cfg)
	if err != nil {
		return nil, err
	}
	return daemon.Start(ctx, settings, programVersion(), settings.Logger(p.stderr))
}

// demoClients connects senders with certificates of their own, each in another
// of the forms that senders use.
func demoClients(ctx context.Context, addr, keyDir string) ([]*syslogjson.Client, error) {
	pool, err := keys.LoadPool(filepath.Join(keyDir, keys.CACert))
	if err != nil {
		return nil, err
	}
	forms := []string{"bsd", "octet", "rfc5424"}
	var clients []*syslogjson.Client
	for i := range demoSenders {
		name := fmt.Sprintf("tara-server-%d", i+1)
		pair, err := keys.IssueClient(keyDir, name, time.Now())
		if err != nil {
			return nil, err
		}
		header, err := headerOf(forms[i%len(forms)], name)
		if err != nil {
			return nil, err
		}
		c, err := syslogjson.Dial(ctx, addr, syslogjson.ClientTLSConfig(pair, pool), syslogjson.ClientOptions{
			Header: header, BufferBytes: sendBuffer, WriteTimeout: heldBack, CloseTimeout: heldBack,
		})
		if err != nil {
			return nil, fmt.Errorf("connect demo sender: %w", err)
		}
		clients = append(clients, c)
	}
	return clients, nil
}

// history are the events of the year before now.
func history(now time.Time, logins int) iter.Seq[event.Event] {
	return func(yield func(event.Event) bool) {
		loc := event.DefaultLocation()
		model := traffic.New(2018, now, loc)
		for day := now.In(loc).AddDate(-1, 0, 0); !day.After(now); day = day.AddDate(0, 0, 1) {
			for _, e := range model.Day(day, logins) {
				if !e.Time.Before(now) {
					break
				}
				if !yield(e) {
					return
				}
			}
		}
	}
}

// live sends logins one by one, and now and then a malformed record.
func live(ctx context.Context, senders []*syslogjson.Client) error {
	model := traffic.New(uint64(time.Now().UnixNano()), time.Now(), event.DefaultLocation())
	for n := 0; ; n++ {
		c := senders[n%len(senders)]
		var errs []error
		if n%demoBad == demoBad-1 {
			errs = append(errs, c.Send([]byte(`{"time":"2018-04-28","clientId":"openIdDemo","method":"banklink","operation":"START_AUTH"}`)))
		}
		for _, e := range model.Login(time.Now().Add(-time.Minute)) {
			errs = append(errs, c.Send(event.AppendJSON(nil, e)))
		}
		errs = append(errs, c.Flush())
		if err := errors.Join(errs...); err != nil {
			return err
		}
		pause := time.Duration(rand.ExpFloat64() * float64(demoPause)) //nolint:gosec // not for secrets
		if err := waitUntil(ctx, time.Now().Add(min(pause, 5*time.Second))); err != nil {
			return err
		}
	}
}
