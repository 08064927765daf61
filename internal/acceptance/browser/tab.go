package browser

import (
	"context"
	_ "embed" // for the probe
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/e-gov/tarastat/internal/testenv"
)

//go:embed probe.js
var probe string

// Keys for [Tab.Press].
const (
	TabKey = kb.Tab
	Enter  = kb.Enter
	Space  = " "
)

// Tab is one tab with cookies and a cache of its own.
type Tab struct {
	tb     testing.TB
	ctx    context.Context // chromedp keeps the tab in it
	axe    string
	record recorder
}

// Go opens an address, as one copied into the address bar, and waits until the
// page has loaded.
func (t *Tab) Go(url string) {
	t.tb.Helper()
	run(t, "go to "+url, chromedp.Navigate(url))
}

// Back and Forward go through the history of the tab.
func (t *Tab) Back() {
	t.tb.Helper()
	run(t, "go back", chromedp.NavigateBack())
}

// Forward is the way back from Back.
func (t *Tab) Forward() {
	t.tb.Helper()
	run(t, "go forward", chromedp.NavigateForward())
}

// URL is the address shown.
func (t *Tab) URL() string {
	t.tb.Helper()
	return Eval[string](t, "location.href")
}

// Follow clicks what leads to another page, and waits until that has loaded.
// See [Tab.Click] for what is clicked.
func (t *Tab) Follow(text string, within ...string) {
	t.tb.Helper()
	at := t.point(text, within)
	t.loads("follow "+text, chromedp.MouseClickXY(at.X, at.Y))
}

// Click clicks the first visible link, button or summary whose text or label
// is text, or else begins with it; within, when given, is the CSS selector of
// an element around it. The mouse really goes there, so what is covered by
// something else cannot be clicked.
func (t *Tab) Click(text string, within ...string) {
	t.tb.Helper()
	at := t.point(text, within)
	run(t, "click "+text, chromedp.MouseClickXY(at.X, at.Y))
}

type point struct{ X, Y float64 }

func (t *Tab) point(text string, within []string) *point {
	t.tb.Helper()
	at := ask[*point](t, "find", text, strings.Join(within, " "))
	if at == nil {
		t.tb.Fatalf("%s: nothing there to click says %q (%s)", t.URL(), text, within)
	}
	return at
}

// Press presses keys one after the other, wherever the focus is.
func (t *Tab) Press(keys string) {
	t.tb.Helper()
	run(t, "press keys", chromedp.KeyEvent(keys))
}

// PressLoads presses keys that lead to another page, and waits for it.
func (t *Tab) PressLoads(keys string) {
	t.tb.Helper()
	t.loads("press keys", chromedp.KeyEvent(keys))
}

// Fill types text into the field of that label, in the place of what is there.
func (t *Tab) Fill(label, text string) {
	t.tb.Helper()
	run(t, "fill in "+label, chromedp.Steps(chromedp.Clear(t.field(label)), chromedp.SendKeys(t.field(label), text)))
}

// Choose chooses the value in the select or date field of that label.
func (t *Tab) Choose(label, value string) {
	t.tb.Helper()
	run(t, "choose "+label, chromedp.SetValue(t.field(label), value))
}

// Value is what stands in the field of that label.
func (t *Tab) Value(label string) string {
	t.tb.Helper()
	return run(t, "read "+label, chromedp.Value(t.field(label)))
}

func (t *Tab) field(label string) chromedp.CSS {
	t.tb.Helper()
	id := ask[string](t, "field", label)
	if id == "" {
		t.tb.Fatalf("%s: no visible field is labelled %q", t.URL(), label)
	}
	return chromedp.CSS("#" + id)
}

// Await waits until the JavaScript expression is true in the page.
func (t *Tab) Await(what, expression string) {
	t.tb.Helper()
	run(t, "wait for "+what, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(testenv.Patience),
		chromedp.WithPollingInterval(20*time.Millisecond)))
}

// Eval evaluates a JavaScript expression; a promise is waited for.
func Eval[T any](t *Tab, expression string) T {
	t.tb.Helper()
	return run(t, "evaluate", chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// ask calls a function of probe.js.
func ask[T any](t *Tab, function string, args ...string) T {
	t.tb.Helper()
	list, err := json.Marshal(args)
	t.must("ask", err)
	return Eval[T](t, fmt.Sprintf("%s.%s.apply(null, %s)", strings.TrimSpace(probe), function, list))
}

// run does one thing in the tab, which has to end well and in time.
func run[T any](t *Tab, what string, a chromedp.Action[T]) T {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, testenv.Patience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	t.must(what, err)
	return v
}

// loads does what leads to another page.
func (t *Tab) loads(what string, action chromedp.Action[chromedp.Void]) {
	t.tb.Helper()
	run(t, what, chromedp.WaitEvent(page.LoadEventFired, nil, action))
}

func (t *Tab) must(what string, err error) {
	t.tb.Helper()
	if err != nil {
		t.tb.Fatalf("browser: %s: %v", what, err)
	}
}

// BeforePages has a script run in every page before its own.
func (t *Tab) BeforePages(script string) {
	t.tb.Helper()
	call(t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}

// call sends one command of the protocol.
func call[P, R any](t *Tab, c cdp.Command[P, R], p P) R {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, testenv.Patience)
	defer cancel()
	r, err := chromedp.Call(ctx, c, p)
	t.must(c.Method, err)
	return r
}
