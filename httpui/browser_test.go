package httpui_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// browser asks h as a browser does, and remembers cookies.
type browser struct {
	t       testing.TB
	h       http.Handler
	cookies map[string]string
	lang    string // Accept-Language
}

func browse(t testing.TB, h http.Handler) *browser {
	t.Helper()
	return &browser{t: t, h: h, cookies: map[string]string{}}
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	b.t.Helper()
	if r.Host == "example.com" { // httptest's own
		r.Host = "localhost:8443"
	}
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	}
	if b.lang != "" {
		r.Header.Set("Accept-Language", b.lang)
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c.Value
	}
	return w
}

func (b *browser) get(url string) *httptest.ResponseRecorder {
	b.t.Helper()
	url, _, _ = strings.Cut(url, "#") // which a browser keeps to itself
	return b.do(httptest.NewRequest(http.MethodGet, url, nil))
}

// page gets a page and parses it.
func (b *browser) page(url string) (*node, int) {
	b.t.Helper()
	w := b.get(url)
	return parse(b.t, w.Body.String()), w.Code
}

// post sends a form from a page of the same site.
func (b *browser) post(url, form string) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, url, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// node is an element of a parsed page.
type node struct{ *html.Node }

func parse(t testing.TB, body string) *node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return &node{n}
}

func (n *node) attr(name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// all returns the elements that match a selector of the forms "tag", "#id",
// ".class" and "tag.class", each level of which a space separates.
func (n *node) all(selector string) []*node {
	level, rest, deeper := strings.Cut(selector, " ")
	var found []*node
	for d := range n.Descendants() {
		e := &node{d}
		if d.Type != html.ElementNode || !e.matches(level) {
			continue
		}
		if deeper {
			found = append(found, e.all(rest)...)
		} else {
			found = append(found, e)
		}
	}
	return found
}

func (n *node) matches(simple string) bool {
	if id, ok := strings.CutPrefix(simple, "#"); ok {
		return n.attr("id") == id
	}
	tag, class, _ := strings.Cut(simple, ".")
	if tag != "" && n.Data != tag {
		return false
	}
	if class == "" {
		return true
	}
	return slices.Contains(strings.Fields(n.attr("class")), class)
}

// one returns the only match.
func (n *node) one(t testing.TB, selector string) *node {
	t.Helper()
	found := n.all(selector)
	if len(found) != 1 {
		t.Fatalf("%d elements match %q, want 1", len(found), selector)
	}
	return found[0]
}

// text is what a reader sees, with single spaces.
func (n *node) text() string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
			b.WriteByte(' ')
		}
	}
	if n.Type == html.TextNode {
		b.WriteString(n.Data)
	}
	return strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }), " ")
}

// table reads the cells of a table, row by row, head and foot included.
func (n *node) table() [][]string {
	var rows [][]string
	for _, tr := range n.all("tr") {
		var row []string
		for c := range tr.ChildNodes() {
			if c.Type == html.ElementNode {
				row = append(row, (&node{c}).text())
			}
		}
		rows = append(rows, row)
	}
	return rows
}
