package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/testenv/browser"
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
	p := serve(t, t.TempDir())
	now := time.Now().In(event.DefaultLocation())
	c := p.dial("octet")
	sent := 0
	for _, name := range hostile {
		for _, e := range []event.Event{
			{Method: name, Operation: event.SuccessfulAuth},
			{Method: event.MethodBankLink, Bank: name, Operation: event.SuccessfulAuth},
			{Method: event.MethodEIDAS, Country: name, Operation: event.SuccessfulAuth},
			{Method: name, Operation: event.Failed, Error: name + ": " + name},
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
	await(t, "all records", func() bool { return p.records() == sent })

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
		tab.Go(p.pages + page)
		look(page)
	}
	for _, name := range hostile {
		tab.Go(p.pages + "/kliendid")
		tab.Forget()
		tab.Follow(name, "main")
		look("the client " + name)
		is.Equal(tab.Texts("h1"), []string{name})
		tab.Go(p.pages + "/meetodid")
		tab.Forget()
		tab.Follow(name, "#methods")
		look("the method " + name)
		is.True(slices.ContainsFunc(tab.Texts(".chips li"), func(chip string) bool { return strings.Contains(chip, name) }))
		tab.Go(p.pages + "/meetodid")
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
