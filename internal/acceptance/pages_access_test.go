package acceptance_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/internal/acceptance/browser"
)

// maxStops bounds a walk with the Tab key; a date field alone has several
// stops.
const maxStops = 1000

// walks are the views to walk through: together they have every kind of part.
var walks = []string{
	"overview", "clients", "client", "one method", "data", "deletion", "help", "wrong period", "filtered away", "empty",
}

// testKeyboard uses the pages without a mouse.
func (s *site) testKeyboard(t *testing.T) {
	t.Parallel()
	tab := s.browser.Open(t, browser.Options{})
	walked := 0
	for _, v := range s.views() {
		if slices.Contains(walks, v.name) {
			tab.Go(v.url)
			s.walk(t, tab, v.name)
			walked++
		}
	}
	if walked != len(walks) {
		t.Errorf("walked through %d views of %q", walked, walks)
	}
	t.Run("skip link", func(t *testing.T) {
		is := is.New(t)
		tab := s.browser.Open(t, browser.Options{})
		tab.Go(s.base + "/")
		tab.Press(browser.TabKey)
		is.True(strings.HasSuffix(tab.Focus().Name, "Liigu edasi põhisisu juurde"))
		is.Equal(tab.Texts(".skip"), []string{"Liigu edasi põhisisu juurde"})
		tab.Press(browser.Enter)
		tab.Press(browser.TabKey)
		is.True(browser.Eval[bool](tab, `document.querySelector("main").contains(document.activeElement)`))
	})
	t.Run("operate", func(t *testing.T) {
		is := is.New(t)
		tab := s.browser.Open(t, browser.Options{})
		tab.Go(s.base + "/")
		s.focus(t, tab, "a Klientrakendused")
		tab.PressLoads(browser.Enter)
		is.Equal(tab.Texts("h1"), []string{"Klientrakendused"})

		tab.Go(s.base + "/?p=" + s.year())
		s.focus(t, tab, "trend summary Andmed tabelina")
		const open = `document.querySelector("#trend details").open`
		tab.Press(browser.Space)
		tab.Await("the table", open)
		tab.Press(browser.Space)
		tab.Await("no table", "!"+open)

		s.focus(t, tab, "button Peata uuendamine")
		const says = `document.activeElement.textContent === `
		tab.Press(browser.Space)
		tab.Await("the pause", says+`"Jätka uuendamist"`)
		tab.Press(browser.Enter)
		tab.Await("no pause", says+`"Peata uuendamine"`)

		s.focus(t, tab, "input#p")
		tab.Press("2011") // in the place of what stands there, as reached by Tab
		tab.PressLoads(browser.Enter)
		is.Equal(tab.Texts(".bar h2"), []string{"2011. aasta"})
	})
}

// walk goes through a page with the Tab key, there and some way back. It has
// to reach everything, in the order of the page, the skip link first, with the
// focus always to be seen, and to come out again at the end.
func (s *site) walk(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	want := tab.Tabbable()
	at := -1
	for range maxStops {
		tab.Press(browser.TabKey)
		stop := tab.Focus()
		if stop.Name == "" || at == len(want)-1 && stop.Index == 0 {
			break // out of the page
		}
		if stop.Index != at && stop.Index != at+1 {
			t.Errorf("%s: from %d the focus goes to %d, %s", name, at, stop.Index, stop.Name)
		}
		if !stop.Ring || !stop.InView {
			t.Errorf("%s: the focus on %s cannot be seen (ring %t, in view %t)", name, stop.Name, stop.Ring, stop.InView)
		}
		at = stop.Index
	}
	if at != len(want)-1 {
		t.Errorf("%s: the Tab key ends at %d of %d", name, at, len(want))
	}
	if !strings.HasSuffix(want[0], "Liigu edasi põhisisu juurde") {
		t.Errorf("%s: the first stop is %s", name, want[0])
	}
}

