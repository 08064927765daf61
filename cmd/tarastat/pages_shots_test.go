package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv/browser"
)

// shotsDir is the environment variable that names a folder for pictures. With
// it TestPages/Screenshots puts every page there, in both languages and themes,
// wide and narrow, and as printed on A4, for somebody to look at:
//
//	TARASTAT_SCREENSHOTS=/tmp/shots go test -run TestPages/Screenshots ./cmd/tarastat
const shotsDir = "TARASTAT_SCREENSHOTS"

func (s *site) takeScreenshots(t *testing.T) {
	t.Helper()
	is := is.New(t)
	dir := os.Getenv(shotsDir)
	write := func(name string, data []byte) {
		t.Helper()
		is.NoErr(os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, " ", "-")), data, 0o600))
	}
	for _, lang := range []string{"et", "en"} {
		tab := s.browser.Open(t, browser.Options{Lang: lang})
		for _, v := range s.views() {
			tab.Go(v.url)
			for _, width := range []int64{1280, 320} {
				for theme, dark := range map[string]bool{"light": false, "dark": true} {
					tab.Show(width, 800, dark)
					write(fmt.Sprintf("%s-%s-%d-%s.png", v.name, lang, width, theme), tab.Screenshot())
				}
			}
			tab.Show(1280, 800, false)
			write(fmt.Sprintf("%s-%s.pdf", v.name, lang), tab.PDF())
		}
	}
}
