package syslogjson_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// The first fault of aesthetics.md 4.3: an idle peer held Shutdown up until its
// context ended. This context never ends.
func TestShutdownIdlePeers(t *testing.T) {
	is := is.New(t)
	srv := started(t)
	const n = 20
	clients := make([]*syslogjson.Client, n)
	for i := range clients {
		clients[i] = srv.Dial(syslogjson.ClientOptions{})
		is.NoErr(clients[i].Send([]byte("{}")))
	}
	is.NoErr(srv.got.Wait(inTime(t), n))
	is.NoErr(srv.Shutdown(context.Background()))
	is.Equal(srv.Stats().Active, 0)
	is.Equal(srv.Stats().ReadErrors, uint64(0))
	for _, c := range clients {
		is.True(c.Close() != nil) // reset: the sender notices
	}
}

// The second fault: Serve went on after Close.
func TestServeAfterEnd(t *testing.T) {
	ends := map[string]func(*syslogjson.Server) error{
		"close":    (*syslogjson.Server).Close,
		"shutdown": func(s *syslogjson.Server) error { return s.Shutdown(context.Background()) },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			srv := &syslogjson.Server{Handler: new(syslogtest.Collector)}
			is.NoErr(end(srv)) // before it ever served
			ln := listen(t)
			is.Equal(srv.Serve(ln), syslogjson.ErrServerClosed)
			_, err := ln.Accept()
			is.True(errors.Is(err, net.ErrClosed)) // Serve has closed it
		})
	}
}

