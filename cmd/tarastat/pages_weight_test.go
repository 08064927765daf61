package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv/browser"
)

const (
	maxPageBytes    = 150_000 // over the network, everything a page needs included
	maxPageRequests = 6
)

// testWeight holds what a page asks for: little, all of it answered, and
// nothing of anybody else; and that it breaks none of its own rules.
func (s *site) testWeight(t *testing.T) {
	t.Parallel()
	assets := make(map[string]bool) // name without hash: asked for by a page
	for _, file := range staticFiles(t) {
		assets[file] = false
	}
	for _, lang := range []string{"et", "en"} {
		tab := s.browser.Open(t, browser.Options{Lang: lang})
		for _, v := range s.views() {
			tab.Forget()
			tab.Go(v.url)
			clean(t, v.name, tab, v.status)
			seen := tab.Seen()
			bytes := 0
			for _, r := range seen.Requests {
				bytes += r.Bytes
			}
			for _, file := range browser.Eval[[]string](tab, `[...document.querySelectorAll("[src], link[href]")].map(e => e.getAttribute("src") || e.getAttribute("href"))`) {
				name, hash, _ := strings.Cut(strings.TrimPrefix(file, "/static/"), ".")
				assets[name+filepath.Ext(hash)] = true
			}
			if bytes == 0 || bytes > maxPageBytes || len(seen.Requests) > maxPageRequests {
				t.Errorf("%s, %s: %d bytes in %d requests", v.name, lang, bytes, len(seen.Requests))
			}
		}
	}
	for name, used := range assets {
		if !used {
			t.Errorf("no page asks for %s", name)
		}
	}
}

// clean holds that what happened in the tab stayed in the house: every request
// went to the host of the page and was answered well, but for the page itself,
// which may be a failure; nothing is inline, and nobody complained.
func clean(t *testing.T, name string, tab *browser.Tab, status int) {
	t.Helper()
	tab.Settle()
	seen := tab.Seen()
	own, err := url.Parse(tab.URL())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range seen.Requests {
		u, err := url.Parse(r.URL)
		want := 200
		if r.Kind == "Document" {
			want = status
		}
		if err != nil || u.Host != own.Host || r.Status != want || r.Failed != "" {
			t.Errorf("%s asks for %+v", name, r)
		}
	}
	for _, line := range seen.Console {
		if status == 200 || !strings.Contains(line, "the server responded with a status of") {
			t.Errorf("%s: console: %s", name, line)
		}
	}
	if len(seen.Requests) == 0 || len(seen.Violations) > 0 || len(seen.Dialogs) > 0 {
		t.Errorf("%s: %+v", name, seen)
	}
	if inline := tab.Inline(); len(inline) > 0 {
		t.Errorf("%s: style or script in the page: %q", name, inline)
	}
}

// staticFiles are the names of all assets in the program.
func staticFiles(t *testing.T) []string {
	t.Helper()
	is := is.New(t)
	names := []string{"chart.css"} // of the package of charts
	entries, err := os.ReadDir(filepath.Join("..", "..", "httpui", "static"))
	is.NoErr(err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
