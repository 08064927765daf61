package main

import (
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/testenv/mongotest"
	"github.com/e-gov/tarastat/internal/traffic"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/sqlitestore"
)

// These make a base of some 8,000 records: the test server is slow.
const (
	copyDays   = 20
	copyLogins = 250
)

// TestCopyToMongoDBAndBack copies the embedded log base to MongoDB and back,
// killed twice on each way, and wants every record as it was.
func TestCopyToMongoDBAndBack(t *testing.T) {
	is := is.New(t)
	there, back := filepath.Join(t.TempDir(), "there.db"), filepath.Join(t.TempDir(), "back.db")
	want := seed(t, there, copyDays, copyLogins)
	uri := mongotest.URI(t)
	for _, way := range [][2]string{{"sqlite:" + there, uri}, {uri, "sqlite:" + back}} {
		for range 2 {
			cutCopy(t, way[0], way[1])
		}
		code, out := tool(t, "copy", "-from", way[0], "-to", way[1])
		if code != 0 {
			t.Fatal(out)
		}
		is.True(strings.Contains(out, "the sums of every day are equal"))
	}
	got := records(t, back)
	if d := gocmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// seed makes an embedded log base and returns its records.
func seed(t *testing.T, file string, days, logins int) []logbase.Record {
	t.Helper()
	is := is.New(t)
	s, err := sqlitestore.Open(t.Context(), file, sqlitestore.Options{})
	is.NoErr(err)
	end := time.Date(2026, 4, 10, 12, 0, 0, 0, event.DefaultLocation())
	model := traffic.New(1, end, event.DefaultLocation())
	var all []logbase.Record
	for d := range days {
		for _, e := range model.Day(end.AddDate(0, 0, -d), logins) {
			all = append(all, logbase.Record{ID: int64(len(all) + 1), Event: e})
		}
	}
	for batch := range slices.Chunk(all, 1000) {
		is.NoErr(s.Append(t.Context(), batch))
	}
	is.NoErr(s.Close())
	return all
}

// records returns what an embedded log base that is not in use keeps, by id.
func records(t *testing.T, file string) []logbase.Record {
	t.Helper()
	is := is.New(t)
	s, err := sqlitestore.Open(t.Context(), file, sqlitestore.Options{})
	is.NoErr(err)
	var all []logbase.Record
	for r, err := range s.Records(t.Context(), aggregate.Period{}) {
		is.NoErr(err)
		all = append(all, r)
	}
	is.NoErr(s.Close())
	slices.SortFunc(all, func(a, b logbase.Record) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// cutCopy starts a copy and kills it once it has begun to copy.
func cutCopy(t *testing.T, from, to string) {
	t.Helper()
	p := start(t, "", "copy", "-from", from, "-to", to, "-progress", "1ms")
	begun := regexp.MustCompile(`\d{4}-\d\d-\d\d: \d+ of \d+ records`)
	await(t, "some days copied", func() bool { return len(begun.FindAllString(p.log.String(), 3)) == 3 })
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-p.ended; err == nil {
		t.Fatal("the copy ended before it was killed: make the base larger")
	}
}
