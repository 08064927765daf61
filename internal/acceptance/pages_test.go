package acceptance_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/acceptance/browser"
	"github.com/e-gov/tarastat/internal/testenv/service"
	"github.com/e-gov/tarastat/internal/traffic"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/sqlitestore"
)

var loc = event.DefaultLocation()

func TestMain(m *testing.M) { service.Main(m) }

// site is a running service that nobody writes to, with a year of events, one
// without any, and a browser to look at them.
type site struct {
	browser *browser.Browser
	base    string          // address of the pages
	empty   string          // address of the pages that have nothing to show
	now     time.Time       // when the events end
	sums    []aggregate.Row // what the oracle counts by day, client, method and operation
}

// The year that the pages are looked at with.
const (
	seedClients = 600  // beside those with a story of their own
	seedLogins  = 500  // on an average working day
	shotLogins  = 3000 // the same for screenshots, where nobody waits
)

// TestPages looks at the pages in a real browser, as the people they are for
// do: with a mouse or with a keyboard only, on a desk and on a telephone, with
// JavaScript and without.
func TestPages(t *testing.T) {
	s := newSite(t)
	if os.Getenv(shotsDir) != "" {
		t.Run("Screenshots", s.takeScreenshots)
	}
	t.Run("Story", s.testStory)
	t.Run("History", s.testHistory)
	t.Run("NoScript", s.testNoScript)
	t.Run("Keyboard", s.testKeyboard)
	t.Run("Accessibility", s.testAccessibility)
	t.Run("Layout", s.testLayout)
	t.Run("Weight", s.testWeight)
	t.Run("Deletion", s.testDeletion)
	t.Run("Hostile", s.testHostile)
	t.Run("Live", s.testLive)
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{browser: browser.Start(t), now: time.Now().In(loc)}
	dir := t.TempDir()
	logins := seedLogins
	if os.Getenv(shotsDir) != "" {
		logins = shotLogins
	}
	s.sums = seedYear(t, dir, s.now.AddDate(-1, 0, 0), s.now, seedClients, logins)
	s.base = service.Start(t, dir).Pages
	s.empty = service.Start(t, t.TempDir()).Pages
	return s
}

// year is the period of all events but for those of its first day.
func (s *site) year() string {
	return s.now.AddDate(-1, 0, 1).Format(time.DateOnly) + "/" + s.now.Format(time.DateOnly)
}

// view is a page in one of its states.
type view struct {
	name, url string
	status    int
}

// views is every page, in every state that looks different.
func (s *site) views() []view {
	year := "p=" + url.QueryEscape(s.year())
	ended := s.now.AddDate(0, -6, 0).Format("2006-01")
	return []view{
		{"overview", s.base + "/", 200},
		{"overview of a year", s.base + "/?" + year, 200},
		{"clients", s.base + "/kliendid?" + year, 200},
		{"new clients", s.base + "/kliendid?show=new", 200},
		{"months", s.base + "/kliendid?show=months&" + year, 200},
		{"client", s.base + "/kliendid/maksuportaal", 200},
		{"methods", s.base + "/meetodid?" + year, 200},
		{"one method", s.base + "/meetodid?method=banklink&" + year, 200},
		{"statistics", s.base + "/stat", 200},
		{"data", s.base + "/andmed", 200},
		{"deletion", s.base + "/andmed/kustutamine?p=" + ended, 200},
		{"help", s.base + "/abi", 200},
		{"API", s.base + "/abi/api", 200},
		{"accessibility", s.base + "/ligipaasetavus", 200},
		{"not found", s.base + "/nowhere", 404},
		{"wrong period", s.base + "/?p=%5B", 400},
		{"nothing in the period", s.base + "/?p=2011", 200},
		{"filtered away", s.base + "/?client=nobody", 200},
		{"expression", s.base + "/?p=-0%5B1-3%5D-", 200},
		{"empty", s.empty + "/", 200},
		{"empty data", s.empty + "/andmed", 200},
	}
}

