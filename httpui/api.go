package httpui

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/web"
)

// apiRoot begins every address of the API. Its answers are made of the same
// values as the pages.
const apiRoot = "/api/v1"

// endpoint is one question of the API. Routes, the OpenAPI description and the
// page about the API are made of the same list.
type endpoint struct {
	path    string // under apiRoot
	summary string
	params  []apiParam
	result  any // an empty answer, for its schema
	answer  func(r *request, v *view) (any, error)
}

func endpoints() []endpoint {
	counted := append(periodParams(), filterParams()...)
	compared := append(counted, compareParam())
	list := func(path, summary string, by aggregate.Dim, m measure) endpoint {
		return endpoint{path, summary, compared, apiList{}, func(r *request, v *view) (any, error) { return r.apiList(v, by, m) }}
	}
	return []endpoint{
		{"/summary", "What a period comes to, and how it changed.", compared, apiSummary{}, (*request).apiSummary},
		{"/series", "A period step by step.", append(compared, stepParam()), apiSeries{}, (*request).apiSeries},
		list("/clients", "Client applications, by successful authentications.", aggregate.ByClient, successes),
		list("/methods", "Methods, by successful authentications.", aggregate.ByMethod, successes),
		list("/banks", "Banks of bank links, by successful authentications.", aggregate.ByBank, successes),
		list("/countries", "Countries, where the sender told them.", aggregate.ByCountry, successes),
		list("/errors", "Error codes, by failures.", aggregate.ByErrorCode, failures),
		{"/stat", "The specification's statistics: by client, method and bank.", counted, apiStat{}, (*request).apiStat},
		{"/coverage", "Of which days there is data.", periodParams(), apiCoverage{}, (*request).apiCoverage},
		{"/bounds", "How much the log base holds.", nil, apiBounds{}, (*request).apiBounds},
	}
}

// apiPeriod is a period as the API writes it.
type apiPeriod struct {
	Text string     `json:"text" doc:"As it is written in an address; empty for everything."`
	From *time.Time `json:"from" doc:"First instant; null when there is no beginning."`
	To   *time.Time `json:"to" doc:"First instant after the period; null when there is no end."`
}

func periodOf(p aggregate.Period) apiPeriod {
	out := apiPeriod{Text: p.String()}
	if from := p.From(); !from.IsZero() {
		out.From = &from
	}
	if to := p.To(); !to.IsZero() {
		out.To = &to
	}
	return out
}

// apiScope is what every answer about a period says of itself.
type apiScope struct {
	Period    apiPeriod  `json:"period"`
	Compared  *apiPeriod `json:"compared" doc:"The part of the period that is compared; null without a comparison."`
	Reference *apiPeriod `json:"reference" doc:"The period compared with; null without a comparison."`
	Unfair    string     `json:"noChange,omitempty" doc:"Why no change is given, in the language of the request."`
}

func scopeOf(s *scope) apiScope {
	out := apiScope{Period: periodOf(s.period), Unfair: s.unfair}
	if s.compared {
		current, reference := periodOf(s.current), periodOf(s.reference)
		out.Compared, out.Reference = &current, &reference
	}
	return out
}

// api serves one endpoint.
func (h *Handler) api(e endpoint) handlerFunc {
	return func(w http.ResponseWriter, r *request) error {
		v := r.parseView()
		if err := r.strict(&v); err != nil {
			return err
		}
		answer, err := e.answer(r, &v)
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
		web.Send(w, r.Request, http.StatusOK, jsonType, buf.Bytes())
		return nil
	}
}

var errParameter = errors.New("unknown value of a parameter")

// strict refuses what pages pass over: a program should learn of its mistakes.
func (r *request) strict(v *view) error {
	if v.periodErr != nil {
		return v.periodErr
	}
	if _, ok := aggregate.ParseComparison(v.query.Get(paramCompare)); !ok {
		return web.Fail(http.StatusBadRequest, 0, errParameter)
	}
	if step := v.query.Get(paramStep); step != "" {
		if _, ok := aggregate.ParseUnit(step); !ok {
			return web.Fail(http.StatusBadRequest, 0, errParameter)
		}
	}
	return nil
}

// serveSpec answers with the OpenAPI description.
func (h *Handler) serveSpec(w http.ResponseWriter, r *request) error {
	web.Send(w, r.Request, http.StatusOK, jsonType, h.spec)
	return nil
}
