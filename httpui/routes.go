package httpui

import (
	"net/http"
	"time"

	"github.com/e-gov/tarastat/httpui/internal/api"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/httpui/internal/monitor"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/report"
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
	if !h.opts.NoDeletion {
		serve(deletionPath, deletionPage())
		site.Handle("POST", deletionPath, h.tellPage, h.confirmDeletion)
	}
	site.Handle("GET", web.AssetsPath, h.tellPage, h.assets.Serve)

	programs := api.Route(site, h.programs())
	stat := h.serve(page{name: "stat", title: "stat.title", bar: periodBar, fill: fillStat})
	site.Handle("GET", statPath, func(w http.ResponseWriter, r *http.Request, f *web.Failure) {
		if h.opts.NoOldAddresses || web.WantsHTML(r) {
			h.tellPage(w, r, f)
			return
		}
		api.TellStat(w, r, f)
	}, func(w http.ResponseWriter, r *http.Request) error {
		if h.opts.NoOldAddresses || web.WantsHTML(r) || r.URL.Query().Has(paramFormat) {
			return stat(w, r)
		}
		return programs.Stat(w, r)
	})

	monitor.Route(site, h.watched())
}

// programs is what the API answers from.
func (h *Handler) programs() api.Options {
	opts := api.Options{
		Source:  source{h},
		Now:     func() time.Time { return h.opts.Now().In(h.zone) },
		Locales: h.locales,
		Names:   func(l *locale.Locale) report.Names { return names{l, h.opts.Catalogue} },
		Root:    h.root,
		Version: h.opts.Version,
		NoOld:   h.opts.NoOldAddresses,
	}
	if !h.opts.NoDeletion {
		opts.Delete = h.deleteAll
	}
	return opts
}