// count is what the oracle counts in a period, by day, client, method and
// operation.
func (s *site) count(p aggregate.Period, f aggregate.Key) []aggregate.Row {
	var rows []aggregate.Row
	for _, r := range s.sums {
		if p.Contains(r.Start) && f.Match(r.Key) {
			rows = append(rows, r)
		}
	}
	return rows
}

// shown is the period that the address of a page asks for.
func shown(t *testing.T, address string) aggregate.Period {
	t.Helper()
	is := is.New(t)
	u, err := url.Parse(address)
	is.NoErr(err)
	p, err := aggregate.ParsePeriod(u.Query().Get("p"), nil)
	is.NoErr(err)
	return p
}

// column returns a column of a table by its head, without head and foot.
func column(t *testing.T, table [][]string, head string) []string {
	t.Helper()
	if len(table) < 3 {
		t.Fatalf("a table of %d rows", len(table))
	}
	i := slices.Index(table[0], head)
	if i < 0 {
		t.Fatalf("no column is headed %q but %q", head, table[0])
	}
	var cells []string
	for _, row := range table[1 : len(table)-1] {
		cells = append(cells, row[i])
	}
	return cells
}

// digits strips the spaces that group digits.
func digits(s string) string { return strings.ReplaceAll(s, " ", "") }

// seedYear fills the embedded log base of a data directory with the days from one
// instant up to another, and returns what the oracle counts by day, client,
// method and operation.
func seedYear(t *testing.T, dir string, from, to time.Time, clients, logins int) []aggregate.Row {
	t.Helper()
	model := traffic.New(2018, to, loc)
	model.AddClients(clients)
	var events []event.Event
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		events = append(events, model.Day(day, logins)...)
	}
	events = slices.DeleteFunc(events, func(e event.Event) bool { return e.Time.After(to) })
	is := is.New(t)
	store, err := sqlitestore.Open(t.Context(), filepath.Join(dir, "tarastat.db"), sqlitestore.Options{})
	is.NoErr(err)
	var records []logbase.Record
	for i, e := range events {
		records = append(records, logbase.Record{ID: int64(i + 1), Event: e})
	}
	for batch := range slices.Chunk(records, 1000) {
		is.NoErr(store.Append(t.Context(), batch))
	}
	is.NoErr(store.Close())
	return aggregate.Count(slices.Values(events), aggregate.Query{
		By: aggregate.ByClient | aggregate.ByMethod | aggregate.ByOperation, Step: aggregate.DayUnit,
	})
}

// shotsDir is the environment variable that names a folder for pictures. With
// it TestPages/Screenshots puts every page there, in both languages and themes,
// wide and narrow, and as printed on A4, for somebody to look at:
//
//	cd internal/acceptance && TARASTAT_SCREENSHOTS=/tmp/shots go test -run TestPages/Screenshots .
const shotsDir = "TARASTAT_SCREENSHOTS"

func (s *site) takeScreenshots(t *testing.T) {
	t.Helper()
	is := is.New(t)
	dir := os.Getenv(shotsDir)
	write := func(name string, data []byte) {
		t.Helper()
		is.NoErr(os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, " ", "-")), data, 0o600))
	}
	for _, lang := range []string{"et", "en"} {
		tab := s.browser.Open(t, browser.Options{Lang: lang})
		for _, v := range s.views() {
			tab.Go(v.url)
			for _, width := range []int64{1280, 320} {
				for theme, dark := range map[string]bool{"light": false, "dark": true} {
					tab.Show(width, 800, dark)
					write(fmt.Sprintf("%s-%s-%d-%s.png", v.name, lang, width, theme), tab.Screenshot())
				}
			}
			tab.Show(1280, 800, false)
			write(fmt.Sprintf("%s-%s.pdf", v.name, lang), tab.PDF())
		}
	}
}
