package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/internal/testenv/browser"
)

// testDeletion deletes two months in one visit, with JavaScript and without.
// What is not confirmed as it was previewed is not deleted.
func (s *site) testDeletion(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dir := t.TempDir()
	first := aggregate.Month.Add(s.now, -5)
	sums := seedYear(t, dir, first, s.now, 0, 50)
	p := serve(t, dir)
	var left int64
	for _, r := range sums {
		left += r.Count
	}
	is.Equal(int64(p.records()), left)

	month := first
	for _, o := range []browser.Options{{}, {NoScript: true}} {
		tab := s.browser.Open(t, o)
		tab.Go(p.pages + "/andmed")
		tab.Follow("Kirjete kustutamine")
		for range 2 {
			period := aggregate.Of(aggregate.Month, month, nil)
			var n int64
			for _, r := range sums {
				if period.Contains(r.Start) {
					n += r.Count
				}
			}
			month = aggregate.Month.Add(month, 1)

			tab.Fill("Kustutatav periood", period.String())
			tab.Follow("Vaata, mida kustutatakse")
			is.Equal(digits(tab.Texts("#preview ~ dl dd")[0]), fmt.Sprint(n))
			label, button := "Kinnitamiseks kirjuta periood: "+period.String(), tab.Texts("button.danger")[0]
			is.Equal(digits(button), fmt.Sprintf("Kustuta%dkirjet", n))
			for _, wrong := range []string{"jah", period.From().AddDate(0, 1, 0).Format("2006-01")} {
				tab.Fill(label, wrong)
				tab.Follow(button)
				is.Equal(tab.Texts("[role=alert]"), []string{"Sisestatud tekst ei ole sama mis periood. Midagi ei kustutatud."})
				is.Equal(int64(p.records()), left)
			}
			tab.Fill(label, period.String())
			tab.Follow(button)
			left -= n
			is.True(strings.HasPrefix(digits(tab.Texts("[role=status]")[0]), fmt.Sprintf("Kustutatud%dkirjet:", n)))
			is.Equal(int64(p.records()), left)
			audit := tab.Table("#audit ~ .scroll table")
			is.Equal(digits(audit[1][3]), fmt.Sprint(n)) // newest first
			is.Equal(audit[1][4], "Tehtud")
		}
	}

	tab := s.browser.Open(t, browser.Options{})
	tab.Go(p.pages + "/andmed/kustutamine")
	is.Equal(len(tab.Table("#audit ~ .scroll table")), 1+4)
	for _, refused := range []string{"2018-0[4-6]", "", "nonsense ("} {
		tab.Go(p.pages + "/andmed/kustutamine?p=" + refused)
		is.Equal(len(tab.Texts("button.danger")), 0) // nothing to confirm
	}
	is.Equal(int64(p.records()), left)
}
