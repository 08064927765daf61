package httpui

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/httpui/internal/web"
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

// handle adapts fn.
func (h *Handler) handle(fn handlerFunc) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error { return fn(w, h.request(r)) }
}

func (h *Handler) request(hr *http.Request) *request {
	lang := web.Language(hr)
	return &request{
		Request: hr, h: h, ctx: hr.Context(), lang: lang,
		text: h.locales[lang],
		now:  h.now().In(h.loc),
	}
}

// read runs one query of the log base, when its turn has come. An error that
// has no code gets ERR-02.
func (r *request) read(query func(ctx context.Context) error) error {
	err := r.h.slots.Do(r.ctx, query)
	r.asked.add(err != nil)
	return err
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
	err = r.h.slots.Do(r.ctx, func(ctx context.Context) error {
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
	if f := web.FailureOf(err); f.Code != 0 {
		out = &fault{f.Code.String(), f.Code.Text(r.lang), f.Code.Advice(r.lang)}
	}
	if r.first == nil {
		r.first = out
	}
	return out
}

// note logs an error whose part of the page is merely left out.
func (r *request) note(err error) { r.h.site.LogFailure(r.Request, web.FailureOf(err)) }

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