// The third fault: concurrent Close could panic.
func TestCloseConcurrently(t *testing.T) {
	for range 50 {
		srv := started(t, plain)
		dialTCP(t, srv.Addr)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				end := srv.Server.Server.Close
				if i%4 == 3 {
					end = func() error { return srv.Shutdown(context.Background()) }
				}
				if err := end(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := srv.Server.Server.Close(); err != nil { // and again
			t.Error(err)
		}
	}
}

// shutDown calls Shutdown and returns when it has stopped accepting.
func shutDown(ctx context.Context, t *testing.T, srv *server) <-chan error {
	t.Helper()
	result := make(chan error, 1)
	go func() { result <- srv.Shutdown(ctx) }()
	if err := srv.Serve(listen(t)); !errors.Is(err, syslogjson.ErrServerClosed) {
		t.Error(err)
	}
	return result
}

// What has arrived before Shutdown is handed on, however slow the handler is.
func TestShutdownReadsWhatArrived(t *testing.T) {
	for _, secure := range []bool{true, false} {
		t.Run(fmt.Sprintf("tls=%v", secure), func(t *testing.T) {
			is := is.New(t)
			entered, gate := make(chan struct{}), make(chan struct{})
			srv := newServer(t)
			if !secure {
				plain(srv)
			}
			srv.got.Answer = func(m *syslogjson.Message) error {
				if string(m.Payload) == `{"n":0}` {
					close(entered)
				}
				<-gate
				return nil
			}
			srv.Start()
			c := srv.Dial(syslogjson.ClientOptions{})
			const n = 500
			for i := range n { // one record each; together they fit into a socket
				is.NoErr(c.Send(fmt.Appendf(nil, `{"n":%d}`, i)))
			}
			<-entered
			result := shutDown(context.Background(), t, srv)
			close(gate)
			is.NoErr(<-result)
			is.Equal(srv.got.Len(), n)
			for i, p := range srv.got.Payloads() {
				is.Equal(p, fmt.Sprintf(`{"n":%d}`, i))
			}
		})
	}
}

// The connection ends with RST, not with FIN.
func TestShutdownResets(t *testing.T) {
	is := is.New(t)
	srv := started(t, plain)
	nc := dialTCP(t, srv.Addr)
	write(t, nc, "<1>{}\n")
	is.NoErr(srv.got.Wait(inTime(t), 1))
	is.NoErr(srv.Shutdown(context.Background()))
	_, err := nc.Read(make([]byte, 1))
	is.True(errors.Is(err, syscall.ECONNRESET))
}

func TestShutdownHalfFrame(t *testing.T) {
	tests := map[string][2]string{
		"line":     {"<1>{}\n<1>{\"n\"", ":2}\n"},
		"counted":  {oc("<1>{}") + "10 <1>{", "\"n\":2}"},
		"oversize": {"<1>{}\n<1>" + strings.Repeat("x", syslogjson.DefaultMaxMessageBytes), "x\n<1>{}\n"},
	}
	for name, parts := range tests {
		start := func(t *testing.T) (*server, net.Conn) {
			t.Helper()
			is := is.New(t)
			srv := started(t, plain)
			nc := dialTCP(t, srv.Addr)
			write(t, nc, parts[0])
			is.NoErr(srv.got.Wait(inTime(t), 1))
			if name == "oversize" {
				testenv.Await(t, "the oversize line is noticed", func() bool { return srv.Stats().Rejected[syslogjson.ClassOversize] == 1 })
			}
			return srv, nc
		}
		t.Run(name+"/completed", func(t *testing.T) {
			is := is.New(t)
			srv, nc := start(t)
			result := shutDown(context.Background(), t, srv)
			write(t, nc, parts[1])
			is.NoErr(<-result)
			is.Equal(srv.got.Len(), 2)
		})
		t.Run(name+"/never", func(t *testing.T) {
			is := is.New(t)
			srv, _ := start(t)
			ctx, cancel := context.WithCancel(context.Background())
			result := shutDown(ctx, t, srv)
			cancel()
			is.Equal(<-result, context.Canceled)
			testenv.Await(t, "the connection is forced", func() bool { return srv.Stats().Active == 0 })
			is.Equal(srv.got.Len(), 1)
			st := srv.Stats()
			is.Equal(st.Frames, st.Messages+st.Rejected.Total())
			is.Equal(st.Rejected.Total(), uint64(1)) // the half frame is accounted for
		})
	}
}

// Peers that have not finished their handshake are released too.
func TestShutdownInHandshake(t *testing.T) {
	is := is.New(t)
	srv := started(t)
	dialTCP(t, srv.Addr)
	testenv.Await(t, "the connection is accepted", func() bool { return srv.Stats().Active == 1 })
	is.NoErr(srv.Shutdown(context.Background()))
}

// The handlers' context lives through Shutdown and ends with Close.
func TestHandlerContext(t *testing.T) {
	is := is.New(t)
	entered, ended := make(chan struct{}), make(chan struct{})
	srv := started(t, func(s *server) {
		s.Handler = syslogjson.HandlerFunc(func(ctx context.Context, _ *syslogjson.Message) error {
			close(entered)
			<-ctx.Done()
			close(ended)
			return ctx.Err()
		})
	})
	c := srv.Dial(syslogjson.ClientOptions{})
	is.NoErr(c.Send([]byte("{}")))
	<-entered
	ctx, cancel := context.WithCancel(context.Background())
	result := shutDown(ctx, t, srv)
	select {
	case <-ended:
		t.Fatal("the context ended in Shutdown")
	default:
	}
	cancel()
	is.Equal(<-result, context.Canceled)
	<-ended
}

// A sender that writes every millisecond, or without any pause, is never silent, yet
// does not hold Shutdown up, and is cut off between two frames.
func TestShutdownSteadySenders(t *testing.T) {
	const senders = 3
	tests := []struct {
		name          string
		plain, hidden bool
		halves        bool // each write ends a frame and begins another
		hasty         bool // without a pause, counted
	}{
		{name: "frames over TLS"},
		{name: "halves over TLS", halves: true},
		{name: "frames over TLS, no pause", hasty: true},
		{name: "frames", plain: true},
		{name: "halves", plain: true, halves: true},
		{name: "halves, kernel not asked", hidden: true, halves: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			srv := started(t, func(s *server) {
				if tt.plain {
					plain(s)
				}
				if tt.hidden {
					s.Listener = hiding(listen(t))
				}
			})
			frame := func(sender, n int) string {
				f := bsd(fmt.Sprintf(`{"s":%d,"n":%d}`, sender, n)) + "\n"
				if tt.hasty {
					return oc(f)
				}
				return f
			}
			var wg sync.WaitGroup
			for s := range senders {
				c := srv.Dial(syslogjson.ClientOptions{})
				wg.Go(func() {
					rest := "" // of a frame that was begun
					for n := 0; ; n++ {
						f := rest + frame(s, n)
						cut := len(f)
						if tt.halves {
							cut = len(rest) + 10
						}
						if c.SendRaw([]byte(f[:cut])) != nil {
							return
						}
						rest = f[cut:]
						if !tt.hasty {
							time.Sleep(time.Millisecond)
						}
					}
				})
			}
			is.NoErr(srv.got.Wait(inTime(t), 100))
			before := srv.Stats().Messages
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			is.NoErr(srv.Shutdown(ctx))
			is.NoErr(ctx.Err())
			wg.Wait() // each sender has noticed

			st := srv.Stats()
			is.True(st.Messages >= before)
			is.Equal(st.Messages, uint64(srv.got.Len()))
			is.Equal(st.Frames, st.Messages)
			is.Equal(st.ReadErrors, uint64(0))
			next := make([]int, senders)
			for _, p := range srv.got.Payloads() { // whole, and none left out
				var s, n int
				_, err := fmt.Sscanf(p, `{"s":%d,"n":%d}`, &s, &n)
				is.NoErr(err)
				is.Equal(n, next[s])
				next[s]++
			}
		})
	}
}
