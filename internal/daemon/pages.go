package daemon

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
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

// perAddress closes connections beyond a number of them from one IP address: its
// method connState is that of an [http.Server].
type perAddress struct {
	limit int

	mu   sync.Mutex
	open map[netip.Addr]int
}

func (p *perAddress) connState(c net.Conn, state http.ConnState) {
	from, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return // a connection without an address, such as of a Unix socket
	}
	addr := from.Addr()
	p.mu.Lock()
	defer p.mu.Unlock()
	switch state {
	case http.StateNew:
		if p.open[addr]++; p.open[addr] > p.limit {
			_ = c.Close() // which the server finds out, and says
		}
	case http.StateClosed, http.StateHijacked:
		if p.open[addr]--; p.open[addr] == 0 {
			delete(p.open, addr)
		}
	}
}

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
		Logger:      d.log,
		Hosts:       d.cfg.hosts(),
		Ingester:    d.ingester,
		Syslog:      d.syslog,
		SyslogAddr:  d.syslogAddr.String(),
		Fingerprint: fmt.Sprintf("%x", sha256.Sum256(d.syslogTLS.Certificates[0].Certificate[0])),
		Version:     d.program.Version,
		Packaged:    d.program.Packaged,
	})
	limit := &perAddress{limit: httpMaxConnsAddr, open: make(map[netip.Addr]int)}
	d.http = &http.Server{
		Handler:           ui,
		ConnState:         limit.connState,
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
	d.onStop("http", shareHTTP, func(ctx context.Context) error {
		if err := d.http.Shutdown(ctx); err != nil {
			return d.http.Close()
		}
		return nil
	})
	for _, ln := range listeners {
		limited := netutil.LimitListener(ln, httpMaxConns)
		d.run("http", func() error { return d.http.ServeTLS(limited, "", "") })
	}
}
