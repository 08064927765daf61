package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/e-gov/tarastat/logbase"
)

// Limits of one request.
const (
	// MaxBodyBytes bounds the body; the only forms are those of deletion.
	MaxBodyBytes = 16 << 10
	// MaxURLBytes bounds path and query: a period of 200 characters, escaped,
	// and every filter at its full length fit in.
	MaxURLBytes = 8 << 10
	// MaxHeaderBytes bounds all header fields together.
	MaxHeaderBytes = 16 << 10
)

// securityHeaders go with every answer, whatever it is.
var securityHeaders = [...][2]string{
	{"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
}

// refuse answers in plain text: who is refused here may be anybody.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, http.StatusText(status), status)
}

// hosts is the allow-list in comparable form; nil for loopback only.
type hosts map[string]bool

// anyHost among the hosts leaves the check to whoever stands before.
const anyHost = "*"

func hostSet(names []string) hosts {
	if len(names) == 0 {
		return nil
	}
	set := make(hosts, len(names))
	for _, n := range names {
		set[hostName(n)] = true
	}
	return set
}

// hostName strips the port, brackets and a final dot, and folds the case.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().String()
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// allow answers DNS rebinding: a page elsewhere whose name was made to point
// here still sends its own name.
func (s hosts) allow(host string) bool {
	name := hostName(host)
	if s != nil {
		return s[name] || s[anyHost]
	}
	a, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && a.IsLoopback()
}

func headerBytes(header http.Header) int {
	n := 0
	for name, values := range header {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return n
}

// RemoteHost is the address that a request came from.
func RemoteHost(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// Slots bound how many queries of the log base run at once.
type Slots chan struct{}

// NewSlots returns n slots.
func NewSlots(n int) Slots { return make(Slots, n) }

// Do runs a query in a slot, when one is free. An error that has no code gets
// ERR-02.
func (s Slots) Do(ctx context.Context, query func(context.Context) error) error {
	select {
	case s <- struct{}{}:
		defer func() { <-s }()
	case <-ctx.Done():
		return logbase.WithCode(logbase.ReadFailed, ctx.Err())
	}
	return logbase.WithCode(logbase.ReadFailed, query(ctx))
}

// Running is the number of queries that run now.
func (s Slots) Running() int { return len(s) }
