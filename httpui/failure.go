package httpui

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// failure is what people are told when a request cannot be answered: a status
// and, where the specification has one, a code. The cause is for the log.
type failure struct {
	status int
	code   logbase.Code // 0 when none fits
	err    error
}

func (f *failure) Error() string {
	if f.err == nil {
		return http.StatusText(f.status)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// fail makes an error that carries its own status.
func fail(status int, code logbase.Code, err error) error {
	return &failure{status: status, code: code, err: err}
}

// retryAfter is what clients are asked to wait when the log base is away, in
// seconds.
const retryAfter = "10"

// failureOf finds what to tell about err.
func failureOf(err error) *failure {
	var f *failure
	var pattern *aggregate.PatternError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &pattern):
		return &failure{http.StatusBadRequest, logbase.BadPeriod, err}
	case errors.As(err, &tooLarge):
		return &failure{http.StatusRequestEntityTooLarge, 0, err}
	}
	code, ok := logbase.CodeOf(err)
	switch {
	case !ok:
		return &failure{http.StatusInternalServerError, 0, err}
	case code == logbase.BadPeriod, code == logbase.Malformed:
		return &failure{http.StatusBadRequest, code, err}
	}
	return &failure{http.StatusServiceUnavailable, code, err}
}

// logFailure writes one line, unless it was the client that went away.
func (h *Handler) logFailure(r *http.Request, f *failure) {
	attrs := []any{"method", r.Method, "path", r.URL.Path, "status", f.status}
	if f.code != 0 {
		attrs = append(attrs, "code", f.code.String())
	}
	if f.err != nil {
		attrs = append(attrs, "err", f.err)
	}
	switch {
	case r.Context().Err() != nil && errors.Is(f.err, context.Canceled):
		h.log.Debug("client went away", attrs...)
	case f.status >= http.StatusInternalServerError:
		h.log.Error("request failed", attrs...)
	default:
		h.log.Info("request refused", attrs...)
	}
}

// answerFailure answers in the form that the address promises: the old JSON,
// problem details, one line of text, or a page.
func (h *Handler) answerFailure(w http.ResponseWriter, r *http.Request, err error) {
	f := failureOf(err)
	h.logFailure(r, f)
	head := w.Header()
	head.Set("Cache-Control", "no-store")
	if f.status == http.StatusServiceUnavailable {
		head.Set("Retry-After", retryAfter)
	}
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/api/"):
		h.writeProblem(w, f)
	case path == "/status", path == "/live", path == "/metrics", path == "/heartbeat.json":
		http.Error(w, f.line(), f.status)
	case legacyField(r) != "":
		writeJSON(w, f.status, legacyFailure(r, f))
	default:
		h.writeFailurePage(w, r, f)
	}
}

// line is the failure in one line: the code and its sentence in Estonian, as
// the old service wrote it, or the status.
func (f *failure) line() string {
	if f.code == 0 {
		return http.StatusText(f.status)
	}
	return f.code.String() + ": " + f.code.Text(logbase.Estonian)
}

func (h *Handler) refuseCrossOrigin(w http.ResponseWriter, r *http.Request) {
	h.answerFailure(w, r, fail(http.StatusForbidden, logbase.DeleteFailed, errors.New("cross-origin request")))
}

func (h *Handler) refusePanic(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if recover() != nil { // the page that says so panicked as well
			refuse(w, http.StatusInternalServerError)
		}
	}()
	h.answerFailure(w, r, fail(http.StatusInternalServerError, 0, errors.New("panic")))
}

// writeJSON answers with v as JSON. Legible characters stay as they are: the
// type and nosniff keep a browser from reading it as a page.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // the client is gone; there is nobody to tell
}
