package mongotest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/e-gov/tarastat/internal/testenv"
)

// build returns the path of the server's command, which it builds when it is
// not in the cache. Its name follows from its sources, so that an old one is
// never taken for it.
func build() (string, error) {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return "", errors.New("the source of the server is not here (was the test built with -trimpath?)")
	}
	source := filepath.Join(filepath.Dir(file), "ferretdb")
	h := sha256.New()
	h.Write([]byte(runtime.Version()))
	for _, name := range []string{"main.go", "go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			return "", err
		}
		h.Write(b)
	}
	cache, err := testenv.Cache()
	if err != nil {
		return "", err
	}
	path := filepath.Join(cache, "ferretdb-"+hex.EncodeToString(h.Sum(nil)[:8]))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	// Several test processes may build at once; the rename makes one win.
	tmp, err := os.MkdirTemp(cache, "build") // beside its place, so that it can be renamed
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	built := filepath.Join(tmp, "ferretdb")
	cmd := exec.Command("go", "build", "-o", built, ".")
	cmd.Dir = source
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the server: %w\n%s", err, out)
	}
	return path, os.Rename(built, path)
}
