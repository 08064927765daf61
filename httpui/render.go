package httpui

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/chart"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/logbase"
)

//go:embed templates
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// loadAssets reads what is embedded, which cannot fail.
func loadAssets(root web.Root) *web.Assets {
	content := map[string][]byte{"chart.css": []byte(chart.CSS())}
	entries, err := staticFiles.ReadDir("static")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		if content[e.Name()], err = staticFiles.ReadFile("static/" + e.Name()); err != nil {
			panic(err)
		}
	}
	return web.NewAssets(root, content)
}

// pages are the parsed pages by language and name. A page is the frame, the
// shared parts and one file of its own.
type pages map[logbase.Lang]map[string]*template.Template

// parsePages parses what is embedded, once. A template that does not parse is
// a mistake in the program, found by every test.
func parsePages(a *web.Assets, root web.Root, locales map[logbase.Lang]*locale.Locale) pages {
	files, err := fs.Glob(templateFiles, "templates/page_*.html")
	if err != nil {
		panic(err)
	}
	out := make(pages)
	for lang, l := range locales {
		out[lang] = make(map[string]*template.Template)
		shared := template.Must(template.New("frame.html").Funcs(functions(a, root, l)).
			ParseFS(templateFiles, "templates/frame.html", "templates/part_*.html"))
		for _, file := range files {
			name := strings.TrimSuffix(strings.TrimPrefix(path.Base(file), "page_"), ".html")
			t := template.Must(shared.Clone())
			out[lang][name] = template.Must(t.ParseFS(templateFiles, file))
		}
	}
	return out
}

// functions are what templates may call: words and forms of one language.
func functions(a *web.Assets, root web.Root, l *locale.Locale) template.FuncMap {
	return template.FuncMap{
		"t":        l.T,
		"int":      l.Int,
		"percent":  l.Percent,
		"day":      l.Day,
		"dateTime": l.DateTime,
		"reason":   l.Reason,
		"note":     func(name string) string { return noteText(l, name) },
		"lang":     l.Lang,
		"asset":    a.Href,
		"href":     root.Href,
	}
}

// frame is what every page has around its content.
type frame struct {
	Title   string
	Nav     []link
	Langs   []langLink
	A11yURL string
	Bar     *bar // nil on pages without figures
	Version string
	Bounds  string // of the data; "" when unknown
	Fault   *fault // why the bounds are unknown
	Down    *down  // in the place of the content, when the log base answered nothing
	Refresh int    // seconds after which a running period is asked for anew
	Page    any
}

// refreshSeconds is how often a page of a running period is refreshed.
const refreshSeconds = 30

// down says that the log base is away, once for the whole page.
type down struct {
	Fault    *fault
	RetryURL string
}

// langLink switches the language and stays on the page.
type langLink struct {
	Lang      logbase.Lang
	Text, URL string
	Current   bool
}

// page is one page to be written.
type page struct {
	name   string // of its template
	title  string // in the language of the request
	status int    // 0: 200, or 503 when the log base answered nothing
	view   view
	bar    bool // shows the period bar
	plain  bool // its bar chooses a period only: nothing is divided or compared
	secret bool // must not be kept by anybody
	alone  bool // has content that does not come from the log base
	bare   bool // asks nothing of the log base, which may be what failed
	scope  *scope
	grids  []*grid // that can be loaded as files
	data   any
}

