package daemon

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"
)

// Settings are the settings of the service, understood: each text of a [Config]
// became a value once. They do not change.
type Settings struct {
	Config // as it was written, for what needs no understanding

	zone  *time.Location
	store storeName
	keys  keyFiles
	log   slog.HandlerOptions
}

// Parse understands the settings. The error names everything that is wrong with
// them, a line each.
func (c Config) Parse() (*Settings, error) {
	s := &Settings{Config: c, keys: c.keyFiles()}
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.DataDir == "" {
		bad("-data-dir must not be empty")
	}
	var err error
	if s.zone, err = time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		bad("-zone %q is no zone of the zone database, such as Europe/Tallinn", c.Zone)
	}
	if s.store, err = parseStore(c.Store, c.DataDir); err != nil {
		errs = append(errs, err)
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		bad("-log-level %q is none of debug, info, warn, error", c.LogLevel)
	}
	s.log.Level = level
	if c.LogFormat != "text" && c.LogFormat != "json" {
		bad("-log-format %q is neither text nor json", c.LogFormat)
	}
	if (c.SyslogCert == "") != (c.SyslogKey == "") {
		bad("-syslog-cert and -syslog-key go together")
	}
	if (c.HTTPCert == "") != (c.HTTPKey == "") {
		bad("-http-cert and -http-key go together")
	}
	for _, a := range []struct{ name, addr string }{{"-syslog-addr", c.SyslogAddr}, {"-http-addr", c.HTTPAddr}} {
		if _, _, err := net.SplitHostPort(a.addr); err != nil {
			bad("%s %q is not host:port", a.name, a.addr)
		}
	}
	for _, l := range []struct {
		name string
		n    int
	}{
		{"-max-message", c.MaxMessage},
		{"-max-conns", c.MaxConns},
		{"-max-conns-per-ip", c.MaxConnsPerIP},
		{"-max-queue", c.MaxQueue},
		{"-max-batch", c.MaxBatch},
	} {
		if l.n < 1 {
			bad("%s must be at least 1", l.name)
		}
	}
	if c.MaxDelay <= 0 || c.StopTime <= 0 {
		bad("-max-delay and -stop-time must be above 0")
	}
	return s, errors.Join(errs...)
}

// Location is the zone whose civil days are counted.
func (s *Settings) Location() *time.Location { return s.zone }

// Logger returns a logger that writes to w.
func (s *Settings) Logger(w io.Writer) *slog.Logger {
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, &s.log))
	}
	return slog.New(slog.NewTextHandler(w, &s.log))
}
