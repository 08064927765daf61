package mongotest

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// command returns the path of the server's command, which it builds when it is
// not in the cache. Its name follows from its sources, so that an old one is
// never taken for it.
func command(t testing.TB) string {
	t.Helper()
	source := sourceDir(t)
	h := sha256.New()
	for _, name := range []string{"main.go", "go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(source, name)) //nolint:gosec // a file of this module
		if err != nil {
			t.Fatalf("mongotest: %v", err)
		}
		h.Write(b)
	}
	h.Write([]byte(runtime.Version()))
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "tarastat")
	path := filepath.Join(dir, "ferretdb-"+hex.EncodeToString(h.Sum(nil)[:8]))
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a cache
		t.Fatalf("mongotest: %v", err)
	}
	// Several test processes may build at once; the rename makes one win.
	tmp, err := os.MkdirTemp(dir, "build")
	if err != nil {
		t.Fatalf("mongotest: %v", err)
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	built := filepath.Join(tmp, filepath.Base(path))
	cmd := exec.Command("go", "build", "-o", built, ".") //nolint:gosec // our own paths
	cmd.Dir = source
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("mongotest: build the server: %v\n%s", err, out)
	}
	if err := os.Rename(built, path); err != nil {
		t.Fatalf("mongotest: %v", err)
	}
	return path
}

// sourceDir finds the module of the server beside this file.
func sourceDir(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		t.Fatal("mongotest: the source of the server is not here (was the test built with -trimpath?)")
	}
	return filepath.Join(filepath.Dir(filepath.Dir(file)), "internal", "ferretdb")
}