// render writes a page in its frame.
func (r *request) render(w http.ResponseWriter, p *page) error {
	for _, g := range p.grids {
		r.files(&p.view, p.scope, g)
	}
	if written, err := r.writeFile(w, &p.view, p.grids); written || err != nil {
		return err
	}
	var bounds logbase.Bounds
	var err error
	if !p.bare {
		bounds, err = r.bounds()
	}
	f := frame{
		Title:   p.title,
		Nav:     r.nav(&p.view),
		Langs:   r.langLinks(&p.view),
		A11yURL: p.view.link(accessibilityPath),
		Version: r.h.version,
		Bounds:  r.text.Bounds(bounds),
		Refresh: refreshSeconds,
		Page:    p.data,
	}
	if err != nil {
		f.Fault = r.fault(err)
	}
	if r.asked.allFailed() && p.status == 0 && !p.alone && r.first != nil {
		f.Down = &down{r.first, p.view.here()}
	}
	if p.bar {
		f.Bar = r.bar(&p.view, bounds, p.plain)
		if p.scope != nil {
			f.Bar.Compared = r.comparedText(&p.view, p.scope)
		}
	}
	if p.status == 0 {
		p.status = r.status()
		if p.bar && p.view.periodErr != nil {
			p.status = http.StatusBadRequest
		}
	}
	var buf bytes.Buffer
	if err := r.h.pages[r.lang][p.name].ExecuteTemplate(&buf, "frame.html", &f); err != nil {
		return err
	}
	r.h.root.RememberLanguage(w, r.Request)
	head := w.Header()
	web.SetStatusHeaders(head, p.status)
	head.Add("Vary", "Accept, Accept-Language, Cookie")
	head.Set("Content-Language", string(r.lang))
	if p.secret {
		head.Set("Cache-Control", "no-store")
	}
	web.Send(w, r.Request, p.status, "text/html; charset=utf-8", buf.Bytes())
	return nil
}

// nav is the main menu. It keeps period and filters from page to page.
func (r *request) nav(v *view) []link {
	items := []struct{ key, path string }{
		{"nav.overview", "/"},
		{"nav.clients", clientsPath},
		{"nav.methods", methodsPath},
		{"nav.stat", "/stat"},
		{"nav.data", "/andmed"},
		{"nav.help", "/abi"},
	}
	links := make([]link, len(items))
	for i, it := range items {
		path := v.root.Href(it.path)
		under := it.path != "/" && strings.HasPrefix(v.path, path+"/")
		links[i] = link{r.text.T(it.key), v.link(it.path), v.path == path || under}
	}
	return links
}

func (r *request) langLinks(v *view) []langLink {
	var links []langLink
	for _, l := range []struct {
		lang logbase.Lang
		key  string
	}{{logbase.Estonian, "lang.et"}, {logbase.English, "lang.en"}} {
		links = append(links, langLink{l.lang, r.text.T(l.key), v.here(param{"lang", string(l.lang)}), l.lang == r.lang})
	}
	return links
}

// tellPage shows a failure in the frame of every other page.
func (h *Handler) tellPage(w http.ResponseWriter, hr *http.Request, f *web.Failure) {
	r := h.request(hr)
	data := failureData{Status: f.Status}
	if f.Code != 0 {
		data.Fault = &fault{f.Code.String(), f.Code.Text(r.lang), f.Code.Advice(r.lang)}
	}
	switch f.Status {
	case http.StatusNotFound:
		data.Title, data.Hint = r.text.T("state.notFound"), r.text.T("state.notFoundHint")
	case http.StatusForbidden:
		data.Title, data.Hint = r.text.T("state.forbidden"), r.text.T("state.forbiddenHint")
	case http.StatusMethodNotAllowed:
		data.Title = r.text.T("state.methodNotAllowed")
	case http.StatusServiceUnavailable:
		data.Title = r.text.T("state.storeDown")
	case http.StatusInternalServerError:
		data.Title, data.Hint = r.text.T("error.internal"), r.text.T("error.internalHint")
	default:
		data.Title = r.text.T("state.badRequest")
	}
	v := view{root: h.root, path: hr.URL.EscapedPath(), period: aggregate.Of(aggregate.Month, r.now, h.loc), comparison: aggregate.PreviousPeriod}
	err := r.render(w, &page{name: "failure", title: data.Title, status: f.Status, view: v, bare: true, data: data})
	if err != nil {
		h.log.Error("failure page", "err", err)
		web.TellLine(w, hr, f)
	}
}

type failureData struct {
	Status      int
	Title, Hint string
	Fault       *fault
}
