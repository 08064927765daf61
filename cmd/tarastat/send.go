package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
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
	if err := parse(fs, args); err != nil {
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
	dir := filepath.Join(s.dir, "keys")
	for file, name := range map[*string]string{&s.ca: keys.CACert, &s.cert: keys.ClientCert, &s.key: keys.ClientKey} {
		if *file == "" {
			*file = filepath.Join(dir, name)
		}
	}
	pair, err := keys.LoadPair(s.cert, s.key)
	if err != nil {
		return 0, err
	}
	pool, err := keys.LoadPool(s.ca)
	if err != nil {
		return 0, err
	}
	opts := syslogjson.ClientOptions{Header: header}
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
	return s.share(ctx, clients)
}

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

// share deals the events out to the connections in turn.
func (s *sending) share(ctx context.Context, clients []*syslogjson.Client) (int, error) {
	queues := make([]chan []byte, len(clients))
	errs := make([]error, len(clients))
	counts := make([]int, len(clients))
	var wg sync.WaitGroup
	for i, c := range clients {
		queues[i] = make(chan []byte, 256)
		wg.Go(func() { counts[i], errs[i] = sendAll(c, queues[i]) })
	}
	err := s.produce(ctx, func(n int, payload []byte) {
		select {
		case queues[n%len(queues)] <- payload:
		case <-ctx.Done():
		}
	})
	for _, q := range queues {
		close(q)
	}
	wg.Wait()
	sent := 0
	for i, n := range counts {
		sent += n
		err = cmp.Or(err, errs[i])
	}
	return sent, err
}

// sendAll sends what comes until the first error, and drains the rest.
func sendAll(c *syslogjson.Client, payloads <-chan []byte) (sent int, err error) {
	for payload := range payloads {
		if err == nil {
			if err = c.Send(payload); err == nil {
				sent++
			}
		}
	}
	return sent, cmp.Or(err, c.Close())
}

// produce makes the events at the asked rate.
func (s *sending) produce(ctx context.Context, emit func(n int, payload []byte)) error {
	begun := time.Now()
	model := traffic.New(s.seed, begun, event.DefaultLocation())
	for n := 0; n < s.n; {
		at := time.Now()
		if s.over > 0 {
			at = begun.Add(-s.over + time.Duration(float64(s.over)*float64(n)/float64(s.n)))
		}
		for _, e := range model.Login(at) {
			if n == s.n {
				break
			}
			if s.rate > 0 {
				if err := waitUntil(ctx, begun.Add(time.Duration(float64(n)/s.rate*float64(time.Second)))); err != nil {
					return err
				}
			}
			emit(n, event.AppendJSON(nil, e))
			n++
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
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
