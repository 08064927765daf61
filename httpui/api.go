package httpui

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/address"
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
	answer  func(a *asked) (any, error)
}

func endpoints() []endpoint {
	counted := append(periodParams(), filterParams()...)
	compared := append(counted, compareParam())
	list := func(path, summary string, by aggregate.Dim) endpoint {
		return endpoint{path, summary, compared, apiList{}, func(a *asked) (any, error) { return a.list(by) }}
	}
	return []endpoint{
		{"/summary", "What a period comes to, and how it changed.", compared, apiSummary{}, (*asked).summary},
		{"/series", "A period step by step.", append(compared, stepParam()), apiSeries{}, (*asked).series},
		list("/clients", "Client applications, by successful authentications.", aggregate.ByClient),
		list("/methods", "Methods, by successful authentications.", aggregate.ByMethod),
		list("/banks", "Banks of bank links, by successful authentications.", aggregate.ByBank),
		list("/countries", "Countries, where the sender told them.", aggregate.ByCountry),
		list("/errors", "Error codes, by failures.", aggregate.ByErrorCode),
		{"/stat", "The specification's statistics: by client, method and bank.", counted, apiStat{}, (*asked).stat},
		{"/coverage", "Of which days there is data.", periodParams(), apiCoverage{}, (*asked).coverage},
		{"/bounds", "How much the log base holds.", nil, apiBounds{}, (*asked).bounds},
	}
}

// api serves one endpoint.
func (h *Handler) api(e endpoint) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := h.visit(r)
		if err := strict(&v.view); err != nil {
			return err
		}
		v.open(true)
		answer, err := e.answer(&asked{v.Context(), v.report, v.text})
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
	if _, ok := aggregate.ParseComparison(v.Query.Get(address.Compare)); !ok {
		return web.Fail(http.StatusBadRequest, 0, errParameter)
	}
	if step := v.Query.Get(address.Step); step != "" {
		if _, ok := aggregate.ParseUnit(step); !ok {
			return web.Fail(http.StatusBadRequest, 0, errParameter)
		}
	}
	return nil
}

// serveSpec answers with the OpenAPI description.
func (h *Handler) serveSpec(w http.ResponseWriter, r *http.Request) error {
	web.Send(w, r, http.StatusOK, jsonType, h.spec)
	return nil
}
