package syslogjson_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// Reliability.md row 26: many senders come back at once, and lose nothing.
func TestReconnectStorm(t *testing.T) {
	is := is.New(t)
	const senders, each = 200, 10
	var got syslogtest.Collector
	srv := newServer(t, &got)
	srv.MaxConnsPerAddr = senders
	srv.Start()
	cfg := srv.ClientTLS()
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			c, err := syslogjson.Dial(inTime(t), srv.Addr, cfg, syslogjson.ClientOptions{Header: forms[s%3].header})
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
	seen := make(map[string]bool)
	for _, p := range got.Payloads() {
		seen[p] = true
	}
	is.Equal(len(seen), senders*each)
	is.Equal(got.Len(), senders*each)
	st := srv.Stats()
	is.Equal(st.Accepted, uint64(senders))
	is.Equal(st.Frames, uint64(senders*each))
}

// A handler that is held up by one peer, and a peer that sends only rubbish, harm
// no other.
func TestNoisyNeighbours(t *testing.T) {
	is := is.New(t)
	gate := make(chan struct{})
	got := syslogtest.Collector{Answer: func(m *syslogjson.Message) error {
		if bytes.Equal(m.Payload, []byte(j("held"))) {
			<-gate
		}
		return nil
	}}
	srv := newServer(t, &got)
	srv.Start()
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
	is.Equal(got.Len(), 2*n+1)
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

// However many addresses send, what is remembered of them is bounded.
func TestPeersBounded(t *testing.T) {
	is := is.New(t)
	const n = syslogjson.MaxPeers + 100
	conns := make([]net.Conn, n)
	for i := range conns {
		ip := net.IPv4(10, 0, byte(i>>8), byte(i))
		conns[i] = addrConn{memConn{strings.NewReader("<1>{}\nbad\n")}, ip}
	}
	srv := &syslogjson.Server{Handler: new(syslogtest.Collector), MaxConns: n, Logger: silent()}
	served := make(chan error)
	go func() { served <- srv.Serve(newMemListener(conns...)) }()
	await(t, "all are served", func() bool { return srv.Stats().Frames == 2*n && srv.Stats().Active == 0 })
	is.Equal(len(srv.Peers()), syslogjson.MaxPeers)
	is.NoErr(srv.Close())
	is.Equal(<-served, syslogjson.ErrServerClosed)
}

// Refusals of many addresses are logged, but the log's own memory is bounded and
// nothing of the content appears.
func TestRefusalsBounded(t *testing.T) {
	is := is.New(t)
	const n, secret = 3000, "38001010000"
	conns := make([]net.Conn, n)
	for i := range conns {
		conns[i] = addrConn{memConn{strings.NewReader(secret + " not TLS")}, net.IPv4(10, 0, byte(i>>8), byte(i))}
	}
	var log lockedBuffer
	srv := &syslogjson.Server{
		Handler: new(syslogtest.Collector), MaxConns: n,
		TLSConfig: syslogtest.NewUnstartedServer(t, nil).TLSConfig,
		Logger:    slog.New(slog.NewTextHandler(&log, nil)),
	}
	served := make(chan error)
	go func() { served <- srv.Serve(newMemListener(conns...)) }()
	await(t, "all are refused", func() bool { return srv.Stats().Handshakes[syslogjson.HandshakeNoTLS] == n })
	is.NoErr(srv.Close())
	is.Equal(<-served, syslogjson.ErrServerClosed)
	lines := strings.Count(log.String(), "\n")
	is.True(lines >= 1024 && lines < n) // one for each address, up to the bound
	is.True(!strings.Contains(log.String(), secret))
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
