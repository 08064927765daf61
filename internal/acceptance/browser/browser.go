// Package browser drives a real browser for tests of pages: a headless
// Chromium, which is asked to do what a person does (click what a text names,
// press keys, go back) and tells what a person or an auditor would notice:
// requests, messages on the console, violations of the content security policy,
// boxes that pop up, and what axe-core finds against WCAG.
//
// A [Browser] is one process, a [Tab] one person's first visit, with cookies and
// a cache of its own. Every method that meets an error ends the test, so a tab
// belongs to the goroutine of its test.
//
// scripts/setup.sh installs Chromium and axe-core; see [testenv.Missing] for
// what happens without.
package browser

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/e-gov/tarastat/internal/testenv"
)

// Browser is a running Chromium.
type Browser struct {
	ctx context.Context // chromedp keeps the browser in it
	axe string
}

// Start runs a headless Chromium until the test has ended. It trusts every
// certificate and knows no host but the loopback, so nothing can leave the
// machine.
func Start(tb testing.TB) *Browser {
	tb.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(testenv.Program(tb, "chromium")),
		chromedp.IgnoreCertErrors,
		chromedp.DisableGPU,
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-features", "Translate,BackForwardCache"), // going back loads again, as after a restart
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox refuses root
	}
	axe := axeSource(tb)
	ctx, cancel := chromedp.NewExecAllocator(context.WithoutCancel(tb.Context()), options...)
	tb.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	tb.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		tb.Fatalf("start of chromium: %v", err)
	}
	return &Browser{ctx: ctx, axe: axe}
}

// Options say who looks at the page and on what. The zero value is a person
// who asks for Estonian on a screen of 1280 by 800 pixels with a light theme.
type Options struct {
	Lang          string // Accept-Language; "": et
	Width, Height int64  // in CSS pixels; 0: 1280 and 800
	Dark          bool   // the person prefers dark pages
	NoScript      bool   // scripts of pages do not run
}

// Open opens a tab, which is closed when the test has ended.
func (b *Browser) Open(tb testing.TB, o Options) *Tab {
	tb.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tb.Cleanup(cancel)
	t := &Tab{tb: tb, ctx: ctx, axe: b.axe}
	t.record.dismiss = func() {
		_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{}) // the tab may be gone
	}
	t.must("open a tab", chromedp.Do(ctx))
	t.must("listen", chromedp.Listen(ctx, t.record.note))
	call(t, audits.Enable, cdp.Empty{})
	call(t, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": cmp.Or(o.Lang, "et")}})
	call(t, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	call(t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	if o.NoScript {
		call(t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	t.Show(o.Width, o.Height, o.Dark)
	return t
}

// axeSource reads axe-core, as scripts/setup.sh unpacked it.
func axeSource(tb testing.TB) string {
	tb.Helper()
	cache, err := testenv.Cache()
	if err != nil {
		tb.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(cache, "axe-core", "axe.min.js"))
	if err != nil {
		testenv.Missing(tb, "axe-core")
	}
	return string(source)
}
