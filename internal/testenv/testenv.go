// Package testenv is what tests need from the machine they run on: programs
// that may be missing, processes beside the test, and patience. Below it stand
// a real browser, real syslog relays and a MongoDB server.
//
// scripts/setup.sh installs the programs. Only [Missing] skips a test.
package testenv

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Patience bounds every wait for something that has to happen. It is no
// measure of speed: nothing is expected to take that long, on a machine that is
// busy with other things too.
const Patience = 2 * time.Minute

// Await polls until the condition holds, and fails the test when it does not
// come to hold. What is waited for stands in the failure.
func Await(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(Patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			tb.Fatalf("waited in vain for %s", what)
		}
	}
}

// Cache is the folder of what was made or fetched for tests. The Makefile and
// scripts/setup.sh choose it in the same way.
func Cache() (string, error) {
	if dir := os.Getenv("TARASTAT_CACHE"); dir != "" {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cmp.Or(os.Getenv("XDG_CACHE_HOME"), filepath.Join(home, ".cache")), "tarastat"), nil
}

// Program returns the path of an installed program.
func Program(tb testing.TB, name string) string {
	tb.Helper()
	// Daemons live in /usr/sbin, which is not on everybody's PATH.
	for _, candidate := range []string{name, filepath.Join("/usr/sbin", name)} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	Missing(tb, name)
	return ""
}

// Missing ends a test that needs something from outside that is not there: the
// test is skipped, but with CI=true it fails, so that nothing is left out
// unnoticed.
func Missing(tb testing.TB, name string) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatalf("%s is not installed; scripts/setup.sh should have done it", name)
	}
	tb.Skipf("%s is not installed; run: make setup", name)
}
