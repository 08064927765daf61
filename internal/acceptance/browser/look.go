package browser

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Texts returns the visible texts of the elements that match a CSS selector,
// with single spaces in the place of any space, also of those that do not
// break.
func (t *Tab) Texts(selector string) []string {
	t.tb.Helper()
	return ask[[]string](t, "texts", selector)
}

// Table returns the cells of the first table that matches, row by row, head
// and foot included, also when it is folded away.
func (t *Tab) Table(selector string) [][]string {
	t.tb.Helper()
	return ask[[][]string](t, "table", selector)
}

// Stop is where the focus is.
type Stop struct {
	Name   string // of the element, for a person who reads a failure; "": nowhere
	Index  int    // in what Tabbable returns, -1: not among them
	Ring   bool   // the focus can be seen
	InView bool   // at least a part of the element can be seen
}

// Focus returns where the focus is.
func (t *Tab) Focus() Stop {
	t.tb.Helper()
	return ask[Stop](t, "focus")
}

// Tabbable returns the names of all elements that the Tab key should reach.
func (t *Tab) Tabbable() []string {
	t.tb.Helper()
	return ask[[]string](t, "tabbable")
}

// Overflow is empty when the page has no horizontal scroll bar; else it is the
// width and what sticks out.
func (t *Tab) Overflow() []string {
	t.tb.Helper()
	return ask[[]string](t, "overflow")
}

// Shifts returns what moved on the page so far, with the score of each layout
// shift; see the Layout Instability API.
func (t *Tab) Shifts() []string {
	t.tb.Helper()
	return ask[[]string](t, "shifts")
}

// Inline returns what has a style or a script in the page itself.
func (t *Tab) Inline() []string {
	t.tb.Helper()
	return ask[[]string](t, "inline")
}

// Show changes size and theme of the page as it is.
func (t *Tab) Show(width, height int64, dark bool) {
	t.tb.Helper()
	run(t, "set the size", chromedp.EmulateViewport(cmp.Or(width, 1280), cmp.Or(height, 800)))
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	call(t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// Screenshot returns the whole page as a PNG file.
func (t *Tab) Screenshot() []byte {
	t.tb.Helper()
	return run(t, "screenshot", chromedp.FullScreenshot(100))
}

// PDF returns the page as printed on A4.
func (t *Tab) PDF() []byte {
	t.tb.Helper()
	return run(t, "print", chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), func(p *page.PrintToPDFParams) {
		p.PrintBackground = new(false) // as browsers print by default
	}))
}

// axeTags are the rules of WCAG 2.0 to 2.2, levels A and AA. What axe-core
// calls best practice is no success criterion.
var axeTags = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"}

// Violation is something that axe-core found against WCAG 2.2, level A or AA.
type Violation struct {
	Rule   string `json:"rule"`   // its id, such as image-alt
	Target string `json:"target"` // CSS selector of the element
	HTML   string `json:"html"`   // the element, cut
	Why    string `json:"why"`
}

func (v Violation) String() string {
	return fmt.Sprintf("%s: %s: %s [%s]", v.Rule, v.Target, v.Why, v.HTML)
}

// ColourRules are the rules of axe-core that look at colours.
var ColourRules = []string{"color-contrast", "link-in-text-block"}

// Audit runs axe-core on the page as it is shown, with the rules that are named,
// or all.
func (t *Tab) Audit(rules ...string) []Violation {
	t.tb.Helper()
	if Eval[bool](t, `typeof axe === "undefined"`) {
		Eval[bool](t, t.axe+"; true")
	}
	kind, values := "tag", axeTags
	if len(rules) > 0 {
		kind, values = "rule", rules
	}
	only, err := json.Marshal(map[string]any{"type": kind, "values": values})
	t.must("audit", err)
	return Eval[[]Violation](t, `axe.run(document, {runOnly: `+string(only)+`, resultTypes: ["violations"], elementRef: false})
		.then(r => r.violations.flatMap(v => v.nodes.map(n => ({
			rule: v.id, target: n.target.join(" "), html: n.html.slice(0, 160), why: (n.failureSummary || "").replace(/\s+/g, " ").slice(0, 240),
		}))))`)
}
