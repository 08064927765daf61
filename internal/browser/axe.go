package browser

import (
	"encoding/json"
	"fmt"
)

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

// Audit runs axe-core on the page as it is shown.
func (t *Tab) Audit() []Violation {
	t.tb.Helper()
	if Eval[bool](t, `typeof axe === "undefined"`) {
		Eval[bool](t, t.axe+"; true")
	}
	tags, err := json.Marshal(axeTags)
	t.must("audit", err)
	return Eval[[]Violation](t, `axe.run(document, {runOnly: {type: "tag", values: `+string(tags)+`}, resultTypes: ["violations"], elementRef: false})
		.then(r => r.violations.flatMap(v => v.nodes.map(n => ({
			rule: v.id, target: n.target.join(" "), html: n.html.slice(0, 160), why: (n.failureSummary || "").replace(/\s+/g, " ").slice(0, 240),
		}))))`)
}
