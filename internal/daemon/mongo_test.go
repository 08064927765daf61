package daemon_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/internal/testenv/mongotest"
	"github.com/e-gov/tarastat/internal/testenv/service"
	"github.com/e-gov/tarastat/syslogjson"
)

// numbered is an event that tells itself apart by its error text.
func numbered(sender string, n int) []byte {
	return event.AppendJSON(nil, event.Event{
		TimeText: "2018-04-28T10:51", ClientID: sender, Method: event.MethodIDCard,
		Operation: event.OpFailure, Error: fmt.Sprintf("NUMBER: %s %d", sender, n),
	})
}

// sendNumbered sends events first to last and reports whether all were written.
func sendNumbered(c *syslogjson.Client, sender string, first, last int) error {
	for n := first; n <= last; n++ {
		if err := c.Send(numbered(sender, n)); err != nil {
			return err
		}
	}
	return c.Close()
}

// TestTwoInstances runs two services on one base. One of them is killed midway
// and started again. What a page had counted is kept, nothing is there twice,
// and both show the same numbers.
func TestTwoInstances(t *testing.T) {
	t.Parallel()
	const each = 3000
	is := is.New(t)
	uri := mongotest.URI(t)
	dirs := [2]string{t.TempDir(), t.TempDir()}
	a := service.Start(t, dirs[0], "-store", uri)
	b := service.Start(t, dirs[1], "-store", uri)

	var wg sync.WaitGroup
	wg.Go(func() {
		if err := sendNumbered(a.Dial("octet"), "a", 1, each); err != nil {
			t.Error(err)
		}
	})
	is.NoErr(sendNumbered(b.Dial("octet"), "b", 1, each/2))
	testenv.Await(t, "half of b's events on b's own page", func() bool { return count(t, b, "b") == each/2 })
	b.Crash()
	b = service.Start(t, dirs[1], "-store", uri)
	is.NoErr(sendNumbered(b.Dial("octet"), "b", each/2+1, each))
	wg.Wait()

	for _, p := range []*service.Process{a, b} {
		testenv.Await(t, "all events on both pages", func() bool { return count(t, p, "a") == each && count(t, p, "b") == each })
		is.Equal(p.Records(), 2*each)
	}
	a.Stop()
	b.Stop()
	service.WellDone(t, []string{"check", "-data-dir", dirs[0], "-store", uri},
		fmt.Sprintf("records: %d, from 2018-04-28", 2*each), "equal a recount")

	// Every event is there, each once.
	target := filepath.Join(t.TempDir(), "tarastat.db")
	service.WellDone(t, []string{"copy", "-from", uri, "-to", "sqlite:" + target}, fmt.Sprintf("%d records copied", 2*each))
	seen := make(map[string]int)
	for _, e := range kept(t, filepath.Dir(target)) {
		seen[e.Error]++
	}
	is.Equal(len(seen), 2*each)
}

// count asks how many events of a client there are.
func count(t *testing.T, p *service.Process, client string) (n int64) {
	t.Helper()
	for _, r := range answer[[]statRow](t, p, "/stat", "", "kirjed") {
		if r.ID.ClientID == client {
			n += r.Count
		}
	}
	return n
}

// sendUntil sends events, a few at a time, until it has sent enough.
func sendUntil(c *syslogjson.Client, sent *atomic.Int64, enough <-chan struct{}) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-enough:
			return c.Close()
		case <-tick.C:
		}
		if err := c.Send(numbered("a", int(sent.Load()))); err != nil {
			return err
		}
		sent.Add(1)
	}
}

// inFlight reports whether that many events are read and not stored.
func inFlight(p *service.Process, n int) bool {
	_, body := p.Get("/metrics")
	return strings.Contains(body, fmt.Sprintf("\ntarastat_records_in_flight %d\n", n))
}

func awaitInFlight(t *testing.T, p *service.Process, n int) {
	t.Helper()
	testenv.Await(t, "the queue to fill", func() bool { return inFlight(p, n) })
}

