package httpui_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/httpui"
)

func TestLanguage(t *testing.T) {
	h := httpui.New(&fakeStore{}, options())
	tests := []struct{ path, cookie, accept, want string }{
		{"/", "", "", "et"},
		{"/", "", "en-GB,en;q=0.9", "en"},
		{"/", "", "de,en;q=0.5,et;q=0.8", "et"},
		{"/", "", "en;q=0", "et"},
		{"/", "", "ru", "et"},
		{"/", "", "en;q=x", "et"},
		{"/", "en", "et", "en"},
		{"/", "fr", "en", "en"},
		{"/?lang=et", "en", "en", "et"},
		{"/?lang=fr", "en", "et", "en"},
	}
	for _, tt := range tests {
		b := browse(t, h)
		b.lang = tt.accept
		if tt.cookie != "" {
			b.cookies["lang"] = tt.cookie
		}
		doc, _ := b.page(tt.path)
		if got := doc.one(t, "html").attr("lang"); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}

func TestLanguageIsRemembered(t *testing.T) {
	is := is.New(t)
	b := browse(t, httpui.New(&fakeStore{}, options()))
	w := b.get("/stat?p=2018&lang=en")
	c := w.Result().Cookies()[0]
	is.True(c.Secure && c.HttpOnly)
	doc, _ := b.page("/abi")
	is.Equal(doc.one(t, "h1").text(), "Help")
	is.Equal(len(b.get("/abi").Result().Cookies()), 0) // set once, when chosen
}

func TestConditionalRequests(t *testing.T) {
	is := is.New(t)
	b := browse(t, httpui.New(&fakeStore{}, options()))
	tag := b.get("/abi").Header().Get("ETag")
	is.True(tag != "")
	r := newRequest("/abi")
	r.Header.Set("If-None-Match", `"other", `+tag)
	w := b.do(r)
	is.Equal(w.Code, 304)
	is.Equal(w.Body.Len(), 0)
	r = newRequest("/abi")
	r.Header.Set("Accept-Encoding", "br, gzip")
	w = b.do(r)
	is.Equal(w.Header().Get("Content-Encoding"), "gzip")
	r = newRequest("/abi")
	r.Header.Set("Accept-Encoding", "gzip;q=0")
	is.Equal(b.do(r).Header().Get("Content-Encoding"), "")
}
