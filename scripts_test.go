package tarastat_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// script runs a script of this module in dir, with programs of the given names
// that are shell scripts of the given text, and returns its exit code and all
// that it wrote.
func script(t *testing.T, dir, name string, programs map[string]string, env []string, args ...string) (int, string) {
	t.Helper()
	bin := t.TempDir()
	for program, text := range programs {
		if err := os.WriteFile(filepath.Join(bin, program), []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	path, err := filepath.Abs(filepath.Join("scripts", name))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	} else if ok {
		return exit.ExitCode(), string(out)
	}
	return 0, string(out)
}

// Without a network the tests that need no program from outside still run, but
// for where nothing may be left out.
func TestSetupWithoutNetwork(t *testing.T) {
	asRoot := map[string]string{"id": "echo 0", "npm": "exit 1"}
	_, err := os.Stat("/etc/debian_version")
	debian := err == nil // elsewhere the script installs nothing
	for name, aptGet := range map[string]string{
		"nothing works":      "exit 100",
		"stale lists":        `[ "$1 $2" = "-qq update" ] || exit 100`, // update warns only
		"cannot download":    `case "$*" in *download*) exit 100;; esac`,
		"nothing came of it": "exit 0",
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			asRoot["apt-get"] = aptGet
			cache := filepath.Join(t.TempDir(), "cache")
			code, out := script(t, ".", "setup.sh", asRoot, []string{"TARASTAT_CACHE=" + cache, "CI="})
			is.Equal(code, 0)
			is.True(strings.Contains(out, "rsyslog syslog-ng"))
			is.True(strings.Contains(out, "are skipped"))
			code, _ = script(t, ".", "setup.sh", asRoot, []string{"TARASTAT_CACHE=" + cache, "CI=true"})
			is.Equal(code != 0, debian)
			left, err := filepath.Glob(filepath.Join(cache, "*"))
			is.NoErr(err)
			is.Equal(len(left), 0)
		})
	}
}

func TestFuzzScript(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x_test.go"), []byte("package x\n\nfunc FuzzX(f *testing.F) {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const lists = `case "$*" in *-list*) echo FuzzX; echo "ok x"; exit;; esac; echo "$@"; `
	for name, tt := range map[string]struct {
		program string
		code    int
		out     string
	}{
		"all is well":          {lists, 0, "-fuzz ^FuzzX$ -fuzztime 1s -fuzzminimizetime 20x"},
		"an input fails":       {lists + "exit 1", 1, "FuzzX"},
		"tests do not compile": {"echo undefined: testing; exit 1", 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			code, out := script(t, dir, "fuzz.sh", map[string]string{"go": tt.program}, nil, "1s")
			is.Equal(code, tt.code)
			is.True(strings.Contains(out, tt.out))
		})
	}
}
