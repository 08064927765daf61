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

// openPages makes the pages and what they know.
func (d *Daemon) openPages() error {
	var names httpui.Catalogue
	if d.cfg.Catalogue != "" {
		c, err := openCatalogue(d.cfg.Catalogue, d.log, time.Now)
		if err != nil {
			return err
		}
		names = c
	}
	loc, err := d.cfg.Location()
	if err != nil {
		return err
	}
	ui := httpui.New(d.store, httpui.Options{
		Catalogue: names,
		Location:  loc,
		Logger:    d.log,
		Hosts:     d.cfg.hosts(),
		Reception: &reception{d: d, fingerprint: fingerprint(d.syslogTLS)},
		Version:   d.cfg.Version,
		Packaged:  d.cfg.Packaged,
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
	return nil
}

func (d *Daemon) servePages(listeners []net.Listener) {
	d.httpAddr = listeners[0].Addr()
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