// TestLogBaseAway takes the log base away in each way it may go while events
// come in, until the senders are held back, and brings it back.
func TestLogBaseAway(t *testing.T) {
	t.Parallel()
	const queue = 200
	ways := []struct {
		name       string
		away, back func(*mongotest.Server)
	}{
		{"stopped", (*mongotest.Server).Stop, (*mongotest.Server).Restart},
		{"killed", (*mongotest.Server).Kill, (*mongotest.Server).Restart},
		{"frozen", (*mongotest.Server).Freeze, (*mongotest.Server).Thaw},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			base := mongotest.Start(t)
			dir := t.TempDir()
			p := service.Start(t, dir, "-store", base.URI, "-max-queue", fmt.Sprint(queue))
			is.Equal(p.Await("/status", http.StatusOK), "OK")

			var sent atomic.Int64
			enough := make(chan struct{})
			ended := make(chan error, 1)
			go func() { ended <- sendUntil(p.Dial("bsd"), &sent, enough) }()
			testenv.Await(t, "events being stored", func() bool { return p.Records() > 100 })
			way.away(base)
			body := p.Await("/status", http.StatusInternalServerError)
			is.True(strings.Contains(body, "ERR-01") || strings.Contains(body, "ERR-05"))
			body = p.Await("/kirjeid?p=", http.StatusServiceUnavailable)
			is.True(strings.Contains(body, "ERR-01") || strings.Contains(body, "ERR-02"))
			awaitInFlight(t, p, queue+1) // and one that waits for room

			way.back(base)
			testenv.Await(t, "events being stored again", func() bool { return !inFlight(p, queue+1) })
			close(enough)
			is.NoErr(<-ended)
			events := int(sent.Load())
			p.Await("/kirjeid?p=", http.StatusOK)
			p.AwaitRecords(events)
			p.Await("/status", http.StatusOK)
			p.Stop()
			service.WellDone(t, []string{"check", "-data-dir", dir, "-store", base.URI}, fmt.Sprintf("records: %d,", events))
		})
	}
}

// TestStartBeforeTheLogBase starts the service while the log base is away: the
// order does not matter (specification, section 1.7).
func TestStartBeforeTheLogBase(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	base := mongotest.Start(t)
	base.Stop()
	p := service.Start(t, t.TempDir(), "-store", base.URI)
	code, body := p.Get("/status")
	is.Equal(code, http.StatusInternalServerError)
	is.True(strings.Contains(body, "ERR-01"))
	code, _ = p.Get("/")
	is.Equal(code, http.StatusServiceUnavailable)
	is.NoErr(sendNumbered(p.Dial("octet"), "early", 1, 10)) // waits in memory

	base.Restart()
	p.Await("/kirjeid?p=", http.StatusOK)
	p.AwaitRecords(10)
	p.Stop()
}

// TestWrongLogBase holds that a wrong setting is one clear line with its code,
// and that the password is in none.
func TestWrongLogBase(t *testing.T) {
	t.Parallel()
	const password = "Kala-Maja-47"
	is := is.New(t)
	dir := t.TempDir()
	for uri, want := range map[string]string{
		"mongodb://rakendus:" + password + "@127.0.0.1:1/": "ERR-01",
		"mongodb://rakendus:" + password + "@/":            "connection string",
		"mongodb://rakendus:" + password + "@host:99999/":  "connection string",
	} {
		code, out := service.Tool(t, "check", "-data-dir", dir, "-store", uri)
		is.Equal(code, 1)
		if !strings.Contains(out, want) {
			t.Errorf("%s: got %s, want %s", uri, out, want)
		}
		is.True(!strings.Contains(out, password))
	}
	p := service.Start(t, dir, "-store", "mongodb://rakendus:"+password+"@127.0.0.1:1/")
	p.Stop()
	log := p.Output()
	is.True(strings.Contains(log, `level=ERROR msg="log base cannot be opened" code=ERR-01 means="Connecting to the log base failed" advice=`))
	is.True(!strings.Contains(log, password))
}
