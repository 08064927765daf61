package httpui

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/logbase"
)

// request is one request with what every handler needs to know.
type request struct {
	*http.Request
	h    *Handler
	ctx  context.Context // ends with Options.QueryTimeout
	lang logbase.Lang
	text *locale.Locale
	now  time.Time // one moment for the whole page

	asked counters // of the log base, for the status of the page
	first *fault   // the first part that could not be filled
}

// handlerFunc answers a request, or returns why it cannot. It must not have
// written anything when it returns an error.
type handlerFunc func(w http.ResponseWriter, r *request) error

// handle adapts fn. It is the one place where an error becomes an answer.
func (h *Handler) handle(fn handlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		ctx, cancel := context.WithTimeout(hr.Context(), h.timeout)
		defer cancel()
		if err := fn(w, h.request(ctx, hr)); err != nil {
			h.answerFailure(w, hr, err)
		}
	})
}

func (h *Handler) request(ctx context.Context, hr *http.Request) *request {
	lang := langOf(hr)
	return &request{
		Request: hr, h: h, ctx: ctx, lang: lang,
		text: h.locales[lang],
		now:  h.now().In(h.loc),
	}
}

// read runs one query of the log base, when its turn has come. An error that
// has no code gets ERR-02.
func (r *request) read(query func(ctx context.Context) error) error {
	err := r.h.turn(r.ctx, query)
	r.asked.add(err != nil)
	return err
}

func (h *Handler) turn(ctx context.Context, query func(ctx context.Context) error) error {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return logbase.WithCode(logbase.ReadFailed, ctx.Err())
	}
	return logbase.WithCode(logbase.ReadFailed, query(ctx))
}

func (r *request) sums(q aggregate.Query) (rows []aggregate.Row, err error) {
	err = r.read(func(ctx context.Context) error {
		rows, err = r.h.store.Sums(ctx, q)
		return err
	})
	return rows, err
}

// bounds does not count for the status of the page: only the footer and hints
// need them.
func (r *request) bounds() (b logbase.Bounds, err error) {
	err = r.h.turn(r.ctx, func(ctx context.Context) error {
		b, err = r.h.store.Bounds(ctx)
		return err
	})
	return b, err
}

// fault is a part of a page that could not be filled.
type fault struct{ Code, Text, Advice string }

// fault logs err and makes what stands in the place of the part.
func (r *request) fault(err error) *fault {
	if err == nil {
		return nil
	}
	r.note(err)
	out := &fault{Text: r.text.T("error.internal")}
	if f := failureOf(err); f.code != 0 {
		out = &fault{f.code.String(), f.code.Text(r.lang), f.code.Advice(r.lang)}
	}
	if r.first == nil {
		r.first = out
	}
	return out
}

// note logs an error whose part of the page is merely left out.
func (r *request) note(err error) { r.h.logFailure(r.Request, failureOf(err)) }

// status is 503 when no part of the page could be filled.
func (r *request) status() int {
	if r.asked.allFailed() {
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}

// counters are guarded, since parts of a page are asked for at the same time.
type counters struct {
	mu            sync.Mutex
	reads, failed int
}

func (c *counters) add(failed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads++
	if failed {
		c.failed++
	}
}

// allFailed reports whether the log base answered nothing of what was asked.
func (c *counters) allFailed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed > 0 && c.failed == c.reads
}
