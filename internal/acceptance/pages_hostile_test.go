package acceptance_test

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/acceptance/browser"
	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/internal/testenv/service"
)

// hostile is what a sender gone wrong might call a client, a method, a bank, a
// country or an error.
var hostile = []string{
	`<img src=x onerror=alert(1)>`,
	`"><script>alert(1)</script>`,
	`javascript:alert(1)`,
	`' onfocus='alert(1)' autofocus='`,
	`{{.}}${7*7}`,
	`=cmd()`,
	"\u05D0\u05D1\u05D2 (1)", // right to left
	strings.Repeat("W", 200),
}

// testHostile shows such names everywhere. They are text: nothing runs, loads,
// is torn or leaves the house.
func (s *site) testHostile(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p := service.Start(t, t.TempDir())
	now := time.Now().In(loc)
	c := p.Dial("octet")
	sent := 0
	for _, name := range hostile {
		for _, e := range []event.Event{
			{Method: name, Operation: event.OpSuccess},
			{Method: event.MethodBankLink, Bank: name, Operation: event.OpSuccess},
			{Method: event.MethodEIDAS, Country: name, Operation: event.OpSuccess},
			{Method: name, Operation: event.OpFailure, Error: name + ": " + name},
		} {
			e.ClientID, e.TimeText = name, now.Format("2006-01-02T15:04:05")
			is.NoErr(c.Send(event.AppendJSON(nil, e)))
			sent++
		}
	}
	// These two are rejected, which shows them as samples.
	is.NoErr(c.Send([]byte(`{"time":"2018-04-28","clientId":"\u202Egnp.exe","method":"idcard","operation":"START_AUTH"}`)))
	is.NoErr(c.Send([]byte(`{` + hostile[0] + `}`)))
	is.NoErr(c.Close())
	testenv.Await(t, "all records", func() bool { return p.Records() == sent })

	tab := s.browser.Open(t, browser.Options{})
	look := func(name string) {
		t.Helper()
		clean(t, name, tab, 200)
		tab.Show(320, 800, false)
		if wide := tab.Overflow(); len(wide) > 0 {
			t.Errorf("%s scrolls sideways: %q", name, wide)
		}
		if browser.Eval[bool](tab, `/[\u202a-\u202e]/.test(document.documentElement.outerHTML)`) {
			t.Errorf("%s: the page has a mark that turns the text around it", name)
		}
		tab.Show(1280, 800, false)
		tab.Forget()
	}
	for _, page := range []string{"/", "/kliendid", "/kliendid?show=months", "/meetodid", "/stat", "/andmed"} {
		tab.Go(p.Pages + page)
		look(page)
	}
	for _, name := range hostile {
		tab.Go(p.Pages + "/kliendid")
		tab.Forget()
		tab.Follow(name, "main")
		look("the client " + name)
		is.Equal(tab.Texts("h1"), []string{name})
		tab.Go(p.Pages + "/meetodid")
		tab.Forget()
		tab.Follow(name, "#methods")
		look("the method " + name)
		is.True(slices.ContainsFunc(tab.Texts(".chips li"), func(chip string) bool { return strings.Contains(chip, name) }))
		tab.Go(p.Pages + "/meetodid")
		tab.Forget()
		tab.Follow(code(name), "#errors")
		look("the error " + name)
	}
}

// code is the part of an error's text that errors are counted by.
func code(text string) string {
	before, _, _ := strings.Cut(text, ":")
	return string([]rune(before)[:min(64, len([]rune(before)))])
}

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
