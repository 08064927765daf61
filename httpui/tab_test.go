package httpui_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// chromium opens a tab of Debian's Chromium on a server of h, over HTTPS as in
// service. With CI=true a machine without Chromium is a failure.
func chromium(t *testing.T, h http.Handler) *tab {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no chromium: apt-get install chromium")
		}
		t.Skip("no chromium: apt-get install chromium")
	}
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.IgnoreCertErrors)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	return &tab{t, ctx, server.URL}
}

// tab is one tab of a browser.
type tab struct {
	t    *testing.T
	ctx  context.Context
	base string // of the server's addresses
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// open loads a page of the server.
func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base + path))
}

// click follows a link or presses a button that an XPath finds, and waits for
// the page that comes.
func (b *tab) click(xpath string) {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(xpath)); err != nil {
		b.t.Fatalf("%s: %v", xpath, err)
	}
}

// travel goes back or forward to an address. The browser may keep the page
// whole, so that no loading is to be awaited.
func (b *tab) travel(steps int, to string) {
	b.t.Helper()
	history := ask(b, chromedp.NavigationEntries())
	entry := history.Entries[int(history.CurrentIndex)+steps]
	call(b, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: entry.ID})
	for ask(b, chromedp.Location()) != to { // until the time of the tab is over
		continue
	}
}

// text reads the first element that a CSS selector finds.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[string](`document.querySelector("`+selector+`").textContent`))
}

// ask runs one action for its result.
func ask[T any](b *tab, a chromedp.Action[T]) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, a)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// call runs one command of the browser's protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, command, params); err != nil {
		b.t.Fatal(err)
	}
}
