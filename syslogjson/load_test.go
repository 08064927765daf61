package syslogjson_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// Reliability.md row 26: many senders come back at once, in every form, and lose nothing.
func TestReconnectStorm(t *testing.T) {
	is := is.New(t)
	const senders, each = 200, 10
	srv := started(t, func(s *server) { s.MaxConnsPerAddr = senders })
	cfg := srv.ClientTLS()
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			opts := syslogjson.ClientOptions{Header: inForm(syslogjson.DefaultHeader("vm"), forms[s%3].header), BufferBytes: s % 2 * 1000}
			c, err := syslogjson.Dial(inTime(t), srv.Addr, cfg, opts)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range each {
				if err := c.Send(fmt.Appendf(nil, `{"s":%d,"i":%d}`, s, i)); err != nil {
					t.Error(err)
				}
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	const n = senders * each
	is.Equal(srv.got.Len(), n)
	seen := make(map[string]bool)
	for _, m := range srv.got.Messages() {
		seen[string(m.Payload)] = true
		is.Equal(m.Hostname, "vm")
		is.Equal(m.Peer.Name, "syslogtest client")
		is.True(m.Peer.Addr.Addr().IsLoopback())
	}
	is.Equal(len(seen), n)
	st := srv.Stats()
	is.Equal(st.Accepted, uint64(senders))
	is.Equal(st.Frames, uint64(n))
	is.Equal(st.Messages, uint64(n))
	is.Equal(st.Rejected.Total(), uint64(0))
	peers := srv.Peers()
	is.Equal(len(peers), 1) // one name, many connections
	is.Equal(peers[0].Connections, uint64(senders))
	is.Equal(peers[0].Messages, uint64(n))
	is.True(!peers[0].LastMessage.IsZero())
	is.True(peers[0].NotAfter.After(time.Now()))
	testenv.Await(t, "connections end", func() bool { return srv.Stats().Active == 0 && srv.Peers()[0].Active == 0 })
}

// A handler that is held up by one peer, and a peer that sends only rubbish, harm
// no other.
func TestNoisyNeighbours(t *testing.T) {
	is := is.New(t)
	gate := make(chan struct{})
	srv := started(t, func(s *server) {
		s.got.Answer = func(m *syslogjson.Message) error {
			if bytes.Equal(m.Payload, []byte(j("held"))) {
				<-gate
			}
			return nil
		}
	})
	held, noisy, good := srv.Dial(syslogjson.ClientOptions{}), srv.Dial(syslogjson.ClientOptions{}), srv.Dial(syslogjson.ClientOptions{})
	is.NoErr(held.Send([]byte(j("held"))))
	const n = 1000
	var wg sync.WaitGroup
	wg.Go(func() {
		for range n {
			// Each kind of rubbish, then one good frame, so that the connection stays.
			if err := noisy.SendRaw([]byte(strings.Repeat("rubbish\n0 \n<999>\n<1>x\n", 10) + "<1>{}\n")); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range n {
		is.NoErr(good.Send([]byte(j("good"))))
	}
	is.NoErr(good.Close())
	wg.Wait()
	is.NoErr(noisy.Close())
	close(gate)
	is.NoErr(held.Close())
	is.Equal(srv.got.Len(), 2*n+1)
	st := srv.Stats()
	is.Equal(st.Frames, st.Messages+st.Rejected.Total())
	want := map[syslogjson.Class]uint64{
		syslogjson.ClassBadHeader: 20 * n, syslogjson.ClassBadCount: 10 * n, syslogjson.ClassNoJSON: 10 * n,
	}
	is.Equal(len(st.Rejected), len(syslogjson.Classes())) // also those that never happened
	for _, c := range syslogjson.Classes() {
		is.Equal(st.Rejected[c], want[c])
	}
}

// from10 is one of many addresses.
func from10(i int) net.IP { return net.IPv4(10, 0, byte(i>>8), byte(i)) }

// However many addresses send, what is remembered of them is bounded.
func TestPeersBounded(t *testing.T) {
	is := is.New(t)
	const n = syslogjson.MaxPeers + 100
	srv := &syslogjson.Server{Handler: new(syslogtest.Collector), Logger: silent()}
	for i := range n {
		srv.ServeConn(newStreamConn(strings.NewReader("<1>{}\nbad\n"), from10(i)))
	}
	is.Equal(srv.Stats().Frames, uint64(2*n))
	is.Equal(len(srv.Peers()), syslogjson.MaxPeers)
}

// Refusals of many addresses are logged, but the log's own memory is bounded and
// nothing of the content appears.
func TestRefusalsBounded(t *testing.T) {
	is := is.New(t)
	const n, secret = 3000, "38001010000"
	srv := newServer(t)
	for i := range n {
		srv.ServeConn(newStreamConn(strings.NewReader(secret+" not TLS"), from10(i)))
	}
	is.Equal(srv.Stats().Handshakes[syslogjson.HandshakeNoTLS], uint64(n))
	lines := strings.Count(srv.log.String(), "\n")
	is.True(lines >= 1024 && lines < n) // one for each address, up to the bound
	is.True(!strings.Contains(srv.log.String(), secret))
}

// Reliability.md row 22: an endless line is one rejected frame, and what follows it
// is stored.
func TestEndlessLine(t *testing.T) {
	is := is.New(t)
	const n = 1000
	good := strings.Repeat(bsd(j("a"))+"\n", n)
	got, st := served(t, io.MultiReader(endless("x", 64<<20, "\n"), strings.NewReader(good)))
	is.Equal(len(got), n+1)
	is.Equal(st.Messages, uint64(n))
	is.Equal(st.Rejected[syslogjson.ClassOversize], uint64(1))
	is.Equal(st.Rejected.Total(), uint64(1))
	is.Equal(st.SkippedBytes, uint64(64<<20+1))
}
