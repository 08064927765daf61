package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"time"

	"github.com/e-gov/tarastat/internal/daemon"
)

const aboutServe = `Receives events on the syslog port and serves the pages, until SIGTERM or Ctrl-C.

Every setting can be given as a flag, as a variable of the environment
(TARASTAT_SYSLOG_ADDR for -syslog-addr) or as a line of the file named by
-config (the same names as in the environment); the first of these counts.
Without keys of its own it makes a CA, a server certificate and a client
certificate for a sender in the directory "keys" of the data directory.`

func (p *program) serve(ctx context.Context, args []string) error {
	settings, err := p.settings(p.flags("serve", aboutServe), args, 0)
	if err != nil {
		return err
	}
	logger := settings.Logger(p.stderr)
	program := programVersion()
	d, err := daemon.Start(ctx, settings, program, logger)
	if err != nil {
		return err
	}
	logger.Info("serving", "version", program.Version, "syslog", d.SyslogAddr().String(),
		"pages", d.URL(), "data", settings.DataDir)
	return stopAfter(ctx, d, logger)
}

// stopAfter waits for the end of the service and ends it in order.
func stopAfter(ctx context.Context, d *daemon.Daemon, logger *slog.Logger) error {
	err := d.Wait(ctx)
	logger.Info("stopping")
	begun := time.Now()
	err = errors.Join(err, d.Stop(context.WithoutCancel(ctx)))
	s := d.Stats()
	logger.Info("stopped", "took", time.Since(begun).Round(time.Millisecond), "received", s.Received,
		"stored", s.Stored, "rejected", s.Rejected, "lost", s.InFlight+s.Abandoned)
	return err
}

// settings reads the settings from flags, environment and file, and leaves at
// most so many arguments in fs.
func (p *program) settings(fs *flag.FlagSet, args []string, most int) (*daemon.Settings, error) {
	cfg := daemon.Defaults()
	cfg.Flags(fs)
	file := fs.String("config", "", "`file` with lines TARASTAT_NAME=value for any of these settings")
	if err := parse(fs, args, most); err != nil {
		return nil, err
	}
	if err := daemon.Fill(fs, p.environ, *file); err != nil {
		return nil, wrongSettings{err}
	}
	return understood(cfg)
}

func understood(cfg daemon.Config) (*daemon.Settings, error) {
	s, err := cfg.Parse()
	if err != nil {
		return nil, wrongSettings{fmt.Errorf("settings:\n%w", err)}
	}
	return s, nil
}
