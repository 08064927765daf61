package browser

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Patience bounds each step of a tab; nothing is expected to take that long.
const Patience = 30 * time.Second

// Browser is a running Chromium.
type Browser struct {
	ctx context.Context //nolint:containedctx // chromedp keeps the browser in it
	axe string
}

// Start runs a headless Chromium until the test has ended. It trusts every
// certificate and knows no host but the loopback, so nothing can leave the
// machine.
func Start(tb testing.TB) *Browser {
	tb.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(tb)),
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
	if o.Lang == "" {
		o.Lang = "et"
	}
	t.record.dismiss = func() {
		_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{}) // the tab may be gone
	}
	t.must("open a tab", chromedp.Do(ctx))
	t.must("listen", chromedp.Listen(ctx, t.record.note))
	call(t, audits.Enable, cdp.Empty{})
	call(t, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": o.Lang}})
	call(t, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	call(t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	if o.NoScript {
		call(t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	t.Show(o.Width, o.Height, o.Dark)
	return t
}

// Show changes size and theme of the page as it is.
func (t *Tab) Show(width, height int64, dark bool) {
	t.tb.Helper()
	if width == 0 {
		width = 1280
	}
	if height == 0 {
		height = 800
	}
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	t.must("set the size", chromedp.Do(t.ctx, chromedp.EmulateViewport(width, height)))
	call(t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// Screenshot returns the whole page as a PNG file.
func (t *Tab) Screenshot() []byte {
	t.tb.Helper()
	png, err := chromedp.Run(t.ctx, chromedp.FullScreenshot(100))
	t.must("screenshot", err)
	return png
}

// PDF returns the page as printed on A4.
func (t *Tab) PDF() []byte {
	t.tb.Helper()
	pdf, err := chromedp.Run(t.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), func(p *page.PrintToPDFParams) {
		p.PrintBackground = new(false) // as browsers print by default
	}))
	t.must("print", err)
	return pdf
}

// call sends one command of the protocol.
func call[P, R any](t *Tab, c cdp.Command[P, R], p P) R {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	r, err := chromedp.Call(ctx, c, p)
	t.must(c.Method, err)
	return r
}
