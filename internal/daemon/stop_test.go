package daemon_test

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/internal/testenv/mongotest"
	"github.com/e-gov/tarastat/internal/testenv/service"
	"github.com/e-gov/tarastat/syslogjson"
)

// stopTime is what -stop-time is by default, with room for a busy machine.
const stopTime = 20 * time.Second

// stopped returns what the last line of the log says.
func stopped(t *testing.T, p *service.Process) (took time.Duration, received, stored, rejected, lost int) {
	t.Helper()
	m := p.Line(`msg=stopped took=(\S+) received=(\d+) stored=(\d+) rejected=(\d+) lost=(\d+)`)
	took, err := time.ParseDuration(m[1])
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range []*int{&received, &stored, &rejected, &lost} {
		*n, _ = strconv.Atoi(m[i+2])
	}
	return took, received, stored, rejected, lost
}

// TestStopUnderTraffic ends the service while senders go on: that is what an
// upgrade is. All that was read is stored, and it ends well and in time.
func TestStopUnderTraffic(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	p := service.Start(t, dir)
	var wg sync.WaitGroup
	var sent atomic.Int64
	enough := make(chan struct{})
	for _, form := range []string{"bsd", "rfc5424", "octet"} {
		c := p.Dial(form)
		wg.Go(func() { _ = sendUntil(c, &sent, enough) }) // cut off by the receiver
	}
	testenv.Await(t, "events", func() bool { return p.Records() > 200 })
	p.Stop()
	close(enough)
	wg.Wait()
	took, received, stored, rejected, lost := stopped(t, p)
	is.True(took < stopTime)
	is.Equal(rejected, 0)
	is.Equal(lost, 0)
	is.Equal(received, stored)
	is.Equal(len(kept(t, dir)), stored)
}

// TestStopWithTheLogBaseFrozen ends the service while the log base does not
// answer and events wait. They are lost, which it says, and it ends in time.
func TestStopWithTheLogBaseFrozen(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	base := mongotest.Start(t)
	p := service.Start(t, t.TempDir(), "-store", base.URI, "-max-queue", "50")
	var sent atomic.Int64
	enough := make(chan struct{})
	ended := make(chan error, 1)
	go func() { ended <- sendUntil(p.Dial("octet"), &sent, enough) }()
	testenv.Await(t, "events", func() bool { return p.Records() > 10 })
	base.Freeze()
	awaitInFlight(t, p, 51)
	is.Equal(service.ExitCode(t, p.End(t, syscall.SIGTERM)), 1) // something was lost
	close(enough)
	t.Logf("the sender ends with: %v", <-ended)
	base.Thaw()
	took, received, stored, rejected, lost := stopped(t, p)
	is.True(took < stopTime)
	is.True(lost >= 50)
	is.Equal(received, stored+rejected+lost)
	is.True(strings.Contains(p.Output(), "events were not stored"))
}

// TestSecondServiceIsRefused starts a service on a data directory that is in
// use. It ends at once, and the first one is unharmed.
func TestSecondServiceIsRefused(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	first := service.Start(t, dir)
	code, out := service.Tool(t, "serve", "-data-dir", dir, "-syslog-addr", "127.0.0.1:0", "-http-addr", "127.0.0.1:0")
	is.Equal(code, 2) // trying again is no use
	is.True(strings.Contains(out, "in use by another process"))
	code, _ = first.Get("/status")
	is.Equal(code, http.StatusOK)
	first.Stop()
}

// TestKillsLoseNothingCounted kills the service 20 times while events come in.
// What a page had counted before must be there after, nothing may be there
// twice, and the sums must equal a recount.
func TestKillsLoseNothingCounted(t *testing.T) {
	const kills = 20
	is := is.New(t)
	dir := t.TempDir()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	var sent atomic.Int64
	counted := 0
	for range kills {
		p := service.Start(t, dir)
		if n := p.Records(); n < counted {
			t.Fatalf("%d records after a kill, %d were counted before it", n, counted)
		}
		ended := make(chan struct{})
		go stream(p.Dial("octet"), &sent, ended)
		want := p.Records() + 1 + rnd.IntN(2000)
		testenv.Await(t, "some more records", func() bool {
			counted = p.Records()
			return counted >= want
		})
		p.Crash()
		<-ended
	}
	p := service.Start(t, dir)
	last := p.Records()
	p.Stop()
	is.True(last >= counted)
	is.True(int64(last) <= sent.Load())

	seen := make(map[string]bool)
	for _, e := range kept(t, dir) {
		if seen[e.Error] {
			t.Errorf("%s is there twice", e.Error)
		}
		seen[e.Error] = true
	}
	is.Equal(len(seen), last)
	service.WellDone(t, []string{"check", "-data-dir", dir}, "equal a recount")
}

// stream sends events, each with another text, until the connection breaks.
func stream(c *syslogjson.Client, sent *atomic.Int64, ended chan<- struct{}) {
	defer close(ended)
	defer c.Close()
	for c.Send(numbered("client", int(sent.Add(1)))) == nil {
	}
}
