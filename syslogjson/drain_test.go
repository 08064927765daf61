package syslogjson_test

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// hidingListener hides the sockets of its connections: the kernel cannot be asked
// what has arrived, as on other systems.
type hidingListener struct{ net.Listener }

func (l hidingListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return struct{ net.Conn }{nc}, nil
}

// A sender that writes every millisecond is never silent, yet does not hold
// Shutdown up, and is cut off between two frames.
func TestShutdownSteadySenders(t *testing.T) {
	const senders = 3
	frame := func(sender, n int) string { return bsd(fmt.Sprintf(`{"s":%d,"n":%d}`, sender, n)) + "\n" }
	tests := []struct {
		name          string
		plain, hidden bool
		halves        bool // each write ends a frame and begins another
	}{
		{name: "frames over TLS"},
		{name: "halves over TLS", halves: true},
		{name: "frames", plain: true},
		{name: "halves", plain: true, halves: true},
		{name: "halves, kernel not asked", hidden: true, halves: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			var got syslogtest.Collector
			srv := newServer(t, &got)
			tlsConfig := srv.ClientTLS()
			if tt.plain {
				srv.TLSConfig, tlsConfig = nil, nil
			}
			if tt.hidden {
				ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
				is.NoErr(err)
				srv.Listener = hidingListener{ln}
			}
			srv.Start()
			var wg sync.WaitGroup
			for s := range senders {
				c, err := syslogjson.Dial(inTime(t), srv.Addr, tlsConfig, syslogjson.ClientOptions{})
				is.NoErr(err)
				t.Cleanup(c.Abort)
				wg.Go(func() {
					tick := time.NewTicker(time.Millisecond)
					defer tick.Stop()
					rest := "" // of a frame that was begun
					for n := 0; ; <-tick.C {
						f := frame(s, n)
						n++
						cut := len(f)
						if tt.halves {
							cut = 10
						}
						if c.SendRaw([]byte(rest+f[:cut])) != nil {
							return
						}
						rest = f[cut:]
					}
				})
			}
			is.NoErr(got.Wait(inTime(t), 100))
			before := srv.Stats().Messages
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			is.NoErr(srv.Shutdown(ctx))
			is.NoErr(ctx.Err())
			wg.Wait() // each sender has noticed

			st := srv.Stats()
			is.True(st.Messages >= before)
			is.Equal(st.Messages, uint64(got.Len()))
			is.Equal(st.Frames, st.Messages)
			is.Equal(st.ReadErrors, uint64(0))
			next := make([]int, senders)
			for _, p := range got.Payloads() { // whole, and none left out
				var s, n int
				_, err := fmt.Sscanf(p, `{"s":%d,"n":%d}`, &s, &n)
				is.NoErr(err)
				is.Equal(n, next[s])
				next[s]++
			}
		})
	}
}