// focus presses Tab until the focus is on the element of that name.
func (s *site) focus(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	var been []string
	for range maxStops {
		tab.Press(browser.TabKey)
		stop := tab.Focus()
		if strings.Contains(stop.Name, name) {
			return
		}
		if !slices.Contains(been, stop.Name) {
			been = append(been, stop.Name)
		}
	}
	t.Fatalf("the Tab key does not reach %q but %q", name, been)
}

// testNoScript uses everything there is to use with JavaScript off. Deletion
// without it is in testDeletion.
func (s *site) testNoScript(t *testing.T) {
	t.Parallel()
	const text, dates = "form:has(#p)", "form:has(#from)"

	t.Run("pages", func(t *testing.T) {
		is := is.New(t)
		tab := s.browser.Open(t, browser.Options{NoScript: true})
		for _, v := range s.views() {
			tab.Forget()
			tab.Go(v.url)
			is.True(slices.ContainsFunc(tab.Seen().Requests, func(r browser.Request) bool { return r.URL == v.url && r.Status == v.status }))
			is.True(len(tab.Texts("h1")) == 1)
			is.Equal(len(tab.Texts("#live button")), 0) // what only JavaScript can do is not offered
		}
	})
	t.Run("menu", func(t *testing.T) {
		is := is.New(t)
		tab := s.browser.Open(t, browser.Options{NoScript: true})
		tab.Go(s.base + "/")
		for _, name := range []string{"Klientrakendused", "Meetodid ja vead", "Koondtabel", "Andmed", "Abi", "Ligipääsetavus"} {
			tab.Follow(name, "header")
			is.Equal(tab.Texts("h1"), []string{name})
		}
		tab.Follow("English", "header")
		is.Equal(tab.Texts("h1"), []string{"Accessibility"})
		tab.Follow("Eesti", "header")
		is.Equal(tab.Texts("h1"), []string{"Ligipääsetavus"})
	})
	t.Run("period", func(t *testing.T) {
		is := is.New(t)
		tab := s.browser.Open(t, browser.Options{NoScript: true})
		month := aggregate.Of(aggregate.Month, s.now.AddDate(0, -2, 0), nil)
		tab.Go(s.base + "/meetodid?method=smartid")
		tab.Fill("Periood", month.String())
		tab.Choose("Samm", "week")
		tab.Choose("Võrdlus", "none")
		tab.Follow("Näita", text)
		is.Equal(shown(t, tab.URL()).String(), month.String())
		is.True(strings.HasPrefix(column(t, tab.Table("#trend table"), "Aeg")[0], isoWeek(month.From())))
		is.Equal(tab.Value("Samm"), "week")
		is.Equal(tab.Value("Võrdlus"), "none")

		from, to := month.From().AddDate(0, 0, 2).Format(time.DateOnly), month.From().AddDate(0, 0, 8).Format(time.DateOnly)
		tab.Choose("Alates", from)
		tab.Choose("Kuni (kaasa arvatud)", to)
		tab.Follow("Näita", dates)
		is.Equal(shown(t, tab.URL()).String(), from+"/"+to)
		is.True(strings.Contains(tab.URL(), "method=smartid")) // the filter stays

		tab.Fill("Periood", "2018-0[")
		tab.Follow("Näita", text)
		is.True(strings.HasPrefix(tab.Texts("#p-wrong")[0], "ERR-07"))
		is.Equal(tab.Value("Periood"), "2018-0[")
	})
	t.Run("filters", func(t *testing.T) {
		is := is.New(t)
		tab := s.browser.Open(t, browser.Options{NoScript: true})
		tab.Go(s.base + "/?p=" + s.year())
		tab.Follow("maksuportaal", "main")
		tab.Follow("Smart-ID", "main")
		chips := tab.Texts(".chips li")
		is.True(len(chips) > 0)
		for len(chips) > 0 {
			tab.Follow(chips[0], ".chips")
			left := tab.Texts(".chips li")
			is.Equal(left, chips[1:])
			chips = left
		}
	})
	t.Run("sorting and search", func(t *testing.T) {
		is := is.New(t)
		tab := s.browser.Open(t, browser.Options{NoScript: true})
		tab.Go(s.base + "/kliendid?p=" + s.year())
		tab.Follow("Klientrakendus", "thead")
		names := column(t, tab.Table("main table"), "Klientrakendus")
		is.True(slices.IsSorted(names))
		tab.Follow("Järgmine leht")
		next := column(t, tab.Table("main table"), "Klientrakendus")
		is.True(names[len(names)-1] < next[0])
		tab.Fill("Otsi nime, tunnuse või asutuse järgi", "portaal")
		tab.Follow("Otsi", "main")
		for _, name := range column(t, tab.Table("main table"), "Klientrakendus") {
			is.True(strings.Contains(name, "portaal"))
		}
		tab.Follow("Kuude kaupa")
		is.Equal(tab.Texts("main section h2")[1:], []string{"Edukad autentimised klientrakenduse ja kuu järgi"})
	})
	t.Run("charts", func(t *testing.T) {
		is := is.New(t)
		tab := s.browser.Open(t, browser.Options{NoScript: true})
		tab.Go(s.base + "/?p=" + s.year())
		tab.Click("Andmed tabelina", "#trend")
		is.True(len(tab.Texts("#trend table")) == 1) // unfolded
		week := column(t, tab.Table("#trend table"), "Aeg")[10]
		browser.Eval[bool](tab, `document.querySelectorAll("#trend svg a")[10].focus(), true`)
		tab.PressLoads(browser.Enter)
		is.True(strings.HasPrefix(tab.Texts(".bar h2")[0], strings.Split(week, " (")[0])) // a column leads into its step
	})
}

