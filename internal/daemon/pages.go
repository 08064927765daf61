package daemon

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"

	"github.com/e-gov/tarastat/httpui"
)

// Limits of the HTTP side.
const (
	httpHeaderTime   = 5 * time.Second
	httpReadTime     = 15 * time.Second
	httpWriteTime    = 30 * time.Second
	httpIdleTime     = time.Minute
	httpHeaderBytes  = 16 << 10
	httpMaxConns     = 256
	httpMaxConnsAddr = 64 // from one address, so that nobody alone shuts out monitoring
)

// openNames reads the catalogue of client names, if there is one.
func (d *Daemon) openNames() (httpui.Catalogue, error) {
	if d.cfg.Catalogue == "" {
		return nil, nil
	}
	return openCatalogue(d.cfg.Catalogue, d.log, time.Now)
}

// openPages makes the pages, which tell of reception too.
func (d *Daemon) openPages(names httpui.Catalogue) {
	ui := httpui.New(d.store, httpui.Options{
		Catalogue:   names,
		Location:    d.cfg.zone,
		Logger:      d.log,
		Hosts:       d.cfg.hosts(),
		Ingester:    d.ingester,
		Syslog:      d.syslog,
		SyslogAddr:  d.syslogAddr.String(),
		Fingerprint: fingerprint(d.syslogTLS),
		Version:     d.program.Version,
		Packaged:    d.program.Packaged,
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
}

func (d *Daemon) servePages(listeners []net.Listener) {
	if !loopback(listeners[0]) && d.cfg.HTTPHosts == "" {
		d.log.Warn("other machines can reach the pages, under the name and the addresses of this one only: name others with -http-hosts",
			"addr", d.httpAddr.String())
	}
	d.onStop("http", shareHTTP, d.stopHTTP)
	for _, ln := range listeners {
		limited := netutil.LimitListener(newPerAddress(ln, httpMaxConnsAddr), httpMaxConns)
		d.run("http", func() error { return d.http.ServeTLS(limited, "", "") })
	}
}

func (d *Daemon) stopHTTP(ctx context.Context) error {
	if err := d.http.Shutdown(ctx); err != nil {
		return d.http.Close()
	}
	return nil
}
