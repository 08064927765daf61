package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/testenv/browser"
)

// testStory is why the pages exist: "who still uses bank links, how fast does
// it shrink, and who are the last five?", in two clicks.
func (s *site) testStory(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	tab := s.browser.Open(t, browser.Options{})
	tab.Go(s.base)
	tab.Follow("12 kuud")
	tab.Follow("Pangalink", "main")

	period := shown(t, tab.URL())
	rows := s.count(period, aggregate.Key{Method: event.MethodBankLink})
	total := aggregate.Total(rows)
	is.Equal(period.String(), aggregate.Between(
		aggregate.Month.Add(s.now, -11), aggregate.Month.Add(s.now, 1), nil).String())
	note, table, trend := tab.Texts("#users .hint"), tab.Table("#users table"), tab.Table("#trend table")

	t.Run("who", func(t *testing.T) {
		is := is.New(t)
		var got []user
		for i, name := range column(t, table, "Klientrakendus") {
			got = append(got, user{
				name, digits(column(t, table, "Edukad autentimised")[i]), digits(column(t, table, "Ebaõnnestumised")[i]),
				column(t, table, "Viimati kasutas")[i],
			})
		}
		want := users(rows)
		is.Equal(note[0], fmt.Sprintf("Kasutab %d klientrakendust. Viimati kasutanud on eespool.", len(want)))
		is.True(len(got) >= 50 || len(got) == len(want)) // the rest is on a further page
		if d := gocmp.Diff(want[:len(got)], got); d != "" {
			t.Error(d)
		}
		is.Equal(digits(table[len(table)-1][1]), strconv.FormatInt(total.Successes, 10))
	})
	t.Run("the last five", func(t *testing.T) {
		is := is.New(t)
		last := column(t, table, "Klientrakendus")[:5]
		is.True(!slices.Contains(last, "vana-toetuste-portaal")) // it fell silent months ago
		tab := s.browser.Open(t, browser.Options{})
		tab.Go(s.base + "/meetodid?method=banklink&p=" + period.String())
		tab.Follow(last[0], "#users")
		is.Equal(tab.Texts("h1"), []string{last[0]})
	})
	t.Run("how fast", func(t *testing.T) {
		is := is.New(t)
		step := aggregate.AutoStep(period)
		want := make(map[time.Time]aggregate.Tally)
		for _, r := range rows {
			sum := want[step.Start(r.Start)]
			sum.Add(r.Key.Operation, r.Count)
			want[step.Start(r.Start)] = sum
		}
		good, bad := column(t, trend, "Edukad autentimised"), column(t, trend, "Ebaõnnestumised")
		at := step.Start(period.From())
		for i := range good {
			if !at.After(s.now) {
				is.Equal(digits(good[i]), strconv.FormatInt(want[at].Successes, 10))
				is.Equal(digits(bad[i]), strconv.FormatInt(want[at].Failures, 10))
			}
			at = step.Add(at, 1)
		}
		is.True(!at.Before(period.To()))
		is.Equal(digits(trend[len(trend)-1][1]), strconv.FormatInt(total.Successes, 10))
	})
}

// user is one row of who uses a method.
type user struct{ Name, Successes, Failures, Last string }

// users is what the table of users has to show: those who came last first, and
// of those the ones with most successes.
func users(rows []aggregate.Row) []user {
	type line struct {
		name string
		sum  aggregate.Tally
		last time.Time
	}
	at := make(map[string]*line)
	var lines []*line
	for _, r := range rows { // sorted by day
		l := at[r.Key.ClientID]
		if l == nil {
			l = &line{name: r.Key.ClientID}
			at[l.name], lines = l, append(lines, l)
		}
		l.sum.Add(r.Key.Operation, r.Count)
		l.last = r.Start
	}
	slices.SortFunc(lines, func(a, b *line) int {
		return cmp.Or(b.last.Compare(a.last), cmp.Compare(b.sum.Successes, a.sum.Successes), cmp.Compare(a.name, b.name))
	})
	var out []user
	for _, l := range lines {
		out = append(out, user{
			l.name, strconv.FormatInt(l.sum.Successes, 10), strconv.FormatInt(l.sum.Failures, 10), l.last.Format("02.01.2006"),
		})
	}
	return out
}
