package sqlitestore_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/matryer/is"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
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
			is.Equal(code, logbase.Unreachable)
			after, _ := os.ReadFile(path)
			is.True(bytes.Equal(before, after)) // what is not ours is not touched
		})
	}
}

// A second process is refused, and the first one goes on.
func TestFilesArePrivate(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	s, err := sqlitestore.Open(t.Context(), filepath.Join(dir, "events.db"), sqlitestore.Options{})
	is.NoErr(err)
	defer s.Close()               //nolint:errcheck // the test is over
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

func TestSecondProcess(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "events.db")
	c := start(t, "hold", path)
	is.True(c.out.Scan())
	_, err := sqlitestore.Open(t.Context(), path, sqlitestore.Options{})
	is.True(errors.Is(err, sqlitestore.ErrLocked))
	is.True(errors.Is(sqlitestore.Migrate(t.Context(), path, 1), sqlitestore.ErrLocked))
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
		is.Equal(code, logbase.Unreachable)
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

// A zone that differs from the file's sorts and counts all records anew.
func TestAnotherZone(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "events.db")
	records := append(numbered(1, 40_000), numbered(1, 1)...) // a month and a half
	is.NoErr(open(t, path, sqlitestore.Options{}).Close())
	for _, zone := range []*time.Location{event.DefaultLocation(), time.UTC, time.FixedZone("far", -11*60*60), event.DefaultLocation()} {
		s := open(t, path, sqlitestore.Options{Location: zone})
		is.NoErr(s.Append(t.Context(), records)) // a replay stays one
		sound(t, s, records[:40_000])
		for _, text := range []string{"2018-04-30", "2018-05-01", "2018-05", "2018-05-01T00"} {
			p, err := aggregate.ParsePeriod(text, zone)
			is.NoErr(err)
			q := aggregate.Query{Period: p, By: aggregate.ByAll, Step: aggregate.EachDay}
			rows, err := s.Sums(t.Context(), q)
			is.NoErr(err)
			is.Equal(rows, aggregate.Count(events(records[:40_000]), q))
		}
		is.NoErr(s.Close())
	}
}

// Migrations can be taken back. What the older layout has room for stays.
func TestMigrate(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "events.db")
	is.True(errors.Is(sqlitestore.Migrate(t.Context(), path, 1), fs.ErrNotExist))
	s := open(t, path, sqlitestore.Options{})
	records := numbered(1, 3000)
	is.NoErr(s.Append(t.Context(), records))
	_, err := s.Delete(t.Context(), logbase.Deletion{Period: period(t, doomed), UpTo: 2000, By: "test"})
	is.NoErr(err)
	records, _ = without(records, period(t, doomed), 2000)
	is.NoErr(s.Close())

	is.True(errors.Is(sqlitestore.Migrate(t.Context(), path, sqlitestore.SchemaVersion+1), sqlitestore.ErrNewerSchema))
	for _, version := range []int{1, 2, 1} {
		is.NoErr(sqlitestore.Migrate(t.Context(), path, version))
	}
	s = open(t, path, sqlitestore.Options{}) // up again
	sound(t, s, records)
	list, err := s.Deletions(t.Context())
	is.NoErr(err)
	is.Equal(len(list), 0) // which version 1 had no room for
	is.NoErr(s.Append(t.Context(), numbered(5000, 10)))
	is.NoErr(s.Close())

	is.NoErr(sqlitestore.Migrate(t.Context(), path, 0))
	s = open(t, path, sqlitestore.Options{})
	sound(t, s, nil)
	ids, err := s.IDs(t.Context())
	is.NoErr(err)
	is.Equal(ids, logbase.IDs{})
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
