package main

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/daemon"
	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/internal/traffic"
	"github.com/e-gov/tarastat/syslogjson"
)

const aboutSend = `Sends random authentication events over mutual TLS, as TARA-Server would
(specification, section 4.1), and says how many were sent. By default it uses
the client certificate that "tarastat serve" made in its data directory.`

// sendBuffer gathers messages when no rate is asked for.
const sendBuffer = 64 << 10

// sending are the flags of the send command.
type sending struct {
	addr, dir, ca, cert, key, form string
	n, conns                       int
	rate                           float64
	over                           time.Duration
	seed                           uint64
}

func (p *program) send(ctx context.Context, args []string) error {
	var s sending
	def := daemon.Defaults()
	fs := p.flags("send", aboutSend)
	fs.StringVar(&s.addr, "addr", def.SyslogAddr, "`host:port` of the receiver")
	fs.StringVar(&s.dir, "data-dir", def.DataDir, "`directory` whose keys are used")
	fs.StringVar(&s.ca, "ca", "", "PEM `file` with the CA of the receiver (default ca.crt of the data directory's keys)")
	fs.StringVar(&s.cert, "cert", "", "PEM `file` with the sender's certificate (default client.crt)")
	fs.StringVar(&s.key, "key", "", "PEM `file` with its key (default client.key)")
	fs.StringVar(&s.form, "form", "bsd", "bsd, rfc5424 or octet")
	fs.IntVar(&s.n, "n", 100, "`events` to send")
	fs.IntVar(&s.conns, "conns", 1, "`connections` that share the work")
	fs.Float64Var(&s.rate, "rate", 0, "`events` a second in all; 0 is as fast as it goes")
	fs.DurationVar(&s.over, "over", 0, "spread the times of the events over the past `duration`; 0 is now")
	fs.Uint64Var(&s.seed, "seed", uint64(time.Now().UnixNano()), "`number` that decides which events; equal numbers, equal events")
	if err := parse(fs, args, 0); err != nil {
		return err
	}
	if s.n < 0 || s.conns < 1 || s.rate < 0 {
		fmt.Fprintln(p.stderr, "-n and -rate must not be negative, -conns must be at least 1")
		return errUsage
	}
	sent, err := s.run(ctx)
	fmt.Fprintf(p.stdout, "%d events sent\n", sent)
	return err
}

func (s *sending) run(ctx context.Context) (int, error) {
	host, _ := os.Hostname()
	header, err := headerOf(s.form, host)
	if err != nil {
		return 0, err
	}
	file := func(named, name string) string { return cmp.Or(named, filepath.Join(s.dir, "keys", name)) }
	pair, err := keys.LoadPair(file(s.cert, keys.ClientCert), file(s.key, keys.ClientKey))
	if err != nil {
		return 0, err
	}
	pool, err := keys.LoadPool(file(s.ca, keys.CACert))
	if err != nil {
		return 0, err
	}
	opts := syslogjson.ClientOptions{Header: header, WriteTimeout: heldBack, CloseTimeout: heldBack}
	if s.rate == 0 {
		opts.BufferBytes = sendBuffer
	}
	clients := make([]*syslogjson.Client, 0, s.conns)
	abort := func() {
		for _, c := range clients {
			c.Abort()
		}
	}
	for range s.conns {
		c, err := syslogjson.Dial(ctx, s.addr, syslogjson.ClientTLSConfig(pair, pool), opts)
		if err != nil {
			abort()
			return 0, fmt.Errorf("connect to %s: %w", s.addr, err)
		}
		clients = append(clients, c)
	}
	// A receiver that holds us back must not keep us from ending.
	defer context.AfterFunc(ctx, abort)()
	send := func(c *syslogjson.Client, e event.Event) error { return c.Send(event.AppendJSON(nil, e)) }
	return deal(ctx, clients, s.events(ctx), send, (*syslogjson.Client).Close)
}

// heldBack is how long a receiver may hold a sender back, as one does whose log base is
// slow. An interrupt does not wait for it.
const heldBack = 10 * time.Minute

// headerOf returns the header of messages from host in one of the three forms in
// which TARA's senders write: bsd, rfc5424, or octet, which is rfc5424 counted.
func headerOf(form, host string) (syslogjson.Header, error) {
	h := syslogjson.DefaultHeader(host)
	switch form {
	case "bsd":
	case "rfc5424":
		h.Format = syslogjson.RFC5424
	case "octet":
		h.Format, h.Framing = syslogjson.RFC5424, syslogjson.OctetCounting
	default:
		return h, fmt.Errorf("unknown form %q: want bsd, rfc5424 or octet", form)
	}
	return h, nil
}

// events are those to be sent, at the asked rate, until ctx ends.
func (s *sending) events(ctx context.Context) iter.Seq[event.Event] {
	return func(yield func(event.Event) bool) {
		begun := time.Now()
		model := traffic.New(s.seed, begun, event.DefaultLocation())
		for n := 0; n < s.n; {
			at := time.Now()
			if s.over > 0 {
				at = begun.Add(-s.over + time.Duration(float64(s.over)*float64(n)/float64(s.n)))
			}
			for _, e := range model.Login(at) {
				if n == s.n {
					return
				}
				if s.rate > 0 && waitUntil(ctx, begun.Add(time.Duration(float64(n)/s.rate*float64(time.Second)))) != nil {
					return
				}
				if !yield(e) {
					return
				}
				n++
			}
		}
	}
}

// deal deals the events out to the clients in turn, until ctx ends. Each sends its
// share by send, up to the first error, and is done with by end. It returns how
// many events were sent, and the first error.
func deal(ctx context.Context, clients []*syslogjson.Client, events iter.Seq[event.Event],
	send func(*syslogjson.Client, event.Event) error, end func(*syslogjson.Client) error,
) (int, error) {
	queues := make([]chan event.Event, len(clients))
	errs := make([]error, len(clients))
	var sent atomic.Int64
	var wg sync.WaitGroup
	for i, c := range clients {
		queues[i] = make(chan event.Event, 1024)
		wg.Go(func() {
			for e := range queues[i] { // also after an error, so that nobody waits
				if errs[i] != nil {
					continue
				}
				if errs[i] = send(c, e); errs[i] == nil {
					sent.Add(1)
				}
			}
			errs[i] = cmp.Or(errs[i], end(c))
		})
	}
	n := 0
	for e := range events {
		select {
		case queues[n%len(queues)] <- e:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		n++
	}
	for _, q := range queues {
		close(q)
	}
	wg.Wait()
	return int(sent.Load()), cmp.Or(context.Cause(ctx), cmp.Or(errs...))
}

// waitUntil returns at the given time, or earlier with the reason of ctx.
func waitUntil(ctx context.Context, t time.Time) error {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
