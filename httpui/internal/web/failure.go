package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Failure is what people are told when a request cannot be answered: a status
// and, where the specification has one, a code. The cause is for the log.
type Failure struct {
	Status int
	Code   logbase.Code // 0 when none fits
	Err    error        // may be nil
}

func (f *Failure) Error() string {
	if f.Err == nil {
		return http.StatusText(f.Status)
	}
	return f.Err.Error()
}

func (f *Failure) Unwrap() error { return f.Err }

// Line is the failure in one line: the code and its sentence in Estonian, as
// the old service wrote it, or the status.
func (f *Failure) Line() string {
	if f.Code == 0 {
		return http.StatusText(f.Status)
	}
	return f.Code.String() + ": " + f.Code.Text(logbase.Estonian)
}

// Fail makes an error that carries its own status. The code is 0 where none
// fits, and err may be nil.
func Fail(status int, code logbase.Code, err error) error {
	return &Failure{Status: status, Code: code, Err: err}
}

// FailureOf finds what to tell about err, which is not nil.
func FailureOf(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	if errors.As(err, new(*aggregate.PeriodError)) {
		return &Failure{http.StatusBadRequest, logbase.CodeBadPeriod, err}
	}
	if errors.As(err, new(*http.MaxBytesError)) {
		return &Failure{http.StatusRequestEntityTooLarge, 0, err}
	}
	code, ok := logbase.CodeOf(err)
	switch {
	case !ok:
		return &Failure{http.StatusInternalServerError, 0, err}
	case code == logbase.CodeBadPeriod, code == logbase.CodeMalformed:
		return &Failure{http.StatusBadRequest, code, err}
	}
	return &Failure{http.StatusServiceUnavailable, code, err}
}

// retryAfter is what clients are asked to wait when the log base is away, in
// seconds.
const retryAfter = "10"

// SetStatusHeaders sets the headers that go with a status other than 200.
func SetStatusHeaders(head http.Header, status int) {
	if status != http.StatusOK {
		head.Set("Cache-Control", "no-store")
	}
	if status == http.StatusServiceUnavailable {
		head.Set("Retry-After", retryAfter)
	}
}

func (s *Site) fail(w http.ResponseWriter, r *http.Request, tell Teller, err error) {
	f := FailureOf(err)
	s.LogFailure(r, f)
	SetStatusHeaders(w.Header(), f.Status)
	tell(w, r, f)
}

// LogFailure writes one line, unless it was the client that went away.
func (s *Site) LogFailure(r *http.Request, f *Failure) {
	attrs := []any{"method", r.Method, "path", r.URL.Path, "status", f.Status}
	if f.Code != 0 {
		attrs = append(attrs, "code", f.Code.String())
	}
	if f.Err != nil {
		attrs = append(attrs, "err", f.Err)
	}
	switch {
	case r.Context().Err() != nil && errors.Is(f.Err, context.Canceled):
		s.log.Debug("client went away", attrs...)
	case f.Status >= http.StatusInternalServerError:
		s.log.Error("request failed", attrs...)
	default:
		s.log.Info("request refused", attrs...)
	}
}

// TellLine tells a failure in one line of text.
func TellLine(w http.ResponseWriter, _ *http.Request, f *Failure) {
	http.Error(w, f.Line(), f.Status)
}
