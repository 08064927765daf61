package daemon

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/syslogjson"
)

// Config are the settings of the service as they are written. [Defaults] gives
// those that apply when nothing is said, [Config.Flags] says what each means, and
// [Config.Parse] understands them.
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

// EnvPrefix begins the name of every setting in the environment and in a file:
// -syslog-addr is TARASTAT_SYSLOG_ADDR there.
const EnvPrefix = "TARASTAT_"

// Flags declares every setting on fs, with the values c has as defaults. This is
// the one list of settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.StringVar(&c.DataDir, "data-dir", c.DataDir, "`directory` of the embedded log base and of the keys made at first start")
	fs.StringVar(&c.Store, "store", c.Store, "log base: sqlite:`FILE`, or mongodb://... or mongodb+srv://... (default sqlite: in the data directory)")
	fs.StringVar(&c.SyslogAddr, "syslog-addr", c.SyslogAddr, "`host:port` where senders connect; a socket of systemd named syslog takes its place")
	fs.StringVar(&c.SyslogCert, "syslog-cert", c.SyslogCert, "PEM `file` with our certificate towards senders (default server.crt in the data directory's keys)")
	fs.StringVar(&c.SyslogKey, "syslog-key", c.SyslogKey, "PEM `file` with its key; mode 0640 at most")
	fs.StringVar(&c.SyslogClientCA, "syslog-client-ca", c.SyslogClientCA, "PEM `file` with the CAs, or the self-signed certificates, of senders (default ca.crt)")
	fs.BoolVar(&c.SyslogReplies, "syslog-replies", c.SyslogReplies, "greet senders and answer malformed records with ERR-03; a sender that never reads may lose events by it")
	fs.IntVar(&c.MaxMessage, "max-message", c.MaxMessage, "longest syslog message, in `bytes`")
	fs.IntVar(&c.MaxConns, "max-conns", c.MaxConns, "`connections` of senders at once")
	fs.IntVar(&c.MaxConnsPerIP, "max-conns-per-ip", c.MaxConnsPerIP, "`connections` from one address at once")
	fs.StringVar(&c.HTTPAddr, "http-addr", c.HTTPAddr, "`host:port` of the pages; a socket of systemd named http takes its place")
	fs.StringVar(&c.HTTPCert, "http-cert", c.HTTPCert, "PEM `file` with the certificate of the pages (default server.crt)")
	fs.StringVar(&c.HTTPKey, "http-key", c.HTTPKey, "PEM `file` with its key; mode 0640 at most")
	fs.StringVar(&c.HTTPHosts, "http-hosts", c.HTTPHosts, "further host `names` of the pages, separated by commas; other names are refused")
	fs.StringVar(&c.Zone, "zone", c.Zone, "`zone` whose days are counted, and of times without a zone")
	fs.StringVar(&c.Catalogue, "catalogue", c.Catalogue, "CSV `file` with names of clients: clientId,name,institution; read again when it changes")
	fs.IntVar(&c.MaxQueue, "max-queue", c.MaxQueue, "`events` in memory that are not stored yet; beyond it senders are held back")
	fs.IntVar(&c.MaxBatch, "max-batch", c.MaxBatch, "`events` that are stored at once without waiting for more")
	fs.DurationVar(&c.MaxDelay, "max-delay", c.MaxDelay, "longest `wait` of an event for others before it is stored")
	fs.StringVar(&c.LogFormat, "log-format", c.LogFormat, "text or json")
	fs.StringVar(&c.LogLevel, "log-level", c.LogLevel, "debug, info, warn or error")
	fs.DurationVar(&c.StopTime, "stop-time", c.StopTime, "`time` to end in order after SIGTERM")
}

// Fill gives settings that were not given as flags their value from the
// environment, and those that are not there either from the file, which may be
// "". A setting in the file that does not exist is an error, so that a
// misspelt one does not go unnoticed.
func Fill(fs *flag.FlagSet, environ []string, file string) error {
	values := make(map[string]string)
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return fmt.Errorf("settings: %w", err)
		}
		defer f.Close()
		if values, err = readFile(fs, f); err != nil {
			return fmt.Errorf("settings: %s: %w", file, err)
		}
	}
	for _, kv := range environ {
		if name, value, ok := strings.Cut(kv, "="); ok {
			values[name] = value
		}
	}
	given := make(map[string]bool)
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var errs []error
	fs.VisitAll(func(f *flag.Flag) {
		value, ok := values[envName(f.Name)]
		if !ok || given[f.Name] {
			return
		}
		if err := fs.Set(f.Name, value); err != nil {
			errs = append(errs, fmt.Errorf("settings: %s: %w", envName(f.Name), err))
		}
	})
	return errors.Join(errs...)
}

func envName(flagName string) string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(flagName, "-", "_"))
}

// readFile reads lines KEY=VALUE, as systemd's EnvironmentFile and container
// engines do: empty lines and lines that begin with # or ; are skipped, one
// pair of quotes around the value is taken off.
func readFile(fs *flag.FlagSet, r io.Reader) (map[string]string, error) {
	known := make(map[string]bool)
	fs.VisitAll(func(f *flag.Flag) { known[envName(f.Name)] = true })
	values := make(map[string]string)
	scan := bufio.NewScanner(r)
	for n := 1; scan.Scan(); n++ {
		line := strings.TrimSpace(scan.Text())
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		key, value = strings.TrimSpace(key), unquote(strings.TrimSpace(value))
		if !ok || !known[key] {
			return nil, fmt.Errorf("line %d: no such setting; `tarastat serve -h` lists them", n)
		}
		values[key] = value
	}
	if err := scan.Err(); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return values, nil
}

func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}
