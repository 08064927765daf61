package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/internal/testenv/browser"
)

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
