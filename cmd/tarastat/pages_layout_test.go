package main

import (
	"testing"

	"github.com/e-gov/tarastat/internal/testenv/browser"
)

// loads is how often a page is loaded to see whether it moves. On a machine
// that is busy the browser may show a table before all its rows have come, and
// then its columns move; what a page does by itself it does every time.
const loads = 4

// testLayout holds that no page scrolls sideways on a telephone and that
// nothing on a page moves while it loads.
func (s *site) testLayout(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"et", "en"} {
		tab := s.browser.Open(t, browser.Options{Lang: lang})
		for _, width := range []int64{320, 1280} {
			tab.Show(width, 800, false)
			for _, v := range s.views() {
				tab.Go(v.url)
				if wide := tab.Overflow(); len(wide) > 0 {
					t.Errorf("%s, %s, scrolls sideways at %d px: %q", v.name, lang, width, wide)
				}
				moved := tab.Shifts()
				for n := 1; n < loads && len(moved) > 0; n++ {
					tab.Go(v.url)
					moved = tab.Shifts()
				}
				if len(moved) > 0 {
					t.Errorf("%s, %s, moves at %d px while it loads: %q", v.name, lang, width, moved)
				}
			}
		}
	}
}
