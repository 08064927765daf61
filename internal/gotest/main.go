// Command gotest runs go test in this module, and for ./... in every module
// below it too. It shows what failed in full and the rest in a line a package,
// and ends with a line that counts: "12 passed, 0 failed, 0 skipped".
//
// Usage, in the module's root: go run ./internal/gotest [arguments of go test].
// It exits with 1 when anything failed. With CI=true a skipped test is a
// failure, so that nothing is left out unnoticed.
package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ok, err := run(ctx, ".", os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// run tests every module under root and reports whether all is well.
func run(ctx context.Context, root string, args []string, w io.Writer) (bool, error) {
	dirs := []string{root}
	if slices.Contains(args, "./...") {
		var err error
		if dirs, err = modules(root); err != nil {
			return false, err
		}
	}
	r := newReport(w)
	clean := true
	for _, dir := range dirs {
		ok, err := test(ctx, dir, args, r)
		if err != nil {
			return false, err
		}
		clean = clean && ok
	}
	noSkip := os.Getenv("CI") == "true"
	r.finish(noSkip)
	return clean && r.ok(noSkip), nil
}

// modules lists the folders with a go.mod, root first.
func modules(root string) ([]string, error) {
	var dirs []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || len(d.Name()) > 1 && d.Name()[0] == '.'):
			return fs.SkipDir
		case d.Name() == "go.mod":
			dirs = append(dirs, filepath.Dir(path))
		}
		return nil
	})
	return dirs, err
}

// test runs go test in dir and adds what it says to r. False means that go
// test failed, which it may do without naming a test.
func test(ctx context.Context, dir string, args []string, r *report) (bool, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	// Interrupted, go test ends its tests itself.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := cmd.Start(); err != nil {
		return false, err
	}
	readErr := r.read(out)
	waitErr := cmd.Wait()
	return waitErr == nil, readErr
}
