package httpui_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/httpui/internal/api"
	"github.com/e-gov/tarastat/httpui/internal/uitest"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/syslogjson"
)

// checkPage holds a page to what every page must keep: no inline style or
// script, nothing from elsewhere, one first heading, labelled fields, ids that
// are unique, references that lead somewhere, and no text that is missing.
func checkPage(t *testing.T, url string, doc *node) {
	t.Helper()
	ids := map[string]bool{}
	for _, e := range doc.all("") {
		for _, a := range e.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s: <%s %s=%q>", url, e.Data, a.Key, a.Val)
			}
			if a.Key == "id" {
				if ids[a.Val] {
					t.Errorf("%s: two elements with id %q", url, a.Val)
				}
				ids[a.Val] = true
			}
			if a.Key == "src" || a.Key == "href" || a.Key == "action" {
				if !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") || strings.HasPrefix(a.Val, "//") {
					t.Errorf("%s: <%s %s=%q> leads elsewhere", url, e.Data, a.Key, a.Val)
				}
			}
		}
		switch e.Data {
		case "style":
			t.Errorf("%s: a style element", url)
		case "script":
			if e.attr("src") == "" || e.text() != "" {
				t.Errorf("%s: an inline script", url)
			}
		}
	}
	for _, e := range doc.all("") {
		for _, name := range []string{"for", "aria-labelledby", "aria-describedby"} {
			for id := range strings.FieldsSeq(e.attr(name)) {
				if !ids[id] {
					t.Errorf("%s: <%s %s=%q> names no element", url, e.Data, name, id)
				}
			}
		}
	}
	labelled := map[string]bool{}
	for _, l := range doc.all("label") {
		labelled[l.attr("for")] = true
	}
	for _, e := range slices.Concat(doc.all("input"), doc.all("select")) {
		if e.attr("type") != "hidden" && !labelled[e.attr("id")] {
			t.Errorf("%s: field %q has no label", url, e.attr("name"))
		}
	}
	if n := len(doc.all("h1")); n != 1 {
		t.Errorf("%s: %d first headings", url, n)
	}
	if first := doc.all("body a")[0]; first.attr("href") != "#main" || !ids["main"] {
		t.Errorf("%s: the first link does not skip to the content", url)
	}
	if text := doc.text(); strings.ContainsAny(text, "⟦⟧") || strings.Contains(text, "{0}") {
		t.Errorf("%s: a text is missing: %s", url, text)
	}
	if doc.one(t, "head title").text() == "" {
		t.Errorf("%s: no title", url)
	}
}

// fullOptions turns on everything that a page can show.
func fullOptions() httpui.Options {
	opts := options()
	opts.SyslogAddr, opts.Fingerprint = "stat.example:6514", "ab12"
	opts.Syslog = fakeSyslog{
		{Name: "tara-1", Active: 2, Messages: 12345, Rejected: 3, LastMessage: now.Add(-12e9), NotAfter: now.AddDate(0, 0, 5)},
		{Name: "tara-2"},
	}
	opts.Ingester = &fakeIngester{
		stats: ingest.Stats{
			Rejected: 3, ByClass: map[string]int64{"missing_time": 2, "wrong_type_bank": 1},
			Notes: map[string]int64{"unknown_method": 4},
		},
		samples: []ingest.Sample{{Class: "missing_time", Sender: "tara-1", Texts: []ingest.Text{{Masked: `{"clientId":"xxxx"}`, Time: now}}}},
	}
	return opts
}

// TestEveryPage walks from the front page over every link, in both languages
// and where the pages are mounted below a path, which no address leaves.
func TestEveryPage(t *testing.T) {
	for _, tt := range []struct{ prefix, lang string }{{"", "et"}, {"", "en"}, {"/a/stats", "et"}} {
		t.Run(tt.prefix+" "+tt.lang, func(t *testing.T) {
			opts := fullOptions()
			opts.Prefix = tt.prefix
			b := browse(t, httpui.New(spring(t), opts))
			b.lang = tt.lang
			seen := map[string]bool{}
			for queue := []string{tt.prefix + "/"}; len(queue) > 0; queue = queue[1:] {
				url := queue[0]
				w := b.get(url)
				if w.Code != http.StatusOK {
					t.Errorf("%s: status %d", url, w.Code)
				}
				checkHeaders(t, url, w.Header())
				if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
					continue
				}
				doc := parse(t, w.Body.String())
				checkPage(t, url, doc)
				if got := doc.one(t, "html").attr("lang"); got != tt.lang {
					t.Errorf("%s: language %q, want %q", url, got, tt.lang)
				}
				for _, e := range doc.all("") {
					link, _, _ := strings.Cut(e.attr("href")+e.attr("src")+e.attr("action"), "#")
					if link != "" && !strings.HasPrefix(link, tt.prefix+"/") {
						t.Errorf("%s: %s leaves the prefix", url, link)
					}
					if link == "" || strings.Contains(link, "lang=") || seen[link] || len(seen) > 100 {
						continue
					}
					seen[link] = true
					queue = append(queue, link)
				}
			}
			if len(seen) < 30 {
				t.Errorf("only %d addresses found", len(seen))
			}
		})
	}
}

