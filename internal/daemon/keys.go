package daemon

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/syslogjson"
)

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
	hosts := strings.FieldsFunc(c.HTTPHosts, func(r rune) bool { return r == ',' || r == ' ' })
	hosts = append(hosts, "localhost", "127.0.0.1", "::1")
	return append(hosts, ownNames(c.HTTPAddr)...)
}

// certHosts are the names and addresses that our own certificate must carry:
// those of the pages, and those under which senders connect.
func (c *Config) certHosts() []string {
	hosts := append(c.hosts(), ownNames(c.SyslogAddr)...)
	if name, err := os.Hostname(); err == nil {
		hosts = append(hosts, name)
	}
	return hosts
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

// openKeys makes our own keys if any of them is used, and loads all, so that a
// wrong one is found before anything opens.
func (d *Daemon) openKeys() error {
	if d.cfg.keys.own {
		if err := os.MkdirAll(d.cfg.DataDir, 0o700); err != nil {
			return fmt.Errorf("daemon: data directory: %w", err)
		}
		if err := keys.Ensure(d.cfg.KeyDir(), d.cfg.certHosts(), time.Now()); err != nil {
			return err
		}
	}
	toSenders, err := keys.LoadPair(d.cfg.keys.syslogCert, d.cfg.keys.syslogKey)
	if err != nil {
		return err
	}
	senders, err := keys.LoadPool(d.cfg.keys.syslogClientCA)
	if err != nil {
		return err
	}
	ofPages, err := keys.LoadPair(d.cfg.keys.httpCert, d.cfg.keys.httpKey)
	if err != nil {
		return err
	}
	d.syslogTLS = syslogjson.ServerTLSConfig(toSenders, senders)
	d.httpTLS = &tls.Config{Certificates: []tls.Certificate{ofPages}, MinVersion: tls.VersionTLS12}
	return nil
}
