package httpui

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/e-gov/tarastat/httpui/internal/address"
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

// templates are the parsed pages by language and name. A page is the frame, the
// shared parts and one file of its own.
type templates map[logbase.Lang]map[string]*template.Template

// parseTemplates parses what is embedded, once. A template that does not parse
// is a mistake in the program, found by every test.
func parseTemplates(a *web.Assets, root web.Root, locales map[logbase.Lang]*locale.Locale) templates {
	files, err := fs.Glob(templateFiles, "templates/page_*.html")
	if err != nil {
		panic(err)
	}
	out := make(templates)
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
		"t":      l.T,
		"int":    l.Int,
		"reason": l.Reason,
		"note":   func(name string) string { return noteText(l, name) },
		"lang":   l.Lang,
		"asset":  a.Href,
		"href":   root.Href,
	}
}

// page is one page of the site.
type page struct {
	name  string // of its template
	title string // key in the catalogue
	bar   barKind
	alone bool // has content that does not come from the log base
	fresh bool // nobody may keep it

	// fill makes what the template shows. A page with a bar has its report.
	fill func(v *visit) (content, error)
}

// barKind says which period bar a page has.
type barKind uint8

const (
	noBar      barKind = iota // the page shows no figures
	periodBar                 // nothing is divided or compared
	compareBar                // with steps and comparisons
)

// content is what a page shows.
type content struct {
	title   string   // in words; "" for that of the page
	status  int      // 0: 200, or 503 when the log base answered nothing
	data    any      // of the template
	widgets []widget // whose tables can be loaded as files
}

// serve answers with a page.
func (h *Handler) serve(p page) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := h.visit(r)
		if to, ok := v.view.Dates(); ok && p.bar != noBar {
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, to, http.StatusSeeOther)
			return nil
		}
		v.open(p.bar == compareBar)
		c, err := p.fill(v)
		if err != nil {
			return err
		}
		return v.render(w, p, c)
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

// render writes a page in its frame, or one of its tables as a file.
func (v *visit) render(w http.ResponseWriter, p page, c content) error {
	var grids []*grid
	for _, part := range c.widgets {
		if part.Grid != nil {
			grids = append(grids, part.Grid)
		}
	}
	v.files(p.bar == compareBar, grids)
	if written, err := v.writeFile(w, grids); written || err != nil {
		return err
	}
	f := frame{
		Title:   c.title,
		Nav:     v.nav(),
		Langs:   v.langs(),
		A11yURL: v.view.Link(accessibilityPath),
		Version: v.h.opts.Version,
		Bounds:  v.text.Bounds(v.report.Bounds),
		Refresh: refreshSeconds,
		Page:    c.data,
	}
	if f.Title == "" {
		f.Title = v.text.T(p.title)
	}
	if v.report.BoundsErr != nil {
		f.Fault = v.told(v.report.BoundsErr)
	}
	if p.bar != noBar {
		f.Bar = v.bar(p.bar == compareBar)
	}
	status := c.status
	if status == 0 {
		status = http.StatusOK
		if v.down() {
			status = http.StatusServiceUnavailable
		}
		if v.down() && !p.alone {
			f.Down = &down{v.first, v.view.Here()}
		}
		if p.bar != noBar && v.view.PeriodErr != nil {
			status = http.StatusBadRequest
		}
	}
	var buf bytes.Buffer
	if err := v.h.templates[v.text.Lang()][p.name].ExecuteTemplate(&buf, "frame.html", &f); err != nil {
		return err
	}
	v.h.root.RememberLanguage(w, v.Request)
	head := w.Header()
	web.SetStatusHeaders(head, status)
	head.Add("Vary", "Accept, Accept-Language, Cookie")
	head.Set("Content-Language", string(v.text.Lang()))
	if p.fresh {
		head.Set("Cache-Control", "no-store")
	}
	web.Send(w, v.Request, status, "text/html; charset=utf-8", buf.Bytes())
	return nil
}

// nav is the main menu. It keeps period and filters from page to page.
func (v *visit) nav() []link {
	var links []link
	for _, it := range []struct{ key, path string }{
		{"nav.overview", "/"},
		{"nav.clients", clientsPath},
		{"nav.methods", methodsPath},
		{"nav.stat", statPath},
		{"nav.data", dataPath},
		{"nav.help", helpPath},
	} {
		path := v.h.root.Href(it.path)
		under := it.path != "/" && strings.HasPrefix(v.view.Path, path+"/")
		links = append(links, link{v.text.T(it.key), v.view.Link(it.path), v.view.Path == path || under})
	}
	return links
}

func (v *visit) langs() []langLink {
	var links []langLink
	for _, l := range []struct {
		lang logbase.Lang
		key  string
	}{{logbase.Estonian, "lang.et"}, {logbase.English, "lang.en"}} {
		url := v.view.Here(address.Set("lang", string(l.lang)))
		links = append(links, langLink{l.lang, v.text.T(l.key), url, l.lang == v.text.Lang()})
	}
	return links
}

// failureData is the page that tells of a failure.
type failureData struct {
	Status int
	Hint   string
	Fault  *fault
}

// tellPage shows a failure in the frame of every other page.
func (h *Handler) tellPage(w http.ResponseWriter, r *http.Request, f *web.Failure) {
	v := h.visit(r)
	v.view = address.Default(h.root, r.URL.EscapedPath(), v.now)
	data := failureData{Status: f.Status}
	if f.Code != 0 {
		data.Fault = faultOf(f.Code, v.text.Lang())
	}
	title, hint := "state.badRequest", ""
	switch f.Status {
	case http.StatusNotFound:
		title, hint = "state.notFound", "state.notFoundHint"
	case http.StatusForbidden:
		title, hint = "state.forbidden", "state.forbiddenHint"
	case http.StatusMethodNotAllowed:
		title = "state.methodNotAllowed"
	case http.StatusServiceUnavailable:
		title = "state.storeDown"
	case http.StatusInternalServerError:
		title, hint = "error.internal", "error.internalHint"
	}
	if hint != "" {
		data.Hint = v.text.T(hint)
	}
	err := v.render(w, page{name: "failure", title: title}, content{status: f.Status, data: data})
	if err != nil {
		h.opts.Logger.Error("failure page", "err", err)
		http.Error(w, http.StatusText(f.Status), f.Status)
	}
}
