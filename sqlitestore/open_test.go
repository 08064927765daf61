package sqlitestore_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/sqlitestore"
)

func TestOpenRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func(t *testing.T, path string)
		want error
	}{
		{"a text", func(t *testing.T, path string) {
			t.Helper()
			write(t, path, bytes.Repeat([]byte("no database\n"), 1000))
		}, sqlitestore.ErrCorrupt},
		{"another program's database", func(t *testing.T, path string) {
			t.Helper()
			script(t, path, "CREATE TABLE songs (name TEXT)")
		}, sqlitestore.ErrForeign},
		{"another program's version", func(t *testing.T, path string) {
			t.Helper()
			script(t, path, "PRAGMA application_id = 7; PRAGMA user_version = 1")
		}, sqlitestore.ErrForeign},
		{"a newer release's file", func(t *testing.T, path string) {
			t.Helper()
			if err := open(t, path, sqlitestore.Options{}).Close(); err != nil {
				t.Fatal(err)
			}
			script(t, path, "PRAGMA user_version = 99")
		}, sqlitestore.ErrNewerSchema},
		{"a file from before the first release", func(t *testing.T, path string) {
			t.Helper()
			if err := open(t, path, sqlitestore.Options{}).Close(); err != nil {
				t.Fatal(err)
			}
			script(t, path, "PRAGMA user_version = 2")
		}, sqlitestore.ErrForeign},
		{"a file of another zone", func(t *testing.T, path string) {
			t.Helper()
			s := open(t, path, sqlitestore.Options{Location: time.UTC})
			if err := errors.Join(s.Append(t.Context(), numbered(1, 100)), s.Close()); err != nil {
				t.Fatal(err)
			}
		}, logbase.ErrZone},
		{"a file in use", func(t *testing.T, path string) {
			t.Helper()
			open(t, path, sqlitestore.Options{})
		}, sqlitestore.ErrLocked},
		{"a directory", func(t *testing.T, path string) {
			t.Helper()
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, nil},
		{"a directory that is not there", func(t *testing.T, path string) {
			t.Helper()
			if err := os.Remove(filepath.Dir(path)); err != nil {
				t.Fatal(err)
			}
		}, fs.ErrNotExist},
	} {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			path := filepath.Join(t.TempDir(), "events.db")
			tt.make(t, path)
			before, _ := os.ReadFile(path)
			s, err := sqlitestore.Open(t.Context(), path, sqlitestore.Options{})
			is.Equal(s, nil)
			is.True(tt.want == nil || errors.Is(err, tt.want)) // the cause can be told
			code, _ := logbase.CodeOf(err)
			is.Equal(code, logbase.CodeUnreachable)
			after, _ := os.ReadFile(path)
			is.True(bytes.Equal(before, after)) // what is not ours is not touched
		})
	}
}

// Older ones have a bug in which a checkpoint and a commit at one moment could
// spoil the write-ahead log (sqlite.org/wal.html).
func TestSQLiteIsNewEnough(t *testing.T) {
	is.New(t).True(sqlite.VersionNumber >= 3_051_003)
}

func TestFilesArePrivate(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	s, err := sqlitestore.Open(t.Context(), filepath.Join(dir, "events.db"), sqlitestore.Options{})
	is.NoErr(err)
	defer s.Close()
	is.NoErr(s.Ping(t.Context())) // so that the journal is there
	files, err := os.ReadDir(dir)
	is.NoErr(err)
	is.True(len(files) >= 3)
	for _, f := range files {
		info, err := f.Info()
		is.NoErr(err)
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("%s has mode %o", f.Name(), mode)
		}
	}
}

// A second process is refused, until the first one ends.
func TestSecondProcess(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "events.db")
	c := start(t, "hold", path)
	is.True(c.out.Scan())
	_, err := sqlitestore.Open(t.Context(), path, sqlitestore.Options{})
	is.True(errors.Is(err, sqlitestore.ErrLocked))
	c.kill()
	open(t, path, sqlitestore.Options{}) // the lock ends with its process
}

func TestClosedStore(t *testing.T) {
	is := is.New(t)
	s := open(t, filepath.Join(t.TempDir(), "events.db"), sqlitestore.Options{})
	is.NoErr(s.Close())
	ctx := t.Context()
	_, sums := s.Sums(ctx, aggregate.Query{})
	_, hours := s.Sums(ctx, aggregate.Query{Step: aggregate.Hour})
	_, bounds := s.Bounds(ctx)
	_, clients := s.Clients(ctx)
	_, ids := s.IDs(ctx)
	_, extent := s.Extent(ctx, aggregate.Period{})
	_, deletions := s.Deletions(ctx)
	_, recount := s.Recount(ctx, aggregate.Period{})
	_, deletion := s.Delete(ctx, logbase.Deletion{Period: period(t, "2018")})
	is.NoErr(s.Close()) // does nothing
	for _, err := range []error{
		s.Append(ctx, nil), s.Append(ctx, numbered(1, 1)), s.Ping(ctx),
		sums, hours, bounds, clients, ids, extent, deletions, recount, deletion,
	} {
		is.True(errors.Is(err, logbase.ErrClosed))
		code, _ := logbase.CodeOf(err)
		is.Equal(code, logbase.CodeUnreachable)
	}
}

// Whatever page of a file is spoilt, there is an answer or a clear error.
func TestSpoiltPages(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "events.db")
	s := open(t, path, sqlitestore.Options{})
	is.NoErr(s.Append(t.Context(), numbered(1, 2000)))
	is.NoErr(s.Close())
	good, err := os.ReadFile(path)
	is.NoErr(err)
	const page = 4096
	spoilt := 0
	for at := 0; at < len(good); at += page {
		bad := bytes.Clone(good)
		rng := rand.New(rand.NewPCG(uint64(at), 0))
		for i := range bad[at : at+page] {
			bad[at+i] = byte(rng.Uint32())
		}
		write(t, path, bad)
		if err := useAll(path); err != nil {
			spoilt++
			if !errors.Is(err, sqlitestore.ErrCorrupt) && !errors.Is(err, sqlitestore.ErrForeign) {
				t.Errorf("page %d: %v", at/page, err)
			}
		}
	}
	is.True(spoilt > 0)
}

// useAll opens a file and asks for everything.
func useAll(path string) error {
	ctx := context.Background()
	s, err := sqlitestore.Open(ctx, path, sqlitestore.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // what counts came before
	if _, err := s.Sums(ctx, aggregate.Query{Step: aggregate.Hour}); err != nil {
		return err
	}
	for _, err := range s.Records(ctx, aggregate.Period{}) {
		if err != nil {
			return err
		}
	}
	return s.Append(ctx, numbered(3000, 500))
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	for _, side := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + side); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// script runs SQL on a file behind the back of the store.
func script(t *testing.T, path, sql string) {
	t.Helper()
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(sqlitex.ExecuteScript(c, sql, nil), c.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestOpenOfNoFile: a name that SQLite would take for something else than a file
// leaves none behind.
func TestOpenOfNoFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, path := range []string{"", ":memory:", "file:events.db", "file::memory:?mode=memory"} {
		t.Run(path, func(t *testing.T) {
			is := is.New(t)
			_, err := sqlitestore.Open(t.Context(), path, sqlitestore.Options{})
			is.True(err != nil && strings.Contains(err.Error(), "logbase.Memory"))
			code, _ := logbase.CodeOf(err)
			is.Equal(code, logbase.CodeUnreachable)
			left, err := os.ReadDir(".")
			is.NoErr(err)
			is.Equal(len(left), 0)
		})
	}
}
