package daemon

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/syslogjson"
)

// Config are the settings of the service. [Defaults] gives those that apply
// when nothing is said; [Config.Settings] says what each means.
type Config struct {
	DataDir string
	Store   string

	SyslogAddr     string
	SyslogCert     string
	SyslogKey      string
	SyslogClientCA string
	SyslogReplies  bool
	MaxMessage     int
	MaxConns       int
	MaxConnsPerIP  int

	HTTPAddr  string
	HTTPCert  string
	HTTPKey   string
	HTTPHosts string

	Zone      string
	Catalogue string

	MaxQueue int
	MaxBatch int
	MaxDelay time.Duration

	LogFormat string
	LogLevel  string
	StopTime  time.Duration

	// Version and Packaged are those of the program; they are no settings.
	Version  string
	Packaged time.Time
}

// Defaults returns the settings that apply when nothing is said.
func Defaults() Config {
	return Config{
		DataDir:       "tarastat-data",
		SyslogAddr:    "127.0.0.1:6514",
		MaxMessage:    syslogjson.DefaultMaxMessageBytes,
		MaxConns:      syslogjson.DefaultMaxConns,
		MaxConnsPerIP: syslogjson.DefaultMaxConnsPerAddr,
		HTTPAddr:      "127.0.0.1:8443",
		Zone:          event.DefaultZone,
		MaxQueue:      ingest.DefaultMaxQueue,
		MaxBatch:      ingest.DefaultMaxBatch,
		MaxDelay:      ingest.DefaultMaxDelay,
		LogFormat:     "text",
		LogLevel:      "info",
		StopTime:      5 * time.Second,
	}
}

// KeyDir is where keys are made at the first start.
func (c *Config) KeyDir() string { return filepath.Join(c.DataDir, "keys") }

// keyFiles fills in the key files that were not named: ours in KeyDir.
func (c *Config) keyFiles() {
	for file, name := range map[*string]string{
		&c.SyslogCert:     keys.ServerCert,
		&c.SyslogKey:      keys.ServerKey,
		&c.SyslogClientCA: keys.CACert,
		&c.HTTPCert:       keys.ServerCert,
		&c.HTTPKey:        keys.ServerKey,
	} {
		if *file == "" {
			*file = filepath.Join(c.KeyDir(), name)
		}
	}
}

// ownKeys reports whether any of our own keys is used.
func (c *Config) ownKeys() bool {
	return c.SyslogCert == "" || c.SyslogClientCA == "" || c.HTTPCert == ""
}

// Validate reports everything that is wrong with the settings, a line each.
func (c *Config) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.DataDir == "" {
		bad("-data-dir must not be empty")
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		bad("-zone %q is no zone of the zone database, such as Europe/Tallinn", c.Zone)
	}
	if (c.SyslogCert == "") != (c.SyslogKey == "") {
		bad("-syslog-cert and -syslog-key go together")
	}
	if (c.HTTPCert == "") != (c.HTTPKey == "") {
		bad("-http-cert and -http-key go together")
	}
	for name, addr := range map[string]string{"-syslog-addr": c.SyslogAddr, "-http-addr": c.HTTPAddr} {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			bad("%s %q is not host:port", name, addr)
		}
	}
	for name, n := range map[string]int{
		"-max-message": c.MaxMessage, "-max-conns": c.MaxConns, "-max-conns-per-ip": c.MaxConnsPerIP,
		"-max-queue": c.MaxQueue, "-max-batch": c.MaxBatch,
	} {
		if n < 1 {
			bad("%s must be at least 1", name)
		}
	}
	if c.MaxDelay <= 0 || c.StopTime <= 0 {
		bad("-max-delay and -stop-time must be above 0")
	}
	if _, err := c.handler(nil); err != nil {
		errs = append(errs, err)
	}
	if _, err := parseStore(c); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Location is the zone whose civil days are counted.
func (c *Config) Location() (*time.Location, error) {
	loc, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, fmt.Errorf("daemon: -zone: %w", err)
	}
	return loc, nil
}

// hosts are the names under which the pages are served.
func (c *Config) hosts() []string {
	hosts := splitList(c.HTTPHosts)
	if host, _, err := net.SplitHostPort(c.HTTPAddr); err == nil {
		if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
			hosts = append(hosts, host)
		}
	}
	return append(hosts, "localhost", "127.0.0.1", "::1")
}

func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

func parseLevel(s string) (slog.Level, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(s)); err != nil {
		return l, fmt.Errorf("-log-level %q is none of debug, info, warn, error", s)
	}
	return l, nil
}
