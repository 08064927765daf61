package relay

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/e-gov/tarastat/internal/testenv"
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
	if cache, err := testenv.Cache(); err == nil {
		root := filepath.Join(cache, "relays")
		path := filepath.Join(root, "usr/sbin", name)
		if _, err := os.Stat(path); err == nil {
			return program{path: path, root: root}
		}
	}
	return program{path: testenv.Program(tb, name)}
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
