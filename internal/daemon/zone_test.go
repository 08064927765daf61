package daemon_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/daemon"
	"github.com/e-gov/tarastat/sqlitestore"
)

// A log base of another zone is refused and left as it is, by a check too; a
// copy brings it into the zone that is wanted.
func TestAnotherZone(t *testing.T) {
	is := is.New(t)
	cfg := daemon.Defaults()
	cfg.DataDir = t.TempDir()
	file := filepath.Join(cfg.DataDir, "tarastat.db")
	s, err := sqlitestore.Open(t.Context(), file, sqlitestore.Options{Location: time.UTC})
	is.NoErr(err)
	want := fill(t, s)
	is.NoErr(s.Close())
	before, err := os.ReadFile(file)
	is.NoErr(err)

	settings, err := cfg.Parse()
	is.NoErr(err)
	var report strings.Builder
	is.True(errors.Is(daemon.Check(t.Context(), settings, time.Now(), &report), daemon.ErrCheck))
	is.True(strings.Contains(report.String(), "counts the days of another zone: UTC, not Europe/Tallinn"))
	after, err := os.ReadFile(file)
	is.NoErr(err)
	is.True(string(before) == string(after))

	cfg.Zone = "UTC"
	settings, err = cfg.Parse()
	is.NoErr(err)
	from, err := daemon.OpenExisting(t.Context(), settings, 0, slog.Default())
	is.NoErr(err)
	defer from.Close() //nolint:errcheck // the test is over
	to := open(t)
	_, err = daemon.Copy(t.Context(), from, to, loc, nil) // compares the sums of every day
	is.NoErr(err)
	if diff := cmp.Diff(want, all(t, to)); diff != "" {
		t.Error(diff)
	}
}
