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
	cfg, err := p.config(p.flags("serve", aboutServe), args)
	if err != nil {
		return err
	}
	logger, err := cfg.Logger(p.stderr)
	if err != nil {
		return err
	}
	d, err := daemon.Start(ctx, cfg, logger)
	if err != nil {
		return err
	}
	logger.Info("serving", "version", cfg.Version, "syslog", d.SyslogAddr().String(),
		"pages", d.URL(), "data", cfg.DataDir)
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

// config reads the settings from flags, environment and file.
func (p *program) config(fs *flag.FlagSet, args []string) (daemon.Config, error) {
	cfg, err := p.configAndArgs(fs, args)
	if err != nil {
		return cfg, err
	}
	return cfg, noMore(fs, 0)
}

// configAndArgs is config for a subcommand that takes arguments, which are left
// in fs.
func (p *program) configAndArgs(fs *flag.FlagSet, args []string) (daemon.Config, error) {
	cfg := daemon.Defaults()
	cfg.Version, cfg.Packaged = programVersion()
	cfg.Settings(fs)
	file := fs.String("config", "", "`file` with lines TARASTAT_NAME=value for any of these settings")
	if err := parseFlags(fs, args); err != nil {
		return cfg, err
	}
	if err := daemon.Fill(fs, p.environ, *file); err != nil {
		return cfg, wrongSettings{err}
	}
	if err := cfg.Validate(); err != nil {
		return cfg, wrongSettings{fmt.Errorf("settings:\n%w", err)}
	}
	return cfg, nil
}
