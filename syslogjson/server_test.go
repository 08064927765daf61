package syslogjson_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func TestServerForms(t *testing.T) {
	is := is.New(t)
	srv, got := started(t)
	const each = 100
	var wg sync.WaitGroup
	for _, form := range forms {
		c := srv.Dial(syslogjson.ClientOptions{Header: inForm(syslogjson.DefaultHeader("vm"), form.header), BufferBytes: 1000})
		wg.Go(func() {
			for i := range each {
				if err := c.Send(fmt.Appendf(nil, `{"form":%q,"n":%d}`, form.name, i)); err != nil {
					t.Error(err)
				}
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	seen := make(map[string]int)
	for _, m := range got.Messages() {
		seen[string(m.Payload)]++
		is.Equal(m.Hostname, "vm")
		is.Equal(m.Peer.Name, "syslogtest client")
		is.True(m.Peer.Addr.Addr().IsLoopback())
	}
	is.Equal(len(seen), 3*each)
	st := srv.Stats()
	is.Equal(st.Accepted, uint64(3))
	is.Equal(st.Frames, uint64(3*each))
	is.Equal(st.Messages, uint64(3*each))
	is.Equal(st.Rejected.Total(), uint64(0))
	peers := srv.Peers()
	is.Equal(len(peers), 1) // one name, three connections
	is.Equal(peers[0].Connections, uint64(3))
	is.Equal(peers[0].Messages, uint64(3*each))
	is.True(!peers[0].LastMessage.IsZero())
	is.True(peers[0].NotAfter.After(time.Now()))
	await(t, "connections end", func() bool { return srv.Stats().Active == 0 && srv.Peers()[0].Active == 0 })
}

func TestServerMultiByteSplit(t *testing.T) {
	is := is.New(t)
	srv, got := started(t)
	c := srv.Dial(syslogjson.ClientOptions{})
	line := bsd(j("Tõrge €𝄞")) + "\n"
	for i := 1; i < len(line); i++ { // each part is a TLS record of its own
		is.NoErr(c.SendRaw([]byte(line[:i])))
		is.NoErr(c.SendRaw([]byte(line[i:])))
	}
	is.NoErr(c.Close())
	is.Equal(got.Len(), len(line)-1)
	for _, p := range got.Payloads() {
		is.Equal(p, j("Tõrge €𝄞"))
	}
}

func TestServerHandlerErrors(t *testing.T) {
	is := is.New(t)
	got := answering(errors.New("refused"))
	srv := newServer(t, got)
	srv.Start()
	c := srv.Dial(syslogjson.ClientOptions{})
	for range 2000 { // more than DefaultMaxBadFrames: a bad message is no bad frame
		is.NoErr(c.SendRaw([]byte(bsd(j("a")) + "\n")))
	}
	is.NoErr(c.Close())
	is.Equal(srv.Stats().Messages, uint64(2000))
	is.Equal(srv.Stats().HandlerErrors, uint64(2000))
	is.Equal(srv.Peers()[0].HandlerErrors, uint64(2000))
}

// A panic ends its connection, is counted and logged, and harms no other.
func TestServerHandlerPanic(t *testing.T) {
	is := is.New(t)
	var log lockedBuffer
	got := syslogtest.Collector{Answer: func(m *syslogjson.Message) error {
		if bytes.Contains(m.Payload, []byte("38001010000")) {
			panic(string(m.Payload))
		}
		return nil
	}}
	srv := newServer(t, &got)
	logTo(&log)(srv)
	srv.Start()
	good, bad := srv.Dial(syslogjson.ClientOptions{}), srv.Dial(syslogjson.ClientOptions{})
	is.NoErr(good.Send([]byte(j("1"))))
	is.NoErr(bad.Send([]byte(j("38001010000"))))
	await(t, "the panic is counted", func() bool { return srv.Stats().Panics == 1 && srv.Stats().Active == 1 })
	is.NoErr(good.Send([]byte(j("2"))))
	is.NoErr(good.Close())
	is.Equal(got.Payloads(), []string{j("1"), j("2")})
	is.Equal(strings.Count(log.String(), "panicked"), 1)
	is.True(strings.Contains(log.String(), "server_test.go")) // the stack
	is.True(!strings.Contains(log.String(), "38001010000"))   // not the payload
	is.Equal(srv.Stats().Messages, uint64(3))                 // it was handed on
	is.True(strings.Contains(log.String(), "panic=string"))   // the type of the value
	is.Equal(srv.Stats().Frames, srv.Stats().Messages)        // and accounted for
}

func TestServerBadStreak(t *testing.T) {
	is := is.New(t)
	var log lockedBuffer
	var rejects atomic.Int64
	var got syslogtest.Collector
	srv := newServer(t, &got)
	logTo(&log)(srv)
	srv.OnReject = func(r syslogjson.Reject) error {
		if r.Peer.Name == "syslogtest client" && r.Class == syslogjson.ClassBadHeader && r.Err != nil && string(r.Prefix) == "bad" {
			rejects.Add(1)
		}
		return nil
	}
	srv.Start()
	c := srv.Dial(syslogjson.ClientOptions{})
	almost := strings.Repeat("bad\n", syslogjson.DefaultMaxBadFrames-1)
	is.NoErr(c.SendRaw([]byte(almost + "<1>{}\n" + almost + "<1>{}\n")))
	is.NoErr(got.Wait(inTime(t), 2)) // a good frame starts the count again
	is.NoErr(c.SendRaw([]byte(almost + "bad\n")))
	await(t, "the connection is closed", func() bool { return srv.Stats().Active == 0 })
	st := srv.Stats()
	is.Equal(st.BadStreaks, uint64(1))
	is.Equal(st.Rejected[syslogjson.ClassBadHeader], uint64(3*syslogjson.DefaultMaxBadFrames-2))
	is.Equal(rejects.Load(), int64(3*syslogjson.DefaultMaxBadFrames-2))
	is.Equal(srv.Peers()[0].Rejected, st.Rejected[syslogjson.ClassBadHeader])
	is.Equal(st.Frames, st.Messages+st.Rejected.Total())
	// One line a second for a class and peer, however many are bad. The test may
	// take longer than a second on a slow machine, but never one line for each.
	lines := strings.Count(log.String(), "class=bad_header")
	is.True(lines >= 1 && lines < 50)
	is.Equal(strings.Count(log.String(), "only bad frames"), 1)
}

func TestServerLimits(t *testing.T) {
	is := is.New(t)
	srv, got := started(t, func(s *syslogtest.Server) { s.MaxConns, s.MaxConnsPerAddr = 3, 2 })
	from := func(ip string) net.Conn {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
		nc, err := d.DialContext(inTime(t), "tcp", srv.Addr)
		if err != nil {
			return nil // refused so fast that connecting failed
		}
		t.Cleanup(func() { _ = nc.Close() })
		return nc
	}
	from("127.0.0.2")
	last := from("127.0.0.2")
	await(t, "two connections", func() bool { return srv.Stats().Active == 2 })
	from("127.0.0.2")
	await(t, "refused by address", func() bool { return srv.Stats().RefusedPerAddr == 1 })
	from("127.0.0.3")
	await(t, "three connections", func() bool { return srv.Stats().Active == 3 })
	from("127.0.0.4")
	await(t, "refused by number", func() bool { return srv.Stats().RefusedConns == 1 })
	is.NoErr(last.Close())
	await(t, "a place is free", func() bool { return srv.Stats().Active == 2 })
	oneArrives(t, srv, got)
	is.Equal(srv.Stats().Accepted, uint64(4))
}

func TestServerAcceptErrors(t *testing.T) {
	is := is.New(t)
	srv, got := started(t, func(s *syslogtest.Server) { s.Listener = failing(listen(t), 3, syscall.EMFILE) })
	oneArrives(t, srv, got)
	is.Equal(srv.Stats().AcceptErrors, uint64(3))

	broken := failing(newMemListener(), 1, errors.New("broken"))
	other := &syslogjson.Server{Handler: got, Logger: silent()}
	is.True(strings.Contains(other.Serve(broken).Error(), "broken")) // not tried again
}

func TestServeWithoutHandler(t *testing.T) {
	is := is.New(t)
	srv := &syslogjson.Server{}
	err := srv.Serve(newMemListener())
	is.True(err != nil && !errors.Is(err, syslogjson.ErrServerClosed))
}

// Two listeners are served at once, and both end.
func TestServeTwice(t *testing.T) {
	is := is.New(t)
	srv := &syslogjson.Server{Handler: new(syslogtest.Collector), Logger: silent()}
	served := make(chan error, 2)
	for range 2 {
		conn, _ := net.Pipe()
		ln := newMemListener(conn)
		go func() { served <- srv.Serve(ln) }()
	}
	await(t, "both accept", func() bool { return srv.Stats().Active == 2 })
	is.NoErr(srv.Close())
	is.Equal(<-served, syslogjson.ErrServerClosed)
	is.Equal(<-served, syslogjson.ErrServerClosed)
}

// replyError is a handler's error with an answer for the sender.
type replyError string

func (replyError) Error() string         { return "secret detail" }
func (r replyError) SyslogReply() string { return string(r) }

const badRecord = replyError("ERR-03 bad\nrecord")

func TestServerReplies(t *testing.T) {
	is := is.New(t)
	got := syslogtest.Collector{Answer: func(m *syslogjson.Message) error {
		if string(m.Payload) == "{}" {
			return fmt.Errorf("wrapped: %w", badRecord)
		}
		return errors.New("no answer for this")
	}}
	srv := newServer(t, &got)
	srv.Replies, srv.Greeting = true, "TARA-Stat kuuldel"
	srv.OnReject = func(r syslogjson.Reject) error {
		if r.Class != syslogjson.ClassNoJSON {
			return nil
		}
		return fmt.Errorf("wrapped: %w", badRecord)
	}
	srv.Start()
	var lines []string
	c := srv.Dial(syslogjson.ClientOptions{OnReply: func(line string) { lines = append(lines, line) }})
	for _, text := range []string{"{}", j("a"), "no object"} {
		is.NoErr(c.Send([]byte(text)))
	}
	is.NoErr(c.SendRaw([]byte("garbage\n")))
	is.NoErr(c.Close()) // after the last line
	is.Equal(lines, []string{"TARA-Stat kuuldel", "ERR-03 bad record", "ERR-03 bad record"})
}

// A peer that never reads does not hold up its own messages.
func TestServerRepliesUnread(t *testing.T) {
	is := is.New(t)
	const n = 20000
	got := answering(replyError(x(1000)))
	srv := newServer(t, got)
	srv.TLSConfig = nil
	srv.Replies = true
	srv.Start()
	write(t, dialTCP(t, srv), strings.Repeat("<1>{}\n", n))
	is.NoErr(got.Wait(inTime(t), n))
}

// By default not one byte is written: not a greeting, not a session ticket.
func TestServerWritesNothing(t *testing.T) {
	is := is.New(t)
	got := answering(badRecord)
	srv := newServer(t, got)
	srv.Greeting = "unwanted"
	srv.Start()
	replies := make(chan string, 10)
	c := srv.Dial(syslogjson.ClientOptions{OnReply: func(line string) { replies <- line }})
	is.NoErr(c.Send([]byte("{}")))
	is.NoErr(c.Close())
	is.Equal(got.Len(), 1)
	is.Equal(len(replies), 0)
}

func TestServerPlainTCP(t *testing.T) {
	is := is.New(t)
	srv, got := started(t, plain)
	c, err := syslogjson.Dial(inTime(t), srv.Addr, nil, syslogjson.ClientOptions{})
	is.NoErr(err)
	is.NoErr(c.Send([]byte("{}")))
	is.NoErr(c.Close())
	is.NoErr(c.Close()) // again
	is.True(errors.Is(c.Send([]byte("{}")), net.ErrClosed))
	is.NoErr(got.Wait(inTime(t), 1)) // in plain TCP, Close knows less
	is.Equal(srv.Peers()[0].Name, "")
	is.Equal(srv.Peers()[0].Addr.Addr().String(), "127.0.0.1")
}

// A peer that resets the connection in mid-frame loses nothing that was complete.
func TestServerPeerResets(t *testing.T) {
	is := is.New(t)
	srv, got := started(t, plain)
	nc := dialTCP(t, srv)
	write(t, nc, bsd(j("a"))+"\n"+bsd(`{"n":`))
	is.NoErr(got.Wait(inTime(t), 1))
	is.NoErr(nc.SetLinger(0))
	is.NoErr(nc.Close())
	await(t, "the connection ends", func() bool { return srv.Stats().Active == 0 })
	st := srv.Stats()
	is.Equal(st.Messages, uint64(1))
	is.Equal(st.Rejected[syslogjson.ClassPartial], uint64(1))
	is.Equal(st.ReadErrors, uint64(1))
}
