package main

import (
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/testenv/browser"
)

// testLive watches a running period while events arrive: its figures move by
// themselves, but not while paused.
func (s *site) testLive(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p := serve(t, t.TempDir())
	c := p.dial("bsd")
	sent := 0
	send := func() {
		t.Helper()
		e := event.Event{
			TimeText: time.Now().In(event.DefaultLocation()).Format("2006-01-02T15:04:05"),
			ClientID: "klient", Method: event.MethodSmartID, Operation: event.SuccessfulAuth,
		}
		is.NoErr(c.Send(event.AppendJSON(nil, e)))
		is.NoErr(c.Flush())
		sent++
		await(t, "a record", func() bool { return p.records() == sent })
	}
	send()

	// The page's clock goes 100 times as fast, so nobody waits for half a minute.
	tab := s.browser.Open(t, browser.Options{})
	tab.BeforePages(`const slow = setInterval; setInterval = (f, ms, ...rest) => slow(f, ms / 100, ...rest)`)
	tab.Go(p.pages + "/?p=" + time.Now().In(event.DefaultLocation()).Format("2006"))
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
