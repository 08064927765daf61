package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv/browser"
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
