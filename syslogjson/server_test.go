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

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func TestServerHandlerErrors(t *testing.T) {
	is := is.New(t)
	srv := started(t, func(s *server) { s.got.Answer = answer(errors.New("refused")) })
	c := srv.Dial(syslogjson.ClientOptions{})
	for range 2000 { // more than MaxBadFrames: a bad message is no bad frame
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
	srv := started(t, func(s *server) {
		s.got.Answer = func(m *syslogjson.Message) error {
			if bytes.Contains(m.Payload, []byte("38001010000")) {
				panic(string(m.Payload))
			}
			return nil
		}
	})
	good, bad := srv.Dial(syslogjson.ClientOptions{}), srv.Dial(syslogjson.ClientOptions{})
	is.NoErr(good.Send([]byte(j("1"))))
	is.NoErr(bad.Send([]byte(j("38001010000"))))
	testenv.Await(t, "the panic is counted", func() bool { return srv.Stats().Panics == 1 && srv.Stats().Active == 1 })
	is.NoErr(good.Send([]byte(j("2"))))
	is.NoErr(good.Close())
	is.Equal(srv.got.Payloads(), []string{j("1"), j("2")})
	is.Equal(strings.Count(srv.log.String(), "panicked"), 1)
	is.True(strings.Contains(srv.log.String(), "server_test.go")) // the stack
	is.True(!strings.Contains(srv.log.String(), "38001010000"))   // not the payload
	is.Equal(srv.Stats().Messages, uint64(3))                     // it was handed on
	is.True(strings.Contains(srv.log.String(), "panic=string"))   // the type of the value
	is.Equal(srv.Stats().Frames, srv.Stats().Messages)            // and accounted for
}

func TestServerBadStreak(t *testing.T) {
	is := is.New(t)
	var rejects atomic.Int64
	srv := started(t, func(s *server) {
		s.OnReject = func(r syslogjson.Reject) error {
			if r.Peer.Name == "syslogtest client" && r.Class == syslogjson.ClassBadHeader && r.Err != nil && string(r.Prefix) == "bad" {
				rejects.Add(1)
			}
			return nil
		}
	})
	c := srv.Dial(syslogjson.ClientOptions{})
	almost := strings.Repeat("bad\n", syslogjson.MaxBadFrames-1)
	is.NoErr(c.SendRaw([]byte(almost + "<1>{}\n" + almost + "<1>{}\n")))
	is.NoErr(srv.got.Wait(inTime(t), 2)) // a good frame starts the count again
	is.NoErr(c.SendRaw([]byte(almost + "bad\n")))
	testenv.Await(t, "the connection is closed", func() bool { return srv.Stats().Active == 0 })
	st := srv.Stats()
	is.Equal(st.Rejected[syslogjson.ClassBadHeader], uint64(3*syslogjson.MaxBadFrames-2))
	is.Equal(rejects.Load(), int64(3*syslogjson.MaxBadFrames-2))
	is.Equal(srv.Peers()[0].Rejected, st.Rejected[syslogjson.ClassBadHeader])
	is.Equal(st.Frames, st.Messages+st.Rejected.Total())
	is.Equal(strings.Count(srv.log.String(), "class=bad_header"), 0) // OnReject accounts for them
	is.Equal(strings.Count(srv.log.String(), "only bad frames"), 1)
}

// One line a second for a class and peer, however many frames are bad, when nobody
// else accounts for them. The test may take longer than a second on a slow machine,
// but there is never one line for each.
func TestServerRejectsLogged(t *testing.T) {
	is := is.New(t)
	srv := started(t)
	c := srv.Dial(syslogjson.ClientOptions{})
	is.NoErr(c.SendRaw([]byte(strings.Repeat("bad\n", syslogjson.MaxBadFrames-1))))
	is.NoErr(c.Close())
	lines := strings.Count(srv.log.String(), "class=bad_header")
	is.True(lines >= 1 && lines < 50)
}

func TestServerLimits(t *testing.T) {
	is := is.New(t)
	srv := started(t, func(s *server) { s.MaxConns, s.MaxConnsPerAddr = 3, 2 })
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
	testenv.Await(t, "two connections", func() bool { return srv.Stats().Active == 2 })
	from("127.0.0.2")
	testenv.Await(t, "refused by address", func() bool { return srv.Stats().RefusedPerAddr == 1 })
	from("127.0.0.3")
	testenv.Await(t, "three connections", func() bool { return srv.Stats().Active == 3 })
	from("127.0.0.4")
	testenv.Await(t, "refused by number", func() bool { return srv.Stats().RefusedConns == 1 })
	is.NoErr(last.Close())
	testenv.Await(t, "a place is free", func() bool { return srv.Stats().Active == 2 })
	oneArrives(t, srv)
	is.Equal(srv.Stats().Accepted, uint64(4))
}

func TestServerAcceptErrors(t *testing.T) {
	is := is.New(t)
	srv := started(t, func(s *server) { s.Listener = failing(listen(t), 3, syscall.EMFILE) })
	oneArrives(t, srv)
	is.True(strings.Contains(srv.log.String(), "accept failed, trying again"))

	broken := failing(listen(t), 1, errors.New("broken"))
	other := &syslogjson.Server{Handler: &srv.got, Logger: silent()}
	is.True(strings.Contains(other.Serve(broken).Error(), "broken")) // not tried again
}

func TestServeWithoutHandler(t *testing.T) {
	is := is.New(t)
	srv := &syslogjson.Server{}
	err := srv.Serve(listen(t))
	is.True(err != nil && !errors.Is(err, syslogjson.ErrServerClosed))
}

// Two listeners are served at once, and both end.
func TestServeTwice(t *testing.T) {
	is := is.New(t)
	srv := started(t, plain)
	second := listen(t)
	served := make(chan error, 1)
	go func() { served <- srv.Serve(second) }()
	dialTCP(t, srv.Addr)
	dialTCP(t, second.Addr().String())
	testenv.Await(t, "both accept", func() bool { return srv.Stats().Active == 2 })
	srv.Close() // fails the test if the first goes on
	is.Equal(<-served, syslogjson.ErrServerClosed)
}

// replyError is a handler's error with an answer for the sender.
type replyError string

func (replyError) Error() string         { return "secret detail" }
func (r replyError) SyslogReply() string { return string(r) }

const badRecord = replyError("ERR-03 bad\nrecord")

func TestServerReplies(t *testing.T) {
	is := is.New(t)
	srv := started(t, func(s *server) {
		s.Replies, s.Greeting = true, "TARA-Stat kuuldel"
		s.got.Answer = func(m *syslogjson.Message) error {
			if string(m.Payload) == "{}" {
				return fmt.Errorf("wrapped: %w", badRecord)
			}
			return errors.New("no answer for this")
		}
		s.OnReject = func(r syslogjson.Reject) error {
			if r.Class != syslogjson.ClassNoJSON {
				return nil
			}
			return fmt.Errorf("wrapped: %w", badRecord)
		}
	})
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
	srv := started(t, plain, func(s *server) { s.Replies, s.got.Answer = true, answer(replyError(x(1000))) })
	write(t, dialTCP(t, srv.Addr), strings.Repeat("<1>{}\n", n))
	is.NoErr(srv.got.Wait(inTime(t), n))
}

// By default not one byte is written: not a greeting, not a session ticket.
func TestServerWritesNothing(t *testing.T) {
	is := is.New(t)
	srv := started(t, func(s *server) { s.Greeting, s.got.Answer = "unwanted", answer(badRecord) })
	replies := make(chan string, 10)
	c := srv.Dial(syslogjson.ClientOptions{OnReply: func(line string) { replies <- line }})
	is.NoErr(c.Send([]byte("{}")))
	is.NoErr(c.Close())
	is.Equal(srv.got.Len(), 1)
	is.Equal(len(replies), 0)
}

func TestServerPlainTCP(t *testing.T) {
	is := is.New(t)
	srv := started(t, plain)
	c := srv.Dial(syslogjson.ClientOptions{})
	is.NoErr(c.Send([]byte("{}")))
	is.NoErr(c.Close())
	is.NoErr(c.Close()) // again
	is.True(errors.Is(c.Send([]byte("{}")), net.ErrClosed))
	is.NoErr(srv.got.Wait(inTime(t), 1)) // in plain TCP, Close knows less
	is.Equal(srv.Peers()[0].Name, "")
	is.Equal(srv.Peers()[0].Addr.Addr().String(), "127.0.0.1")
}

// A peer that resets the connection in mid-frame loses nothing that was complete.
func TestServerPeerResets(t *testing.T) {
	is := is.New(t)
	srv := started(t, plain)
	nc := dialTCP(t, srv.Addr)
	write(t, nc, bsd(j("a"))+"\n"+bsd(`{"n":`))
	is.NoErr(srv.got.Wait(inTime(t), 1))
	is.NoErr(nc.SetLinger(0))
	is.NoErr(nc.Close())
	testenv.Await(t, "the connection ends", func() bool { return srv.Stats().Active == 0 })
	st := srv.Stats()
	is.Equal(st.Messages, uint64(1))
	is.Equal(st.Rejected[syslogjson.ClassPartial], uint64(1))
	is.Equal(st.ReadErrors, uint64(1))
}

// Pages may ask for figures before a sender can connect, and while Serve begins.
func TestFiguresWhileServeBegins(t *testing.T) {
	for range 20 {
		srv := &syslogjson.Server{Handler: new(syslogtest.Collector), Logger: silent()}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		wg.Go(func() { _ = srv.Serve(ln) }) // ends with ErrServerClosed
		wg.Go(func() {
			if len(srv.Peers()) > 0 || srv.Stats().Accepted > 0 {
				t.Error("somebody is there before anybody connected")
			}
		})
		_ = srv.Close()
		wg.Wait()
	}
}
