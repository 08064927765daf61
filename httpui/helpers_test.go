package httpui_test

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/httpui/internal/uitest"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/syslogjson"
)

var now = uitest.Now

// fakeStore is a log base in memory that fails, waits and counts as it is told.
type fakeStore struct {
	logbase.Memory
	fail error                                              // of every method but Ping
	lost int64                                              // records that Extent does not find any more
	wait func(ctx context.Context, q aggregate.Query) error // before each answer to Sums
}

func (s *fakeStore) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	if s.wait != nil {
		if err := s.wait(ctx, q); err != nil {
			return nil, err
		}
	}
	if s.fail != nil {
		return nil, s.fail
	}
	return s.Memory.Sums(ctx, q)
}

func (s *fakeStore) Bounds(ctx context.Context) (logbase.Bounds, error) {
	return failing(ctx, s, s.Memory.Bounds)
}

func (s *fakeStore) Clients(ctx context.Context) ([]logbase.Seen, error) {
	return failing(ctx, s, s.Memory.Clients)
}

func (s *fakeStore) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	return failing(ctx, s, s.Memory.Deletions)
}

func (s *fakeStore) Extent(ctx context.Context, p aggregate.Period) (logbase.Extent, error) {
	return failing(ctx, s, func(ctx context.Context) (logbase.Extent, error) {
		x, err := s.Memory.Extent(ctx, p)
		x.Records -= s.lost
		return x, err
	})
}

func (s *fakeStore) Delete(ctx context.Context, d logbase.Deletion) (int64, error) {
	return failing(ctx, s, func(ctx context.Context) (int64, error) { return s.Memory.Delete(ctx, d) })
}

func failing[T any](ctx context.Context, s *fakeStore, ask func(context.Context) (T, error)) (T, error) {
	if s.fail != nil {
		var none T
		return none, s.fail
	}
	return ask(ctx)
}

// records are those kept, by ID.
func (s *fakeStore) records() []logbase.Record {
	var list []logbase.Record
	for r, err := range s.Records(context.Background(), aggregate.Everything(nil)) {
		if err != nil {
			panic(err)
		}
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b logbase.Record) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func (s *fakeStore) events(yield func(event.Event) bool) {
	for _, r := range s.records() {
		if !yield(r.Event) {
			return
		}
	}
}

func (s *fakeStore) audit() []logbase.Deletion {
	list, _ := s.Memory.Deletions(context.Background())
	return list
}

func spring(t testing.TB) *fakeStore {
	t.Helper()
	s := &fakeStore{}
	uitest.Spring(t, &s.Memory)
	return s
}

// fakeIngester and fakeSyslog say what they were told to say.
type fakeIngester struct {
	stats   ingest.Stats
	samples []ingest.Sample
}

func (f *fakeIngester) Stats() ingest.Stats      { return f.stats }
func (f *fakeIngester) Samples() []ingest.Sample { return f.samples }

type fakeSyslog []syslogjson.PeerStats

func (f fakeSyslog) Stats() syslogjson.Stats       { return syslogjson.Stats{} }
func (f fakeSyslog) Peers() []syslogjson.PeerStats { return f }

// names is a catalogue.
type names map[string]httpui.ClientName

func (n names) Client(id string) (httpui.ClientName, bool) {
	c, ok := n[id]
	return c, ok
}

func options() httpui.Options {
	return httpui.Options{Now: func() time.Time { return now }, Version: "1.2.3"}
}

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

// hostile are names that somebody might send.
var hostile = []string{
	`<img src=x onerror=alert(1)>`,
	`"><script>alert(1)</script>`,
	`=cmd|' /C calc'!A0`,
	`' onmouseover='alert(1)`,
	`javascript:alert(1)`,
	`{{.}}`,
	strings.Repeat("pikk", 50),
	"öäüõšž €",
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// atoi reads a number as a page writes it.
func atoi(t testing.TB, text string) int64 {
	t.Helper()
	text = strings.NewReplacer("\u00a0", "", ",", "", "−", "-").Replace(text)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatalf("%q is no number", text)
	}
	return n
}

func escape(s string) string { return url.QueryEscape(s) }

// clientAddress is the page of a client application.
func clientAddress(id string) string { return "/kliendid/" + url.PathEscape(id) }
