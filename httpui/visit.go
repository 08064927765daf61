package httpui

import (
	"net/http"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/report"
)

// visit is one request for a page, with what every part of the page needs: the
// language, the moment, what the address asks for, and the report of that.
type visit struct {
	*http.Request
	h      *Handler
	text   *locale.Locale
	now    time.Time // one moment for the whole page
	view   address.View
	names  names
	report *report.Report
	known  *report.Scope // see scope

	parts, failed int    // of the page, for its status
	first         *fault // the first part that could not be filled
}

func (h *Handler) visit(r *http.Request) *visit {
	text := h.locales[web.Language(r)]
	now := h.opts.Now().In(h.zone)
	return &visit{
		Request: r, h: h, text: text, now: now,
		view: address.Parse(r, h.root, now), names: names{text, h.opts.Catalogue}, report: &report.Report{},
	}
}

// open begins the report of the view. What is not compared costs nothing more.
func (v *visit) open(compared bool) {
	q := v.view.Question(v.now, v.names)
	if !compared {
		q.Comparison = aggregate.NoComparison
	}
	v.report = report.New(v.Context(), source{v.h}, q)
}

// scope is what the question means, with what it is compared with.
func (v *visit) scope() *report.Scope {
	if v.known == nil {
		v.known = v.report.Scope(v.Context())
		if err := v.known.CoverageErr; err != nil {
			v.note(err)
		}
	}
	return v.known
}

// period is the period of the report in words.
func (v *visit) period() string { return v.text.Period(v.report.Period, v.report.Bounds) }

// part is what the report says for one part of a page, or why it does not.
type part[T any] struct {
	value T
	err   error
}

func (p *part[T]) set(value T, err error) { p.value, p.err = value, err }

// fault is a part of a page that could not be filled.
type fault struct{ Code, Text, Advice string }

// fault tells how one part of the page went: nil when it could be filled, else
// what stands in its place.
func (v *visit) fault(err error) *fault {
	v.parts++
	if err == nil {
		return nil
	}
	v.failed++
	return v.told(err)
}

// told logs err and says it in the words of the page.
func (v *visit) told(err error) *fault {
	v.note(err)
	out := &fault{Text: v.text.T("error.internal")}
	if f := web.FailureOf(err); f.Code != 0 {
		out = faultOf(f.Code, v.text.Lang())
	}
	if v.first == nil {
		v.first = out
	}
	return out
}

func faultOf(c logbase.Code, lang logbase.Lang) *fault {
	return &fault{c.String(), c.Text(lang), c.Advice(lang)}
}

// note logs an error whose part of the page is merely left out.
func (v *visit) note(err error) { v.h.site.LogFailure(v.Request, web.FailureOf(err)) }

// down reports whether no part of the page could be filled.
func (v *visit) down() bool { return v.failed > 0 && v.failed == v.parts }
