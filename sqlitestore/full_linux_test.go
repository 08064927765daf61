package sqlitestore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"testing"

	"github.com/matryer/is"
	"golang.org/x/sys/unix"

	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/sqlitestore"
)

// A disk without space is played with a limit on the size of files, which any
// user may set and lift; the store sees it as an error of write(2). Where a
// tmpfs can be mounted, TestFullDisk has a real one as well.
func TestFileSizeLimit(t *testing.T) {
	runFull(t, filepath.Join(t.TempDir(), "events.db"))
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Logf("no tmpfs here (%v), so that a limit on the size of files stands for the full disk", err)
	} else {
		t.Cleanup(func() { _ = unix.Unmount(dir, 0) })
	}
	runFull(t, filepath.Join(dir, "events.db"))
}

// runFull lets a child fill the disk of path up, and looks at what is left.
func runFull(t *testing.T, path string) {
	t.Helper()
	is := is.New(t)
	c := start(t, "full", path)
	var kept int
	for c.out.Scan() {
		if n, _ := fmt.Sscanf(c.out.Text(), "kept %d", &kept); n != 1 {
			t.Error(c.out.Text())
		}
	}
	is.NoErr(c.cmd.Wait())
	if t.Failed() {
		return
	}
	s := open(t, path, sqlitestore.Options{})
	sound(t, s, numbered(1, kept))
}

// fillUp appends until there is no space, makes space, and appends on. It
// prints what is wrong, and at last how many records are kept.
func fillUp(path string) error {
	ctx := context.Background()
	s, err := sqlitestore.Open(ctx, path, sqlitestore.Options{})
	if err != nil {
		return err
	}
	free, err := scarce(path)
	if err != nil {
		return err
	}
	n := 0
	// The first error may go by itself: opening the file anew cuts the
	// write-ahead log. Full is when nothing fits three times in a row.
	for failed := 0; failed < 3; {
		if n > 1e6 {
			return errors.New("a million records fit")
		}
		err := s.Append(ctx, numbered(int64(n)+1, batchSize))
		if err == nil {
			n, failed = n+batchSize, 0
			continue
		}
		if failed++; !hasCode(err, logbase.CodeWriteFailed) {
			return fmt.Errorf("no ERR-05 from Append: %w", err)
		}
	}
	// Its one row may still fit.
	if err := s.Ping(ctx); err != nil && !hasCode(err, logbase.CodeWriteFailed) {
		return fmt.Errorf("no ERR-05 from Ping: %w", err)
	}
	if b, err := s.Bounds(ctx); err != nil || b.Records != int64(n) {
		fmt.Printf("%d records while the disk is full, not %d: %v\n", b.Records, n, err)
	}
	if err := free(); err != nil {
		return err
	}
	for range 10 {
		if err := s.Append(ctx, numbered(int64(n)+1, batchSize)); err != nil {
			return fmt.Errorf("after there was space again: %w", err)
		}
		n += batchSize
	}
	if err := s.Ping(ctx); err != nil {
		return err
	}
	fmt.Println("kept", n)
	return s.Close()
}

func hasCode(err error, want logbase.Code) bool {
	code, _ := logbase.CodeOf(err)
	return code == want
}

func init() { childModes["full"] = fillUp }

// scarce leaves little space for the file, and returns what makes more.
func scarce(path string) (free func() error, err error) {
	var fs unix.Statfs_t
	dir := filepath.Dir(path)
	if err := unix.Statfs(dir, &fs); err != nil {
		return nil, err
	}
	if space := int64(fs.Bavail) * int64(fs.Bsize); space < 8<<20 { //nolint:unconvert // types vary by system
		ballast := filepath.Join(dir, "ballast")
		return func() error { return os.Remove(ballast) }, os.WriteFile(ballast, make([]byte, space-1<<20), 0o600)
	}
	signal.Ignore(unix.SIGXFSZ)
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		return nil, err
	}
	return func() error { return unix.Setrlimit(unix.RLIMIT_FSIZE, &before) },
		unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 1 << 20, Max: before.Max})
}