// isoWeek is how a page names the week of t.
func isoWeek(t time.Time) string {
	_, week := t.ISOWeek()
	return strconv.Itoa(week) + ". nädal"
}

// testAccessibility runs axe-core on every page in both languages, in both
// themes, on a telephone and on a desk, with all that can be unfolded open.
func (s *site) testAccessibility(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"et", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			tab := s.browser.Open(t, browser.Options{Lang: lang})
			where := make(map[string][]string) // views by violation
			for _, v := range s.views() {
				tab.Go(v.url)
				browser.Eval[bool](tab, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
				for _, width := range []int64{1280, 320} {
					audit := func(dark bool, rules ...string) {
						tab.Show(width, 800, dark)
						for _, found := range tab.Audit(rules...) {
							where[found.String()] = append(where[found.String()], fmt.Sprintf("%s at %d px, dark %t", v.name, width, dark))
						}
					}
					audit(false)
					audit(true, browser.ColourRules...) // the themes differ in nothing else
				}
			}
			for found, views := range where {
				t.Errorf("%s\n%q", found, views)
			}
		})
	}
}

// loads is how often a page is loaded to see whether it moves. On a machine
// that is busy the browser may show a table before all its rows have come, and
// then its columns move; what a page does by itself it does every time.
const loads = 4

// testLayout holds that no page scrolls sideways on a telephone and that
// nothing on a page moves while it loads.
func (s *site) testLayout(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"et", "en"} {
		tab := s.browser.Open(t, browser.Options{Lang: lang})
		for _, width := range []int64{320, 1280} {
			tab.Show(width, 800, false)
			for _, v := range s.views() {
				tab.Go(v.url)
				if wide := tab.Overflow(); len(wide) > 0 {
					t.Errorf("%s, %s, scrolls sideways at %d px: %q", v.name, lang, width, wide)
				}
				moved := tab.Shifts()
				for n := 1; n < loads && len(moved) > 0; n++ {
					tab.Go(v.url)
					moved = tab.Shifts()
				}
				if len(moved) > 0 {
					t.Errorf("%s, %s, moves at %d px while it loads: %q", v.name, lang, width, moved)
				}
			}
		}
	}
}
