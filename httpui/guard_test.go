package httpui_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/logbase"
)

// errSecret is a cause that nobody outside may see.
var errSecret = errors.New("mongodb://rakendus:changeit@10.0.0.1")

// routes is one request for every route, and some for none.
var routes = []struct {
	method, path string
	code         int
}{
	{"GET", "/", 200},
	{"GET", "/stat?p=2018", 200},
	{"GET", "/andmed", 200},
	{"GET", "/andmed/kustutamine", 200},
	{"GET", "/andmed/kustutamine?p=2018-03", 200},
	{"POST", "/andmed/kustutamine", 400},
	{"GET", "/abi", 200},
	{"GET", "/standard?p=2018", 200},
	{"GET", "/kirjeid", 200},
	{"GET", "/alates", 200},
	{"DELETE", "/kustuta", 400},
	{"GET", "/status", 200},
	{"GET", "/live", 200},
	{"GET", "/metrics", 200},
	{"GET", "/heartbeat.json", 200},
	{"HEAD", "/", 200},
	{"GET", "/nowhere", 404},
	{"GET", "/static/style.css", 404},
	{"POST", "/stat", 405},
	{"GET", "/kustuta?p=2018", 405},
	{"GET", "/?p=[", 400},
}

func checkHeaders(t *testing.T, what string, h http.Header) {
	t.Helper()
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
			"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	}
	for name, value := range want {
		if got := h.Values(name); len(got) != 1 || got[0] != value {
			t.Errorf("%s: %s is %q", what, name, got)
		}
	}
	if h.Get("Cache-Control") == "" {
		t.Errorf("%s: no Cache-Control", what)
	}
}

func TestEveryRouteIsGuarded(t *testing.T) {
	h := httpui.New(spring(t), options())
	for _, rt := range routes {
		what := rt.method + " " + rt.path
		b := browse(t, h)
		w := b.do(httptest.NewRequest(rt.method, rt.path, nil))
		if w.Code != rt.code {
			t.Errorf("%s: status %d, want %d", what, w.Code, rt.code)
		}
		checkHeaders(t, what, w.Header())
		if w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: open to other sites", what)
		}

		r := httptest.NewRequest(rt.method, rt.path, nil)
		r.Host = "evil.example"
		if w = b.do(r); w.Code != http.StatusMisdirectedRequest {
			t.Errorf("%s: status %d for a host that is not ours", what, w.Code)
		}
		checkHeaders(t, what, w.Header())

		if rt.method == http.MethodGet || rt.method == http.MethodHead {
			continue
		}
		for _, header := range [][2]string{
			{"Sec-Fetch-Site", "cross-site"},
			{"Sec-Fetch-Site", "same-site"},
			{"Origin", "https://evil.example"}, // a browser without Sec-Fetch
			{"Origin", "null"},
		} {
			r := httptest.NewRequest(rt.method, rt.path, nil)
			r.Header.Set(header[0], header[1])
			if w := b.do(r); w.Code != http.StatusForbidden {
				t.Errorf("%s with %s: %s: status %d", what, header[0], header[1], w.Code)
			}
		}
	}
}

func TestForgedDeletionsDeleteNothing(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	h := httpui.New(s, options())
	before := len(s.records())
	for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		r := httptest.NewRequest(http.MethodDelete, "/kustuta?p=2018-04", nil)
		r.Header.Set(header[0], header[1])
		w := browse(t, h).do(r)
		is.Equal(w.Code, 403)
		is.True(strings.HasPrefix(w.Body.String(), `{"err":"ERR-06`))
	}
	is.Equal(browse(t, h).get("/kustuta?p=2018-04").Code, 405) // an image or a link
	is.Equal(len(s.records()), before)
}

func TestFormsAreLimited(t *testing.T) {
	is := is.New(t)
	w := browse(t, httpui.New(spring(t), options())).post("/andmed/kustutamine", "p="+strings.Repeat("1", 16<<10))
	is.Equal(w.Code, 413)
}

func TestPanicIsNotShown(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	s.wait = func(context.Context, aggregate.Query) error { panic(errSecret) }
	h := httpui.New(s, options())
	for _, path := range []string{"/", "/stat", "/kirjeid"} {
		w := browse(t, h).get(path)
		is.Equal(w.Code, 500)
		checkHeaders(t, path, w.Header())
		for _, secret := range []string{"changeit", "goroutine", ".go:"} {
			is.True(!strings.Contains(w.Body.String(), secret))
		}
	}
	s.wait = nil
	is.Equal(browse(t, h).get("/").Code, 200) // no slot was lost
}

func TestCausesAreNotShown(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	s.fail = logbase.WithCode(logbase.CodeReadFailed, errSecret)
	h := httpui.New(s, options())
	for _, path := range []string{"/", "/stat", "/andmed", "/andmed/kustutamine?p=2018-03", "/kirjeid"} {
		w := browse(t, h).get(path)
		is.True(strings.Contains(w.Body.String(), "ERR-02"))
		is.True(!strings.Contains(w.Body.String(), "changeit"))
	}
}

func TestQueriesAreLimited(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	s.wait = func(ctx context.Context, _ aggregate.Query) error {
		<-ctx.Done() // a log base that hangs until told to stop
		return ctx.Err()
	}
	opts := options()
	opts.MaxQueries = 1
	opts.QueryTimeout = 1 // nanosecond: there is nothing to wait for
	w := browse(t, httpui.New(s, opts)).get("/stat")
	is.Equal(w.Code, 503)
	is.True(w.Header().Get("Retry-After") != "")
	doc := parse(t, w.Body.String())
	is.Equal(doc.one(t, "main .fault strong").text(), "ERR-02")
	is.Equal(doc.one(t, "h1").text(), "Koondtabel") // the frame stands
}
