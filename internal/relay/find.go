package relay

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A program is a relay that can be run: installed, or unpacked somewhere else
// than it expects to be.
type program struct {
	path string
	root string // where its package was unpacked, "" when it is installed
}

// find returns the named program, unpacked or installed.
func find(tb testing.TB, name string) program {
	tb.Helper()
	if dir, err := cacheDir(); err == nil {
		root := filepath.Join(dir, "relays")
		path := filepath.Join(root, "usr/sbin", name)
		if _, err := os.Stat(path); err == nil {
			return program{path: path, root: root}
		}
	}
	// Daemons live in /usr/sbin, which is not on everybody's PATH.
	for _, candidate := range []string{name, filepath.Join("/usr/sbin", name)} {
		if path, err := exec.LookPath(candidate); err == nil {
			return program{path: path}
		}
	}
	missing(tb, name)
	return program{}
}

// missing ends the test: nothing may be left out unnoticed where CI runs.
func missing(tb testing.TB, name string) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatalf("%s is not installed; scripts/setup.sh should have done it", name)
	}
	tb.Skipf("%s is not installed; run: make setup", name)
}

// cacheDir is the folder of scripts/setup.sh, which chooses it the same way.
func cacheDir() (string, error) {
	if dir := os.Getenv("TARASTAT_CACHE"); dir != "" {
		return dir, nil
	}
	dir := os.Getenv("XDG_CACHE_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(home, ".cache")
	}
	return filepath.Join(dir, "tarastat"), nil
}

// glob returns what matches pattern under the program's root: nothing for an
// installed program, which finds its parts by itself.
func (p program) glob(pattern string) []string {
	if p.root == "" {
		return nil
	}
	// The only error is that of a malformed pattern.
	found, _ := filepath.Glob(filepath.Join(p.root, pattern))
	return found
}

// command is the program with the libraries that were unpacked beside it.
func (p program) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.path, args...)
	if p.root == "" {
		return cmd
	}
	libs := append([]string{filepath.Join(p.root, "usr/lib/syslog-ng")}, p.glob("lib/*-linux-gnu")...)
	libs = append(libs, p.glob("usr/lib/*-linux-gnu")...)
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+strings.Join(libs, ":"))
	return cmd
}
