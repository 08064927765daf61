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
	page := func(method, path string, fn handlerFunc) { site.Handle(method, path, h.tellPage, h.handle(fn)) }
	page("GET", "/{$}", h.overview)
	page("GET", clientsPath, h.allClients)
	page("GET", clientsPath+"/{id}", h.client)
	page("GET", methodsPath, h.methods)
	page("GET", dataPath, h.data)
	page("GET", "/abi", h.help)
	page("GET", apiPagePath, h.apiPage)
	page("GET", accessibilityPath, h.accessibility)
	if !h.noDeletion {
		page("GET", deletionPath, h.previewDeletion)
		page("POST", deletionPath, h.confirmDeletion)
	}
	site.Handle("GET", web.AssetsPath, h.tellPage, h.assets.Serve)

	// The API.
	for _, e := range endpoints() {
		site.Handle("GET", apiRoot+e.path, tellProblem, h.handle(h.api(e)))
	}
	site.Handle("GET", apiRoot+"/openapi.json", tellProblem, h.handle(h.serveSpec))
	site.Missing("/api/", tellProblem)

	// The old service's interface. A browser is given the page instead.
	old := func(method, path, field string, fn handlerFunc) {
		site.Handle(method, path, tellOld(field), h.handle(fn))
	}
	site.Handle("GET", "/stat", h.tellStat, h.handle(h.stat))
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
