// Package api answers programs: /api/v1 with its OpenAPI description, and the
// endpoints of the old service. Its figures are the values of package report,
// as they are.
package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/report"
)

// Root begins every address of the API.
const Root = "/api/v1"

// SpecPath is where the OpenAPI description is.
const SpecPath = Root + "/openapi.json"

const jsonType = "application/json; charset=utf-8"

// Options are what an [API] answers from.
type Options struct {
	Source  report.Source
	Now     func() time.Time // in the zone of civil days
	Locales map[logbase.Lang]*locale.Locale
	Names   func(*locale.Locale) report.Names
	Root    web.Root
	Version string // of the program; may be empty

	// NoOld leaves out the endpoints of the old service.
	NoOld bool

	// Delete deletes the records of a period that has both ends, for a request
	// to the old endpoint. It is nil when nothing can be deleted.
	Delete func(w http.ResponseWriter, r *http.Request, p aggregate.Period) (int64, error)
}

// API answers programs.
type API struct {
	Options
	site *web.Site
}

// Route adds the API, and the old endpoints but /stat, to a site. That one is
// a page too, see [API.Stat].
func Route(site *web.Site, opts Options) *API {
	a := &API{opts, site}
	for _, e := range Endpoints() {
		site.Handle("GET", e.Path, tellProblem, a.answer(e))
	}
	spec := description(opts.Version, opts.Root)
	site.Handle("GET", SpecPath, tellProblem, func(w http.ResponseWriter, r *http.Request) error {
		web.Send(w, r, http.StatusOK, jsonType, spec)
		return nil
	})
	site.Missing("/api/", tellProblem)
	if !opts.NoOld {
		a.routeOld()
	}
	return a
}

// problem is an error of the API, as RFC 9457 has it.
type problem struct {
	Type   string `json:"type"`           // always about:blank; Code tells kinds apart
	Title  string `json:"title"`          // of the status
	Status int    `json:"status"`         // as in the answer
	Detail string `json:"detail"`         // what to check, in English
	Code   string `json:"code,omitempty"` // ERR-01 to ERR-07, where one fits
}

func tellProblem(w http.ResponseWriter, _ *http.Request, f *web.Failure) {
	p := problem{Type: "about:blank", Title: http.StatusText(f.Status), Status: f.Status}
	if f.Code != 0 {
		p.Code = f.Code.String()
		p.Detail = f.Code.Text(logbase.English) + ". " + f.Code.Advice(logbase.English)
	}
	web.SendJSON(w, f.Status, "application/problem+json", p)
}

// Endpoint is one question of the API. Routes, the OpenAPI description and the
// page about the API are made of the same list.
type Endpoint struct {
	Path    string
	Summary string // in English
	Params  []Param
	result  any // an empty answer, for its schema
	ask     func(*query) (any, error)
}

// Endpoints are all questions of the API.
func Endpoints() []Endpoint {
	all := params()
	period, counted, compared := all[:1], all[:6], all[:7]
	by := func(path, summary string, by aggregate.Dim) Endpoint {
		return Endpoint{Root + path, summary, compared, list{}, func(q *query) (any, error) {
			b, err := q.Breakdown(q.r.Context(), by)
			return list{q.about(), b}, err
		}}
	}
	return []Endpoint{
		{Root + "/summary", "What a period comes to, and how it changed.", compared, summary{}, (*query).summary},
		{Root + "/series", "A period step by step.", all, series{}, (*query).series},
		{Root + "/clients", "Client applications, by successful authentications.", compared, list{}, (*query).clients},
		by("/methods", "Methods, by successful authentications.", aggregate.ByMethod),
		by("/banks", "Banks of bank links, by successful authentications.", aggregate.ByBank),
		by("/countries", "Countries, where the sender told them.", aggregate.ByCountry),
		by("/errors", "Error codes, by failures.", aggregate.ByErrorCode),
		{Root + "/stat", "The specification's statistics: by client, method and bank.", counted, stat{}, (*query).stat},
		{Root + "/coverage", "Of which days there is data.", period, coverage{}, (*query).coverage},
		{Root + "/bounds", "How much the log base holds.", nil, bounds{}, (*query).bounds},
	}
}

