package browser

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// chromium returns the path of the browser.
func chromium(tb testing.TB) string {
	tb.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing(tb, "chromium")
	}
	return path
}

// axeSource reads axe-core, as scripts/setup.sh unpacked it.
func axeSource(tb testing.TB) string {
	tb.Helper()
	user, err := os.UserCacheDir()
	if err != nil {
		tb.Fatal(err)
	}
	cache := cmp.Or(os.Getenv("TARASTAT_CACHE"), filepath.Join(user, "tarastat"))
	source, err := os.ReadFile(filepath.Join(cache, "axe-core", "axe.min.js")) //nolint:gosec // our own cache
	if err != nil {
		missing(tb, "axe-core")
	}
	return string(source)
}

// missing ends the test: nothing may be left out unnoticed where CI runs.
func missing(tb testing.TB, name string) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatalf("%s is not installed; scripts/setup.sh should have done it", name)
	}
	tb.Skipf("%s is not installed; run: make setup", name)
}
