package httpui

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
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

// guard stands before everything else. What it refuses reaches no handler.
func (h *Handler) guard(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		defer h.finish(rec, r)
		for _, kv := range securityHeaders {
			w.Header().Set(kv[0], kv[1])
		}
		switch {
		case !h.hostAllowed(r.Host):
			h.log.Warn("request for a host that is not served", "host", r.Host)
			refuse(rec, http.StatusMisdirectedRequest)
		case len(r.URL.RequestURI()) > MaxURLBytes:
			refuse(rec, http.StatusRequestURITooLong)
		case headerBytes(r.Header) > MaxHeaderBytes:
			refuse(rec, http.StatusRequestHeaderFieldsTooLarge)
		default:
			if err := crossOrigin.Check(r); err != nil {
				h.log.Warn("request from another site", "method", r.Method, "path", r.URL.Path, "err", err)
				h.refuseCrossOrigin(rec, r)
				return
			}
			r.Body = http.MaxBytesReader(rec, r.Body, MaxBodyBytes)
			next.ServeHTTP(rec, r)
		}
	})
}

// finish counts the request, and answers for a handler that panicked.
func (h *Handler) finish(rec *recorder, r *http.Request) {
	if v := recover(); v != nil {
		if v == http.ErrAbortHandler { //nolint:errorlint // compared by net/http in the same way
			panic(v)
		}
		h.log.Error("panic in a handler", "path", r.URL.Path, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
		if !rec.wrote {
			h.refusePanic(rec, r)
		}
	}
	h.stats.count(rec.code())
	h.log.Debug("request", "method", r.Method, "path", r.URL.Path, "status", rec.code(), "bytes", rec.bytes)
}

// refuse answers in plain text: who is refused here may be anybody.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, http.StatusText(status), status)
}

// hostSet is the allow-list in comparable form; nil for loopback only.
func hostSet(names []string) map[string]bool {
	if len(names) == 0 {
		return nil
	}
	set := make(map[string]bool, len(names))
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

// hostAllowed answers DNS rebinding: a page elsewhere whose name was made to
// point here still sends its own name.
func (h *Handler) hostAllowed(host string) bool {
	name := hostName(host)
	if h.hosts != nil {
		return h.hosts[name]
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

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int
	wrote  bool
}

func (w *recorder) WriteHeader(status int) {
	if !w.wrote {
		w.status, w.wrote = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
