package httpui_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/e-gov/tarastat/httpui"
)

// axeVersion is the release of axe-core that pages are checked with.
const axeVersion = "4.14.1"

// axeCore returns the source of axe-core. It is fetched once into the user's
// cache, by npm; with CI=true a machine on which that fails is a failure.
func axeCore(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	dir := filepath.Join(cache, "tarastat-axe-core-"+axeVersion)
	file := filepath.Join(dir, "node_modules", "axe-core", "axe.min.js")
	source, err := os.ReadFile(file)
	if err == nil {
		return string(source)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "npm", "install", "--prefix", dir, "--no-audit", "--no-fund", "--ignore-scripts", "axe-core@"+axeVersion).CombinedOutput()
	if err == nil {
		source, err = os.ReadFile(file)
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no axe-core: npm: %v\n%s", err, out)
		}
		t.Skipf("no axe-core: npm: %v", err)
	}
	return string(source)
}

// runAxe returns what axe-core objects to, one line each: WCAG 2.2 A and AA,
// and its own good practice.
const runAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
	.then(r => JSON.stringify(r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html + ": " + n.failureSummary))))`

// TestAccessibility checks every kind of page in both languages and both
// themes, on a wide and on the narrowest screen, with all tables open.
func TestAccessibility(t *testing.T) {
	axe := axeCore(t)
	for _, look := range []struct {
		lang, theme string
		width       int64
	}{{"et", "light", 1280}, {"et", "dark", 320}, {"en", "dark", 1280}, {"en", "light", 320}} {
		t.Run(look.lang+" "+look.theme, func(t *testing.T) {
			b := chromium(t, httpui.New(spring(t), fullOptions()))
			call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.theme}},
			})
			b.do(chromedp.EmulateViewport(look.width, 1000), chromedp.Navigate(b.base+"/?lang="+look.lang))
			for _, path := range browserPages() {
				b.do(chromedp.Navigate(b.base+path),
					chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach(d => d.open = true)`),
					chromedp.Evaluate[chromedp.Void](axe+";0"))
				var found []string
				if err := json.Unmarshal([]byte(ask(b, chromedp.Evaluate[string](runAxe, chromedp.EvalAwaitPromise))), &found); err != nil {
					t.Fatal(err)
				}
				if len(found) > 0 {
					t.Errorf("%s:\n%s", path, strings.Join(found, "\n"))
				}
			}
		})
	}
}