// answer serves one endpoint.
func (a *API) answer(e Endpoint) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		now := a.Now()
		v := address.Parse(r, a.Root, now)
		if err := strict(&v); err != nil {
			return err
		}
		if !slices.ContainsFunc(e.Params, func(p Param) bool { return p.Name == address.Compare }) {
			v.Comparison = aggregate.NoComparison
		}
		text := a.Locales[web.Language(r)]
		q := query{report.New(r.Context(), a.Source, v.Question(now, a.Names(text))), a, r, text}
		answer, err := e.ask(&q)
		if err != nil {
			return err
		}
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(answer); err != nil {
			return err
		}
		w.Header().Add("Vary", "Accept-Language, Cookie")
		web.Send(w, r, http.StatusOK, jsonType, buf.Bytes())
		return nil
	}
}

var errParameter = errors.New("unknown value of a parameter")

// strict refuses what pages pass over: a program should learn of its mistakes.
func strict(v *address.View) error {
	if v.PeriodErr != nil {
		return v.PeriodErr
	}
	_, known := aggregate.ParseComparison(v.Query.Get(address.Compare))
	if step := v.Query.Get(address.Step); known && step != "" {
		_, known = aggregate.ParseUnit(step)
	}
	if !known {
		return web.Fail(http.StatusBadRequest, 0, errParameter)
	}
	return nil
}

// query is one question to the API.
type query struct {
	*report.Report
	api  *API
	r    *http.Request
	text *locale.Locale
}

// about is what every answer about a period says of itself.
type about struct {
	report.Scope
	Unfair string `json:"noChange,omitempty" doc:"Why no change is given, in the language of the request."`
}

func (q *query) about() about {
	s := q.Scope(q.r.Context())
	if s.CoverageErr != nil { // which the answer says is not known
		q.api.site.LogFailure(q.r, web.FailureOf(s.CoverageErr))
	}
	return about{*s, q.text.NoChange(s)}
}

// plain is said of a period where nothing is compared.
func (q *query) plain() about {
	return about{Scope: report.Scope{Period: report.Period{Period: q.Period}}}
}

type summary struct {
	about
	report.Summary
}

func (q *query) summary() (any, error) {
	c, err := q.allClients()
	return summary{q.about(), c.Summary()}, err
}

type series struct {
	about
	report.Series
}

func (q *query) series() (any, error) {
	s, err := q.Series(q.r.Context())
	return series{q.about(), s}, err
}

// list is a period by one field.
type list struct {
	about
	report.Breakdown
}

func (q *query) clients() (any, error) {
	c, err := q.allClients()
	return list{q.about(), c.Breakdown}, err
}

// allClients refuses to leave anything out.
func (q *query) allClients() (report.Clients, error) {
	c, err := q.Clients(q.r.Context())
	return c, cmp.Or(err, c.Incomplete)
}

type stat struct {
	about
	report.Stat
}

func (q *query) stat() (any, error) {
	s, err := q.Stat(q.r.Context())
	return stat{q.plain(), s}, err
}

type coverage struct {
	Period report.Period `json:"period"`
	Gaps   []report.Gap  `json:"gaps" doc:"Days without any event, up to yesterday. A gap is no zero."`
}

func (q *query) coverage() (any, error) {
	gaps, err := q.Gaps(q.r.Context())
	return coverage{report.Period{Period: q.Shown}, gaps}, err
}

// bounds is how much the log base holds.
type bounds struct {
	Records int64          `json:"records"`
	First   *aggregate.Day `json:"first" doc:"Day of the oldest event; null without records."`
	Last    *aggregate.Day `json:"last" doc:"Day of the newest event; null without records."`
}

func (q *query) bounds() (any, error) {
	out := bounds{Records: q.Bounds.Records}
	if q.Bounds.Records > 0 {
		out.First, out.Last = &q.Bounds.First, &q.Bounds.Last
	}
	return out, q.BoundsErr
}
