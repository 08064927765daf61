package web_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/logbase"
)

// site is one with a route that reads the body and tells the language.
func site(opts web.Options) *web.Site {
	opts.Timeout = time.Minute
	opts.Logger = slog.New(slog.DiscardHandler)
	s := web.NewSite(opts, web.TellLine)
	text := func(w http.ResponseWriter, r *http.Request) error {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return err
		}
		opts.Root.RememberLanguage(w, r)
		web.Send(w, r, http.StatusOK, "text/plain", []byte(string(web.Language(r))+strings.Repeat(".", 2000)))
		return nil
	}
	s.Handle("GET", "/text", web.TellLine, text)
	s.Handle("POST", "/text", web.TellLine, text)
	s.Handle("GET", "/panic", func(http.ResponseWriter, *http.Request, *web.Failure) { panic("again") },
		func(http.ResponseWriter, *http.Request) error { panic("at first") })
	return s
}

// request is one of localhost with headers, each written "Name: value".
func request(method, url, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	r.Host = "localhost:8443"
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	return r
}

func do(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHosts(t *testing.T) {
	tests := []struct {
		hosts []string
		host  string
		want  int
	}{
		{nil, "localhost", 200},
		{nil, "LOCALHOST.:8443", 200},
		{nil, "127.0.0.1:8443", 200},
		{nil, "127.1.2.3", 200},
		{nil, "[::1]:8443", 200},
		{nil, "[::ffff:127.0.0.1]", 200},
		{nil, "10.0.0.1", 421},
		{nil, "localhost.evil.example", 421},
		{nil, "", 421},
		{[]string{"Stat.example", "10.0.0.1"}, "stat.example:8443", 200},
		{[]string{"stat.example", "10.0.0.1"}, "10.0.0.1:8443", 200},
		{[]string{"stat.example"}, "localhost", 421},
		{[]string{"stat.example"}, "a.stat.example", 421},
		{[]string{"fe80::1"}, "[FE80::1]:443", 200},
		{[]string{"*"}, "anything.example", 200},
	}
	for _, tt := range tests {
		r := request("GET", "/text", "")
		r.Host = tt.host
		if w := do(site(web.Options{Hosts: tt.hosts}), r); w.Code != tt.want {
			t.Errorf("hosts %q, host %q: status %d, want %d", tt.hosts, tt.host, w.Code, tt.want)
		}
	}
}

func TestRequestLimits(t *testing.T) {
	is := is.New(t)
	s := site(web.Options{})
	is.Equal(do(s, request("GET", "/text?p="+strings.Repeat("1", web.MaxURLBytes), "")).Code, 414)
	is.Equal(do(s, request("GET", "/text", "", "X-Filler: "+strings.Repeat("x", web.MaxHeaderBytes))).Code, 431)
	is.Equal(do(s, request("POST", "/text", strings.Repeat("1", web.MaxBodyBytes))).Code, 200)
	is.Equal(do(s, request("POST", "/text", strings.Repeat("1", web.MaxBodyBytes+1))).Code, 413)
	is.Equal(s.Answered(4), int64(3))
}

func TestRoutes(t *testing.T) {
	for _, root := range []web.Root{"", "/stats", "/a/b.c"} {
		is := is.New(t)
		s := site(web.Options{Root: root})
		is.Equal(do(s, request("GET", root.Href("/text"), "")).Code, 200)
		w := do(s, request("PUT", root.Href("/text"), ""))
		is.Equal(w.Code, 405)
		is.Equal(w.Header().Get("Allow"), "GET, HEAD, POST")
		is.Equal(do(s, request("PUT", root.Href("/text"), "", "Sec-Fetch-Site: cross-site")).Code, 403)
		is.Equal(do(s, request("GET", root.Href("/nowhere"), "")).Code, 404)
		is.Equal(do(s, request("GET", "/elsewhere", "")).Code, 404)
		is.Equal(do(s, request("GET", root.Href("//text"), "")).Header().Get("Location"), root.Href("/text"))
		is.Equal(do(s, request("GET", root.Href("/panic"), "")).Code, 500) // though telling it panics too
	}
}

func TestRoots(t *testing.T) {
	for text, want := range map[string]web.Root{"": "", "/": "", "/stats": "/stats", "/stats/": "/stats", "/a-b/c_d~1.": "/a-b/c_d~1."} {
		if got, err := web.ParseRoot(text); err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"stats", "//stats", "/a//b", "/a/../b", "/a b", "/a?b", "/a#b", "/{a}", "/ö", "https://a.example/b"} {
		if got, err := web.ParseRoot(text); err == nil {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestLanguage(t *testing.T) {
	tests := []struct{ path, cookie, accept, want string }{
		{"/text", "", "", "et"},
		{"/text", "", "en-GB,en;q=0.9", "en"},
		{"/text", "", "de,en;q=0.5,et;q=0.8", "et"},
		{"/text", "", "en;q=0", "et"},
		{"/text", "", "ru", "et"},
		{"/text", "", "en;q=x", "et"},
		{"/text", "en", "et", "en"},
		{"/text", "fr", "en", "en"},
		{"/text?lang=et", "en", "en", "et"},
		{"/text?lang=fr", "en", "et", "en"},
	}
	for _, tt := range tests {
		r := request("GET", tt.path, "", "Accept-Language: "+tt.accept)
		if tt.cookie != "" {
			r.AddCookie(&http.Cookie{Name: "tarastat_lang", Value: tt.cookie})
		}
		if got := do(site(web.Options{}), r).Body.String()[:2]; got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}

func TestLanguageIsRemembered(t *testing.T) {
	is := is.New(t)
	for _, root := range []web.Root{"", "/stats"} {
		s := site(web.Options{Root: root})
		c := do(s, request("GET", root.Href("/text?lang=en"), "")).Result().Cookies()[0]
		is.Equal(c.Value, "en")
		is.Equal(c.Path, root.Href("/"))
		is.True(c.Secure && c.HttpOnly)
		is.Equal(len(do(s, request("GET", root.Href("/text"), "")).Result().Cookies()), 0) // set once, when chosen
	}
}

func TestConditionalRequests(t *testing.T) {
	is := is.New(t)
	s := site(web.Options{})
	w := do(s, request("GET", "/text", ""))
	tag := w.Header().Get("ETag")
	is.True(tag != "")
	is.Equal(w.Header().Get("Cache-Control"), "private, no-cache")
	w = do(s, request("GET", "/text", "", `If-None-Match: "other", `+tag))
	is.Equal(w.Code, 304)
	is.Equal(w.Body.Len(), 0)
	w = do(s, request("GET", "/text", "", "Accept-Encoding: br, gzip"))
	is.Equal(w.Header().Get("Content-Encoding"), "gzip")
	is.Equal(w.Header().Get("Content-Length"), fmt.Sprint(w.Body.Len()))
	is.Equal(w.Header().Get("ETag"), tag)
	w = do(s, request("HEAD", "/text", "", "Accept-Encoding: gzip;q=0"))
	is.Equal(w.Header().Get("Content-Encoding"), "")
	is.Equal(w.Header().Get("Content-Length"), "2002")
	is.Equal(w.Body.Len(), 0)
}

func TestWantsHTML(t *testing.T) {
	for accept, want := range map[string]bool{
		"":                                      false,
		"*/*":                                   false,
		"application/json":                      false,
		"text/html,application/xml;q=0.9,*/*":   true,
		"application/json,text/html;q=0.9":      false,
		"application/json;q=0.9,Text/HTML":      true,
		"text/html;q=0":                         false,
		"application/xhtml+xml, application/js": true,
	} {
		if got := web.WantsHTML(request("GET", "/", "", "Accept: "+accept)); got != want {
			t.Errorf("%s: %v", accept, got)
		}
	}
}

func TestFailures(t *testing.T) {
	tests := []struct {
		err    error
		status int
		line   string
	}{
		{errors.New("x"), 500, "Internal Server Error"},
		{logbase.WithCode(logbase.CodeReadFailed, errors.New("x")), 503, "ERR-02: Viga logibaasist lugemisel"},
		{logbase.WithCode(logbase.CodeBadPeriod, errors.New("x")), 400, "ERR-07: Vigane perioodi muster"},
		{fmt.Errorf("y: %w", web.Fail(404, 0, nil)), 404, "Not Found"},
	}
	for _, tt := range tests {
		f := web.FailureOf(tt.err)
		if f.Status != tt.status || f.Line() != tt.line {
			t.Errorf("%v: %d %s", tt.err, f.Status, f.Line())
		}
	}
}
