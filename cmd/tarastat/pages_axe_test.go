package main

import (
	"fmt"
	"testing"

	"github.com/e-gov/tarastat/internal/testenv/browser"
)

// testAccessibility runs axe-core on every page in both languages, in both
// themes, on a telephone and on a desk, with all that can be unfolded open.
func (s *site) testAccessibility(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"et", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			tab := s.browser.Open(t, browser.Options{Lang: lang})
			where := make(map[string][]string) // views by violation
			for _, v := range s.views() {
				tab.Go(v.url)
				browser.Eval[bool](tab, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
				for _, width := range []int64{1280, 320} {
					for _, dark := range []bool{false, true} {
						tab.Show(width, 800, dark)
						for _, found := range tab.Audit() {
							where[found.String()] = append(where[found.String()], fmt.Sprintf("%s at %d px, dark %t", v.name, width, dark))
						}
					}
				}
			}
			for found, views := range where {
				t.Errorf("%s\n%q", found, views)
			}
		})
	}
}
