package httpui

import (
	"net/http"

	"github.com/e-gov/tarastat/event"
)

// routes is every address that is answered.
func (h *Handler) routes() *http.ServeMux {
	m := http.NewServeMux()
	route := func(pattern string, fn handlerFunc) { m.Handle(pattern, h.handle(fn)) }

	// Pages.
	route("GET /{$}", h.overview)
	route("GET "+clientsPath, h.allClients)
	route("GET "+clientsPath+"/{id}", h.client)
	route("GET "+methodsPath, h.methods)
	route("GET /stat", h.stat)
	route("GET /andmed", h.data)
	route("GET /abi", h.help)
	route("GET "+apiPagePath, h.apiPage)
	route("GET "+accessibilityPath, h.accessibility)
	if !h.noDeletion {
		route("GET /andmed/kustutamine", h.previewDeletion)
		route("POST /andmed/kustutamine", h.confirmDeletion)
	}
	route("GET /static/", h.serveAsset)

	// The API.
	for _, e := range endpoints() {
		route("GET "+apiRoot+e.path, h.api(e))
	}
	route("GET "+apiRoot+"/openapi.json", h.serveSpec)

	// The old service's interface.
	route("GET /standard", h.legacyCount(event.SuccessfulAuth))
	route("GET /kirjeid", h.legacyCount(""))
	route("GET /alates", h.legacySince)
	route("DELETE /kustuta", h.legacyDelete)

	// Monitoring.
	route("GET /status", h.serveStatus)
	route("GET /live", h.serveLive)
	route("GET /metrics", h.serveMetrics)
	route("GET /heartbeat.json", h.serveHeartbeat)
	return m
}

// dispatch finds the route. What the mux itself would answer, such as 404 and
// 405, is given our own form with the same status.
func (h *Handler) dispatch(w http.ResponseWriter, r *http.Request) {
	handler, pattern := h.mux.Handler(r)
	if pattern != "" {
		h.mux.ServeHTTP(w, r)
		return
	}
	answer := &statusOnly{header: make(http.Header)}
	handler.ServeHTTP(answer, r)
	if allow := answer.header.Get("Allow"); allow != "" {
		w.Header().Set("Allow", allow)
	}
	h.answerFailure(w, r, fail(answer.status, 0, nil))
}

// statusOnly takes an answer and keeps its status and header.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
