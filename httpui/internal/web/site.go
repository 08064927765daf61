// Package web stands between net/http and what is answered: routes and their
// guard, failures, sending, languages, addresses. It knows neither pages nor
// figures.
package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/e-gov/tarastat/logbase"
)

// HandlerFunc answers a request, or returns why it cannot. It must not have
// written anything when it returns an error.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// Teller writes a failure in the form that an address promises: a page, JSON,
// a line of text. Headers that hold for every failure are set before.
type Teller func(w http.ResponseWriter, r *http.Request, f *Failure)

// Options are the settings of a [Site].
type Options struct {
	Root    Root          // where it is mounted
	Hosts   []string      // host names and addresses served, see [NewSite]
	Timeout time.Duration // of the context of each request
	Logger  *slog.Logger  // nil: slog.Default()
}

// Site is a set of routes behind one guard. Routes are added before it serves;
// then it is safe for concurrent use.
type Site struct {
	root    Root
	hosts   hosts
	timeout time.Duration
	log     *slog.Logger
	origin  *http.CrossOriginProtection

	mux      *http.ServeMux
	tellers  map[string]Teller   // by pattern of the mux
	methods  map[string][]string // by path
	answered [6]atomic.Int64     // by first digit of the status
}

// NewSite returns a site without routes, which answers 404 in the form of tell.
// It serves opts.Hosts: "*" among them stands for every host, and none of them
// for localhost and loopback addresses.
func NewSite(opts Options, tell Teller) *Site {
	s := &Site{
		root:    opts.Root,
		hosts:   slices.Clone(opts.Hosts),
		timeout: opts.Timeout,
		log:     cmp.Or(opts.Logger, slog.Default()),
		origin:  http.NewCrossOriginProtection(),
		mux:     http.NewServeMux(),
		tellers: make(map[string]Teller),
		methods: make(map[string][]string),
	}
	s.Missing("/", tell)
	if s.root != "" { // a host that passes on more than what is below the root
		s.handle("/", tell, func(_ http.ResponseWriter, r *http.Request) error {
			s.log.Warn("request outside the prefix, which must not be stripped", "path", r.URL.Path, "prefix", s.root)
			return Fail(http.StatusNotFound, 0, nil)
		})
	}
	return s
}

// Handle adds a route. Its path is relative to the root; it may have wildcards
// as those of [http.ServeMux]. What goes wrong there, a method without a route
// included, is told by tell.
func (s *Site) Handle(method, path string, tell Teller, answer HandlerFunc) {
	if s.methods[path] == nil {
		s.handle(s.root.Href(path), tell, func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Allow", strings.Join(s.methods[path], ", "))
			return Fail(http.StatusMethodNotAllowed, 0, nil)
		})
	}
	s.methods[path] = append(s.methods[path], method)
	if method == http.MethodGet {
		s.methods[path] = append(s.methods[path], http.MethodHead)
	}
	slices.Sort(s.methods[path])
	s.handle(method+" "+s.root.Href(path), tell, answer)
}

// Missing answers 404 for what has no route of its own below path.
func (s *Site) Missing(path string, tell Teller) { s.handle(s.root.Href(path), tell, missing) }

func missing(http.ResponseWriter, *http.Request) error { return Fail(http.StatusNotFound, 0, nil) }

func (s *Site) handle(pattern string, tell Teller, answer HandlerFunc) {
	s.tellers[pattern] = tell
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := s.origin.Check(r); err != nil {
			s.log.Warn("request from another site", "method", r.Method, "path", r.URL.Path, "err", err)
			s.fail(w, r, tell, Fail(http.StatusForbidden, logbase.CodeDeleteFailed, errors.New("cross-origin request")))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), s.timeout)
		defer cancel()
		r.Body = http.MaxBytesReader(w, r.Body, MaxBodyBytes)
		if err := answer(w, r.WithContext(ctx)); err != nil {
			s.fail(w, r, tell, err)
		}
	})
}

// ServeHTTP answers one request. What the guard refuses reaches no route.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := &recorder{ResponseWriter: w}
	defer s.finish(rec, r)
	for _, kv := range securityHeaders {
		w.Header().Set(kv[0], kv[1])
	}
	switch {
	case !s.hosts.allow(r.Host):
		s.log.Warn("request for a host that is not served: name it among the hosts", "host", r.Host, "served", s.hosts.String())
		refuse(rec, http.StatusMisdirectedRequest)
	case len(r.URL.RequestURI()) > MaxURLBytes:
		refuse(rec, http.StatusRequestURITooLong)
	case headerBytes(r.Header) > MaxHeaderBytes:
		refuse(rec, http.StatusRequestHeaderFieldsTooLarge)
	default:
		s.mux.ServeHTTP(rec, r)
	}
}

// finish counts the request, and answers for a handler that panicked.
func (s *Site) finish(rec *recorder, r *http.Request) {
	if v := recover(); v != nil {
		if v == http.ErrAbortHandler { //nolint:errorlint // compared by net/http in the same way
			panic(v)
		}
		s.log.Error("panic in a handler", "path", r.URL.Path, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
		if rec.status == 0 {
			s.tellPanic(rec, r)
		}
	}
	status := cmp.Or(rec.status, http.StatusOK)
	if class := status / 100; class < len(s.answered) {
		s.answered[class].Add(1)
	}
	s.log.Debug("request", "method", r.Method, "path", r.URL.Path, "status", status, "bytes", rec.bytes)
}

func (s *Site) tellPanic(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if recover() != nil { // what should tell of it panicked as well
			refuse(w, http.StatusInternalServerError)
		}
	}()
	s.fail(w, r, s.tellers[r.Pattern], Fail(http.StatusInternalServerError, 0, errors.New("panic")))
}

// Answered returns how many requests were answered with a status of the class
// 1 to 5.
func (s *Site) Answered(class int) int64 { return s.answered[class].Load() }

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int // 0 until something is written
	bytes  int
}

func (w *recorder) WriteHeader(status int) {
	w.status = cmp.Or(w.status, status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	w.status = cmp.Or(w.status, http.StatusOK)
	n, err := w.ResponseWriter.Write(b)
	w.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