func TestMounted(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	opts := options()
	opts.Prefix = "/stats/"
	opts.Hosts = []string{"*"}
	opts.User = func(r *http.Request) string { name, _, _ := r.BasicAuth(); return name }
	h := httpui.New(s, opts)
	b := browse(t, h)
	w := b.get("/stats/?from=2018-01-01&to=2018-01-31")
	is.Equal(w.Header().Get("Location"), "/stats/?p=2018-01-01/2018-01-31")
	w = b.get("/stats/abi?lang=en")
	is.Equal(w.Result().Cookies()[0].Path, "/stats/")
	doc, _ := b.page("/stats/abi")
	is.Equal(doc.one(t, "h1").text(), "Help") // the language is remembered
	is.True(strings.Contains(doc.text(), "GET /stats/standard?p="))
	is.Equal(b.get("/stats").Header().Get("Location"), "/stats/")
	is.Equal(b.get("/stats/kirjeid").Code, 200)
	is.Equal(b.get("/kirjeid").Code, 404)
	is.True(strings.Contains(b.get("/stats/api/v1/openapi.json").Body.String(), `"url": "/stats"`))
	is.Equal(uitest.Dig(uitest.Description(t, httpui.New(s, options())), "servers"), nil)

	for _, user := range []string{"mari", ""} {
		r := httptest.NewRequest(http.MethodDelete, "/stats/kustuta?p=2017-05", nil)
		r.SetBasicAuth(user, "")
		r.Host = "anything.example"
		is.Equal(b.do(r).Code, 200)
	}
	is.Equal(s.audit()[1].By+" "+s.audit()[0].By, "mari 192.0.2.1")

	defer func() { is.True(recover() != nil) }()
	httpui.New(s, httpui.Options{Prefix: "stats"})
}

func TestEmptyStoreAndBrokenStore(t *testing.T) {
	for name, s := range map[string]*fakeStore{
		"empty":  {},
		"broken": {fail: logbase.WithCode(logbase.CodeUnreachable, errSecret)},
	} {
		h := httpui.New(s, fullOptions())
		for _, lang := range []string{"et", "en"} {
			for _, path := range []string{"/", "/stat?p=", "/andmed", "/andmed/kustutamine?p=2018", "/abi", "/nowhere", "/?p=["} {
				b := browse(t, h)
				b.lang = lang
				doc, _ := b.page(path)
				checkPage(t, name+" "+path, doc)
			}
		}
	}
}

func TestStatusOfBrokenPages(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	s.fail = logbase.WithCode(logbase.CodeUnreachable, errSecret)
	h := httpui.New(s, options())
	for _, path := range []string{"/", "/stat", "/andmed/kustutamine?p=2018-03"} {
		w := browse(t, h).get(path)
		is.Equal(w.Code, 503)
		is.True(w.Header().Get("Retry-After") != "")
		is.True(len(parse(t, w.Body.String()).all("main .fault")) > 0)
	}
}

func TestFrontPage(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	doc, code := browse(t, httpui.New(s, options())).page("/")
	is.Equal(code, 200)
	want := func(p string, op event.Operation) int64 {
		period, err := aggregate.ParsePeriod(p, nil)
		is.NoErr(err)
		rows := aggregate.Count(s.events, aggregate.Query{Period: period, Filter: aggregate.Key{Operation: op}})
		return rows[0].Count
	}
	var tiles []string
	for _, v := range doc.all(".standard dd") {
		tiles = append(tiles, strings.ReplaceAll(v.text(), "\u00a0", ""))
	}
	is.Equal(tiles[:4], []string{
		itoa(want("2018-04-28", event.OpSuccess)), // today
		itoa(want("2018-04", event.OpSuccess)),    // this month
		itoa(int64(len(s.records()))),             // records
		"01.04.2017",                              // the oldest
	})
}

