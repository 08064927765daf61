package daemon

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/e-gov/tarastat/internal/keys"
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

// KeyDir is where keys are made at the first start.
func (c *Config) KeyDir() string { return filepath.Join(c.DataDir, "keys") }

// keyFiles are the files of keys and certificates: those that were named, else
// ours in [Config.KeyDir].
type keyFiles struct {
	syslogCert, syslogKey, syslogClientCA, httpCert, httpKey string
	own                                                      bool // any of them is ours
}

func (c *Config) keyFiles() keyFiles {
	own := func(named, name string) string { return cmp.Or(named, filepath.Join(c.KeyDir(), name)) }
	return keyFiles{
		syslogCert:     own(c.SyslogCert, keys.ServerCert),
		syslogKey:      own(c.SyslogKey, keys.ServerKey),
		syslogClientCA: own(c.SyslogClientCA, keys.CACert),
		httpCert:       own(c.HTTPCert, keys.ServerCert),
		httpKey:        own(c.HTTPKey, keys.ServerKey),
		own:            c.SyslogCert == "" || c.SyslogClientCA == "" || c.HTTPCert == "",
	}
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
