package httpui

import (
	"net/http"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/monitor"
	"github.com/e-gov/tarastat/httpui/internal/web"
)

// routes is every address that is answered, and in which form each tells what
// went wrong.
func (h *Handler) routes() {
	site := h.site
	serve := func(path string, p page) { site.Handle("GET", path, h.tellPage, h.serve(p)) }
	serve("/{$}", page{name: "overview", title: "overview.title", bar: compareBar, fill: fillOverview})
	serve(clientsPath, page{name: "clients", title: "clients.title", bar: compareBar, fill: fillClients})
	serve(clientsPath+"/{id}", page{name: "client", bar: compareBar, fill: fillClient})
	serve(methodsPath, page{name: "methods", title: "methods.title", bar: compareBar, fill: fillMethods})
	serve(dataPath, page{name: "data", title: "data.title", bar: periodBar, alone: true, fill: fillData})
	serve(helpPath, page{name: "help", title: "help.title", fill: fillHelp})
	serve(apiPagePath, page{name: "api", title: "api.title", fill: fillAPI})
	serve(accessibilityPath, page{name: "a11y", title: "a11y.title", fill: fillAccessibility})
	if !h.noDeletion {
		serve(deletionPath, deletionPage())
		site.Handle("POST", deletionPath, h.tellPage, h.confirmDeletion)
	}
	site.Handle("GET", web.AssetsPath, h.tellPage, h.assets.Serve)

	// The API.
	for _, e := range endpoints() {
		site.Handle("GET", apiRoot+e.path, tellProblem, h.api(e))
	}
	site.Handle("GET", apiRoot+"/openapi.json", tellProblem, h.serveSpec)
	site.Missing("/api/", tellProblem)

	// The old service's interface. A browser is given the page instead.
	old := func(method, path, field string, fn web.HandlerFunc) { site.Handle(method, path, tellOld(field), fn) }
	stat := page{name: "stat", title: "stat.title", bar: periodBar, fill: fillStat}
	site.Handle("GET", statPath, h.tellStat, h.serveStat(h.serve(stat), h.legacyStat))
	old("GET", "/standard", "kirjeid", h.legacyCount(event.SuccessfulAuth))
	old("GET", "/kirjeid", "kirjeid", h.legacyCount(""))
	old("GET", "/alates", "alates", h.legacySince)
	old("DELETE", "/kustuta", "kustutati", h.legacyDelete)

	monitor.Route(site, h.watched())
}

// tellStat tells a failure of the one address that is a page for people and an
// old endpoint for programs.
func (h *Handler) tellStat(w http.ResponseWriter, r *http.Request, f *web.Failure) {
	if web.WantsHTML(r) {
		h.tellPage(w, r, f)
		return
	}
	tellOld("kirjed")(w, r, f)
}
