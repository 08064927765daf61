package httpui

import (
	"net/http"
	"slices"
)

// apiPagePath is the page about the API.
const apiPagePath = "/abi/api"

// apiPageData is what the page about the API lists: the same as the OpenAPI
// description.
type apiPageData struct {
	SpecURL   string
	Params    []apiPageParam // of any endpoint, each once
	Endpoints []apiPageEndpoint
}

type apiPageEndpoint struct {
	ID, Path, Summary string
	Params            []string // names
	Example           string   // an address to try
}

type apiPageParam struct{ Name, Text, Example string }

func (h *Handler) apiPage(w http.ResponseWriter, r *request) error {
	data := apiPageData{SpecURL: h.root.Href(apiRoot + "/openapi.json")}
	for _, e := range endpoints() {
		row := apiPageEndpoint{ID: e.path[1:], Path: h.root.Href(apiRoot + e.path), Summary: e.summary}
		row.Example = row.Path
		for _, p := range e.params {
			row.Params = append(row.Params, p.name)
			told := apiPageParam{p.name, p.text, p.example}
			if !slices.Contains(data.Params, told) {
				data.Params = append(data.Params, told)
			}
			if p.name == paramPeriod {
				month := r.now.AddDate(0, 0, -r.now.Day()).Format("2006-01")
				row.Example = address(row.Path, []param{{paramPeriod, month}})
			}
		}
		data.Endpoints = append(data.Endpoints, row)
	}
	return r.render(w, &page{name: "api", title: r.text.T("api.title"), view: r.parseView(), data: data})
}
