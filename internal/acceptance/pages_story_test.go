package acceptance_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/acceptance/browser"
	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/internal/testenv/service"
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
		if d := gocmp.Diff(walk[i], stateOf(tab)); d != "" {
			t.Errorf("back at %s: %s", walk[i].URL, d)
		}
	}
	for i := 1; i <= last; i++ {
		tab.Forward()
		if d := gocmp.Diff(walk[i], stateOf(tab)); d != "" {
			t.Errorf("forward at %s: %s", walk[i].URL, d)
		}
	}
	for _, want := range walk {
		other := s.browser.Open(t, browser.Options{})
		other.Go(want.URL)
		if d := gocmp.Diff(want, stateOf(other)); d != "" {
			t.Errorf("copied %s: %s", want.URL, d)
		}
	}
}

// testDeletion deletes two months in one visit, with JavaScript and without.
// What is not confirmed as it was previewed is not deleted.
func (s *site) testDeletion(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dir := t.TempDir()
	first := aggregate.Month.Add(s.now, -5)
	sums := seedYear(t, dir, first, s.now, 0, 50)
	p := service.Start(t, dir)
	var left int64
	for _, r := range sums {
		left += r.Count
	}
	is.Equal(int64(p.Records()), left)

	month := first
	for _, o := range []browser.Options{{}, {NoScript: true}} {
		tab := s.browser.Open(t, o)
		tab.Go(p.Pages + "/andmed")
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
				is.Equal(int64(p.Records()), left)
			}
			tab.Fill(label, period.String())
			tab.Follow(button)
			left -= n
			is.True(strings.HasPrefix(digits(tab.Texts("[role=status]")[0]), fmt.Sprintf("Kustutatud%dkirjet:", n)))
			is.Equal(int64(p.Records()), left)
			audit := tab.Table("#audit ~ .scroll table")
			is.Equal(digits(audit[1][3]), fmt.Sprint(n)) // newest first
			is.Equal(audit[1][4], "Tehtud")
		}
	}

	tab := s.browser.Open(t, browser.Options{})
	tab.Go(p.Pages + "/andmed/kustutamine")
	is.Equal(len(tab.Table("#audit ~ .scroll table")), 1+4)
	for _, refused := range []string{"2018-0[4-6]", "", "nonsense ("} {
		tab.Go(p.Pages + "/andmed/kustutamine?p=" + refused)
		is.Equal(len(tab.Texts("button.danger")), 0) // nothing to confirm
	}
	is.Equal(int64(p.Records()), left)
}

// testLive watches a running period while events arrive: its figures move by
// themselves, but not while paused.
func (s *site) testLive(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p := service.Start(t, t.TempDir())
	c := p.Dial("bsd")
	sent := 0
	send := func() {
		t.Helper()
		e := event.Event{
			TimeText: time.Now().In(loc).Format("2006-01-02T15:04:05"),
			ClientID: "klient", Method: event.MethodSmartID, Operation: event.OpSuccess,
		}
		is.NoErr(c.Send(event.AppendJSON(nil, e)))
		is.NoErr(c.Flush())
		sent++
		testenv.Await(t, "a record", func() bool { return p.Records() == sent })
	}
	send()

	// The page's clock goes 100 times as fast, so nobody waits for half a minute.
	tab := s.browser.Open(t, browser.Options{})
	tab.BeforePages(`const slow = setInterval; setInterval = (f, ms, ...rest) => slow(f, ms / 100, ...rest)`)
	tab.Go(p.Pages + "/?p=" + time.Now().In(loc).Format("2006"))
	const value = `document.querySelector(".tile .value").textContent.trim()`
	is.Equal(browser.Eval[string](tab, value), "1")
	tab.Forget()

	send()
	tab.Await("the second event", value+` === "2"`)
	tab.Click("Peata uuendamine")
	turns := func() (n int) {
		for _, r := range tab.Seen().Requests {
			if r.Kind == "Fetch" {
				n++
			}
		}
		return n
	}
	browser.Eval[bool](tab, `new Promise(done => setTimeout(() => done(true), 300))`) // what was asked for before
	before := turns()
	is.True(before > 0)
	send()
	browser.Eval[bool](tab, `new Promise(done => setTimeout(() => done(true), 1000))`) // three turns and more
	is.Equal(turns(), before)
	is.Equal(browser.Eval[string](tab, value), "2")

	tab.Click("Jätka uuendamist")
	tab.Await("the third event", value+` === "3"`)
	is.NoErr(c.Close())
	for _, r := range tab.Seen().Requests {
		is.True(r.Kind != "Document") // nobody loaded the page again
	}
}
