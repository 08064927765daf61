package httpui_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
)

// TestStoryInABrowser: who still uses bank links, how fast does it shrink, and
// who were the last? Two clicks, with and without JavaScript.
func TestStoryInABrowser(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		is := is.New(t)
		b := chromium(t, httpui.New(spring(t), fullOptions()))
		off := !scripts
		call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
		b.open("/?lang=et")
		b.click(`//a[text()="12 kuud"]`)
		b.click(`//section[@id="methods"]//a[text()="Pangalink"]`)
		is.Equal(b.text("#users tbody th a"), "vana-rakendus")
		here := ask(b, chromedp.Location())
		is.Equal(here, b.base+"/meetodid?p=2017-05-01/2018-04-30&method=banklink#users")

		b.travel(-1, b.base+"/?p=2017-05-01/2018-04-30")
		is.Equal(b.text("#period"), "mai 2017 – aprill 2018 (365 päeva)")
		b.travel(1, here)
		b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(here)) // a copied address
		is.Equal(b.text("#users tbody th a"), "vana-rakendus")
	}
}

func TestDeletionInABrowser(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	b := chromium(t, httpui.New(s, fullOptions()))
	b.open("/andmed?lang=et")
	b.click(`//a[text()="Kirjete kustutamine"]`)
	for _, period := range []string{"2017-05", "2017-06"} {
		before := len(s.records)
		b.do(chromedp.SetValue("#p", period))
		b.click(`//button[text()="Vaata, mida kustutatakse"]`)
		is.Equal(len(s.records), before)
		b.do(chromedp.SendKeys("#confirm", period))
		b.click(`//button[starts-with(text(),"Kustuta ")]`)
		is.True(strings.HasPrefix(b.text(".notice"), "Kustutatud"))
		is.True(len(s.records) < before)
	}
}

func TestKeyboard(t *testing.T) {
	is := is.New(t)
	b := chromium(t, httpui.New(spring(t), fullOptions()))
	b.do(chromedp.Navigate(b.base+"/"), chromedp.KeyEvent("\t"))
	const focus = `(() => { const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);
		return e.className + " " + (r.left >= 0 && r.width > 0) + " " + s.outlineStyle; })()`
	is.Equal(ask(b, chromedp.Evaluate[string](focus)), "skip true solid") // first, seen, outlined
	b.do(chromedp.KeyEvent("\r"))
	is.Equal(ask(b, chromedp.Evaluate[string](`document.activeElement.id`)), "main")
	// Everything that can be clicked can be reached, and shows it.
	lost := ask(b, chromedp.Evaluate[[]string](`[...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
		.filter(e => e.tabIndex < 0).map(e => e.outerHTML)`))
	is.Equal(len(lost), 0)
}

// watched is what a tab did that it should not.
type watched struct {
	mu   sync.Mutex
	list []string
}

func (w *watched) add(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, what)
}

func (w *watched) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.list)
}

// watch notes requests to other hosts, breaches of the content policy and
// dialogues.
func watch(b *tab) *watched {
	b.t.Helper()
	w := &watched{}
	err := chromedp.Listen(b.ctx, func(ev any) {
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; strings.Contains(u, "://") && !strings.HasPrefix(u, b.base+"/") {
				w.add("request " + u)
			}
		case *log.EventEntryAdded:
			if e.Entry.Source == log.EntrySourceSecurity || strings.Contains(e.Entry.Text, "Content Security Policy") {
				w.add(e.Entry.Text)
			}
		case *page.EventJavascriptDialogOpening:
			w.add("dialogue " + e.Message)
		}
	})
	is.New(b.t).NoErr(err)
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	return w
}

// TestBrowserIsLeftAlone opens every kind of page with hostile names in it.
func TestBrowserIsLeftAlone(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	for _, name := range hostile {
		failed := at(t, "2018-04-20T10:51", name, name, name, event.Failed)
		failed.Error = name
		s.add(failed)
	}
	b := chromium(t, httpui.New(s, fullOptions()))
	w := watch(b)
	for _, path := range append(browserPages(), clientAddress(hostile[0]), clientAddress(hostile[1]), "/meetodid?method="+escape(hostile[0])) {
		b.open(path)
		is.Equal(ask(b, chromedp.Evaluate[string](`getComputedStyle(document.body).display`)), "flex") // our style sheet came through
	}
	is.Equal(strings.Join(w.all(), "\n"), "")

	// What is watched for is seen when it happens.
	b.do(chromedp.Evaluate[chromedp.Void](`document.body.setAttribute("style", "color: red")`))
	for len(w.all()) == 0 {
		b.do(chromedp.Evaluate[chromedp.Void](`0`)) // until the event has come, or the test's time is over
	}
}

// browserPages is one page of every kind.
func browserPages() []string {
	return []string{
		"/", "/?p=2018-04-28", "/kliendid", "/kliendid?show=months", "/kliendid/openIdDemo?show=hours", "/meetodid",
		"/meetodid?p=2017&method=banklink", "/stat", "/andmed", "/andmed/kustutamine?p=2017-05", "/abi", "/abi/api",
		"/ligipaasetavus", "/nowhere", "/?p=2016", "/?p=%5B",
	}
}

// TestPagesFit looks at every page on the narrowest screen: nothing stands
// over its edge.
func TestPagesFit(t *testing.T) {
	b := chromium(t, httpui.New(spring(t), fullOptions()))
	b.do(chromedp.EmulateViewport(320, 800))
	for _, path := range browserPages() {
		b.open(path)
		if width := ask(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); width > 320 {
			t.Errorf("%s: %d pixels wide", path, width)
		}
	}
}