func TestStatPageEqualsTheOracle(t *testing.T) {
	s := spring(t)
	h := httpui.New(s, options())
	for _, text := range periods {
		p, err := aggregate.ParsePeriod(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := aggregate.Total(aggregate.Count(s.events, aggregate.Query{Period: p, By: aggregate.ByOperation}))
		doc, code := browse(t, h).page("/stat?p=" + escape(text))
		if code != http.StatusOK {
			t.Fatalf("%q: status %d", text, code)
		}
		for i, table := range doc.all("table") {
			var sum aggregate.Tally
			rows := table.table()
			for _, row := range rows[1:] {
				cells := row[len(row)-5:]
				tally := aggregate.Tally{Attempts: atoi(t, cells[0]), Successes: atoi(t, cells[1]), Failures: atoi(t, cells[2])}
				if tally.Events() != atoi(t, cells[4]) {
					t.Errorf("%q: row %q does not add up", text, row)
				}
				sum = sum.Plus(tally)
			}
			foot := rows[len(rows)-1]
			if got := atoi(t, foot[len(foot)-1]); 2*got != sum.Events() { // rows, and the total once more
				t.Errorf("%q: table %d: total %d, rows %d", text, i, got, sum.Events()-got)
			}
			if i < 3 && atoi(t, foot[len(foot)-1]) != want.Events() { // all, by client, by method
				t.Errorf("%q: table %d: total %s, want %d", text, i, foot[len(foot)-1], want.Events())
			}
		}
	}
}

func TestWrongPeriodStandsBesideTheField(t *testing.T) {
	is := is.New(t)
	h := httpui.New(spring(t), options())
	for _, path := range []string{"/", "/stat"} {
		doc, code := browse(t, h).page(path + "?p=2018-0%5B4-6")
		is.Equal(code, 400)
		field := doc.one(t, "#p")
		is.Equal(field.attr("value"), "2018-0[4-6") // as written
		is.Equal(field.attr("aria-invalid"), "true")
		is.True(strings.HasPrefix(doc.one(t, "#p-wrong").text(), "ERR-07 Vigane perioodi muster"))
		is.True(strings.HasSuffix(doc.one(t, "#p-wrong").text(), "Näidatud on aprill 2018 (30 päeva)."))
		is.Equal(doc.one(t, "#period").text(), "aprill 2018 (30 päeva)") // the rest stays
	}
}

func TestHostilePeriods(t *testing.T) {
	is := is.New(t)
	h := httpui.New(spring(t), options())
	for _, p := range []string{"(a+)+$", ".*", strings.Repeat("a", 201), "<script>alert(1)</script>", "9999-99", "\x00", "2018/", "((((((((((x{1,1000}){1,1000}"} {
		code := browse(t, h).get("/stat?p=" + escape(p)).Code
		is.True(code == 200 || code == 400)
	}
	is.Equal(browse(t, h).get("/stat?p[]=2018&p=2018").Code, 200)
}

func TestDatesBecomeAPeriod(t *testing.T) {
	h := httpui.New(spring(t), options())
	for url, want := range map[string]string{
		"/stat?from=2018-04-01&to=2018-04-03&method=idcard": "/stat?p=2018-04-01/2018-04-03&method=idcard",
		"/?from=2018-04-01&to=2018-04-01":                   "/?p=2018-04-01",
		"/?from=2018-04-01&to=":                             "/?p=2018-04-01",
	} {
		w := browse(t, h).get(url)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
			t.Errorf("%s: %d %s, want %s", url, w.Code, w.Header().Get("Location"), want)
		}
	}
}

func TestHostileNamesAreInert(t *testing.T) {
	s := &fakeStore{}
	for _, name := range hostile {
		s.Add(uitest.At(t, "2018-04-28T10:51", name, name, name, event.OpSuccess))
	}
	opts := fullOptions()
	var in fakeIngester
	var senders fakeSyslog
	in.stats.ByClass = make(map[string]int64)
	for _, name := range hostile {
		senders = append(senders, syslogjson.PeerStats{Name: name})
		in.samples = append(in.samples, ingest.Sample{Class: name, Sender: name, Texts: []ingest.Text{{Masked: name}}})
		in.stats.ByClass[name] = 1
	}
	opts.Ingester, opts.Syslog = &in, senders
	h := httpui.New(s, opts)
	for _, path := range []string{"/", "/stat?p=2018", "/andmed", "/stat?client=" + escape(hostile[0]) + "&method=" + escape(hostile[1])} {
		w := browse(t, h).get(path)
		doc := parse(t, w.Body.String())
		checkPage(t, path, doc)
		for _, tag := range []string{"img", "script", "iframe"} {
			if n := len(doc.all("main " + tag)); n > 0 {
				t.Errorf("%s: %d elements %s", path, n, tag)
			}
		}
	}
}

