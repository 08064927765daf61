package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/syslogjson"
)

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
		p := serve(t, dir)
		if n := p.records(); n < counted {
			t.Fatalf("%d records after a kill, %d were counted before it", n, counted)
		}
		ended := make(chan struct{})
		go stream(p.dial("octet"), &sent, ended)
		want := p.records() + 1 + rnd.IntN(2000)
		await(t, "some more records", func() bool {
			counted = p.records()
			return counted >= want
		})
		p.kill()
		<-ended
	}
	p := serve(t, dir)
	last := p.records()
	p.stop()
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
	code, out := tool(t, "check", "-data-dir", dir)
	is.Equal(code, 0)
	is.True(strings.Contains(out, "equal a recount"))
}

// stream sends events, each with another text, until the connection breaks.
func stream(c *syslogjson.Client, sent *atomic.Int64, ended chan<- struct{}) {
	defer close(ended)
	defer c.Close() //nolint:errcheck // broken by then
	for {
		n := sent.Add(1)
		e := event.Event{
			TimeText: "2018-04-28T10:51", ClientID: "client",
			Method: event.MethodIDCard, Operation: event.Failed, Error: fmt.Sprint("NUMBER: ", n),
		}
		if c.Send(event.AppendJSON(nil, e)) != nil {
			return
		}
	}
}
