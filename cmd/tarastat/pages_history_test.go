package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv/browser"
)

// state is what a person sees of the state of a page.
type state struct {
	URL, Field string
	Heads      []string
	Table      [][]string
}

func stateOf(tab *browser.Tab) state {
	return state{tab.URL(), tab.Value("Periood"), tab.Texts("h1, .bar h2, .chips li, [aria-current]"), tab.Table("main table")}
}

// testHistory walks through several states of the pages, back, forward, and in
// by copied addresses.
func (s *site) testHistory(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	tab := s.browser.Open(t, browser.Options{})
	tab.Go(s.base + "/")
	walk := []state{stateOf(tab)}
	for _, step := range []struct{ text, within string }{
		{"Eelmine kuu", ".bar"},
		{"Meetodid ja vead", "nav"},
		{"Smart-ID", "main"},
		{"‹", ".bar"},
		{"Klientrakendused", "nav"},
		{"Ebaõnnestumised", "thead"}, // sorts
	} {
		tab.Follow(step.text, step.within)
		walk = append(walk, stateOf(tab))
	}
	last := len(walk) - 1
	for i := range last {
		is.True(walk[i].URL != walk[i+1].URL)
	}
	for i := last - 1; i >= 0; i-- {
		tab.Back()
		if d := cmp.Diff(walk[i], stateOf(tab)); d != "" {
			t.Errorf("back at %s: %s", walk[i].URL, d)
		}
	}
	for i := 1; i <= last; i++ {
		tab.Forward()
		if d := cmp.Diff(walk[i], stateOf(tab)); d != "" {
			t.Errorf("forward at %s: %s", walk[i].URL, d)
		}
	}
	for _, want := range walk {
		other := s.browser.Open(t, browser.Options{})
		other.Go(want.URL)
		if d := cmp.Diff(want, stateOf(other)); d != "" {
			t.Errorf("copied %s: %s", want.URL, d)
		}
	}
}
