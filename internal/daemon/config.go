package daemon

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
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

	// These are no settings: those of the program, and how long a log base on a
	// server may take for one answer to a call that reads much (0: the default).
	Version     string
	Packaged    time.Time
	ScanTimeout time.Duration
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
	own := func(name string) string { return filepath.Join(c.KeyDir(), name) }
	c.SyslogCert = cmp.Or(c.SyslogCert, own(keys.ServerCert))
	c.SyslogKey = cmp.Or(c.SyslogKey, own(keys.ServerKey))
	c.SyslogClientCA = cmp.Or(c.SyslogClientCA, own(keys.CACert))
	c.HTTPCert = cmp.Or(c.HTTPCert, own(keys.ServerCert))
	c.HTTPKey = cmp.Or(c.HTTPKey, own(keys.ServerKey))
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

// hosts are the names and addresses under which the pages are served. Where
// every address is listened on, those are this machine's own: a name that
// somebody else made up for one of them is refused (DNS rebinding).
func (c *Config) hosts() []string {
	hosts := append(splitList(c.HTTPHosts), "localhost", "127.0.0.1", "::1")
	return append(hosts, ownNames(c.HTTPAddr)...)
}

// certHosts are the names and addresses that our own certificate must carry:
// those of the pages, and those under which senders connect.
func (c *Config) certHosts() []string {
	hosts := append(c.hosts(), ownNames(c.SyslogAddr)...)
	if name, err := os.Hostname(); err == nil {
		hosts = append(hosts, name)
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// ownNames are the names of this machine that addr can be reached by.
func ownNames(addr string) []string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil
	}
	if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
		return []string{host}
	}
	var names []string
	if name, err := os.Hostname(); err == nil {
		names = append(names, name)
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return names // the names that are configured still work
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok {
			names = append(names, n.IP.String())
		}
	}
	return names
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