func TestNamesFromRightToLeftTurnNothingElse(t *testing.T) {
	is := is.New(t)
	b := browse(t, httpui.New(spring(t), options()))
	doc, _ := b.page("/meetodid?p=2018-04&client=" + escape("אבג 12"))
	is.Equal(doc.one(t, ".chips a").all("span")[0].text(), "Klientrakendus: \u2068אבג 12\u2069")
	doc, _ = b.page("/meetodid?p=2018-04&client=emta")
	is.Equal(doc.one(t, ".chips a").all("span")[0].text(), "Klientrakendus: emta")
}

// periods is one of every form of DESIGN.md section 5.
var periods = []string{
	"", "2018", "2018-04", "2018-04-28", "2018-04-28T10", "2018-Q2", "2018-W17", "2018-04-01/2018-06-30",
	"2018-0[4-6]", "T1[0]:", "^2017-12-3", "1999", "nothing like [i]t",
}

func TestDescribedParametersAreTheUsedOnes(t *testing.T) {
	is := is.New(t)
	doc, _ := browse(t, httpui.New(spring(t), options())).page("/")
	var fields []string
	for _, f := range slices.Concat(doc.all(".bar input"), doc.all(".bar select")) {
		if name := f.attr("name"); name != "from" && name != "to" {
			fields = append(fields, name)
		}
	}
	var described []string
	h := httpui.New(spring(t), options())
	for _, p := range uitest.Dig(uitest.Description(t, h), "paths", "/api/v1/series", "get", "parameters").([]any) {
		described = append(described, uitest.Dig(p, "name").(string))
	}
	for _, f := range fields {
		is.True(slices.Contains(described, f)) // pages and API ask in the same words
	}
}

func TestAPIPageListsEveryEndpoint(t *testing.T) {
	is := is.New(t)
	h := httpui.New(spring(t), options())
	doc, _ := browse(t, h).page("/abi/api")
	text := doc.text()
	for path := range uitest.Dig(uitest.Description(t, h), "paths").(map[string]any) {
		is.True(strings.Contains(text, "GET "+path))
	}
}

// TestDocumentedAddresses asks for every address of the package documentation:
// each is served by the method it stands beside, unless it was taken away.
func TestDocumentedAddresses(t *testing.T) {
	is := is.New(t)
	doc, err := os.ReadFile("doc.go")
	is.NoErr(err)
	table := regexp.MustCompile(`(?m)^//\t(GET|POST|DELETE) +(/\S*)`).FindAllStringSubmatch(string(doc), -1)
	is.Equal(len(table), 21)
	for _, old := range []bool{true, false} {
		o := options()
		o.NoDeletion, o.NoOldAddresses = old, old
		h := httpui.New(spring(t), o)
		for i, line := range table {
			method, path := line[1], line[2]
			w := browse(t, h).do(httptest.NewRequest(method, path, nil))
			switch {
			case old && (i >= len(table)-4 || strings.Contains(path, "kustuta")):
				is.Equal(w.Code, http.StatusNotFound) // taken away
			case path == "/static/":
				is.Equal(w.Code, http.StatusNotFound) // it lists nothing
			case method == http.MethodGet:
				is.Equal(w.Code, http.StatusOK)
			default:
				is.Equal(w.Code, http.StatusBadRequest) // nothing was confirmed, and there is no period
			}
		}
		for _, e := range api.Endpoints() {
			is.True(strings.Contains(string(doc), strings.TrimPrefix(e.Path, api.Root+"/")))
		}
		help, _ := browse(t, h).page("/abi")
		is.Equal(strings.Contains(help.text(), "/standard"), !old)
		r := httptest.NewRequest(http.MethodGet, "http://localhost/stat", nil)
		r.Header.Set("Accept", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		is.Equal(strings.HasPrefix(w.Body.String(), "{"), !old)
	}
}

func TestNoDeletion(t *testing.T) {
	is := is.New(t)
	o := options()
	o.NoDeletion = true
	h := httpui.New(spring(t), o)
	is.Equal(browse(t, h).do(httptest.NewRequest(http.MethodDelete, "/kustuta?p=2018-04", nil)).Code, 404)
	is.Equal(browse(t, h).get("/andmed/kustutamine").Code, 404)
	doc, _ := browse(t, h).page("/andmed")
	for _, a := range doc.all("a") {
		is.True(a.attr("href") != "/andmed/kustutamine") // nothing leads to deletion
	}
}
