// Package monitor answers whoever watches the service: /status, /live,
// /metrics and /heartbeat.json.
package monitor

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/syslogjson"
)

// Options are what a [Monitor] watches and tells.
type Options struct {
	Ping    func(context.Context) error // asks whether the log base can be written and read
	Ingest  func() ingest.Stats         // nil when nothing is known of it
	Syslog  func() syslogjson.Stats     // nil when nothing is known of it
	Queries func() int                  // how many run now

	Now      func() time.Time
	Started  time.Time
	Version  string    // of the program; may be empty
	Packaged time.Time // when the program was built; zero when unknown
}

// Monitor answers for one service.
type Monitor struct {
	Options
	site  *web.Site
	probe prober
}

// Route adds the addresses of monitoring to a site, whose answers are counted.
func Route(site *web.Site, opts Options) {
	m := &Monitor{Options: opts, site: site}
	m.probe.ping = m.ping
	site.Handle("GET", "/status", web.TellLine, m.status)
	site.Handle("GET", "/live", web.TellLine, live)
	site.Handle("GET", "/metrics", web.TellLine, m.metrics)
	site.Handle("GET", "/heartbeat.json", web.TellLine, m.heartbeat)
}

// How the log base is probed for /status.
const (
	probeTimeout = 2 * time.Second
	probeKept    = time.Second // that long one answer serves everybody
)

// ping asks whether events are stored, and the log base whether it works. A
// log base that takes no events is down, even if the one row that a ping writes
// still finds room.
func (m *Monitor) ping(ctx context.Context) error {
	if m.Ingest != nil {
		if err := m.Ingest().Failure; err != nil {
			return err
		}
	}
	return m.Ping(ctx)
}

// prober asks the log base whether it can be written and read, once for all
// who want to know. A probe that hangs is not asked again until it returns.
type prober struct {
	ping func(context.Context) error

	mu      sync.Mutex
	running *probe
	last    *probe
}

// probe is one asking; err and done are set before ended is closed.
type probe struct {
	begun, done time.Time
	err         error
	ended       chan struct{}
}

// check returns nil when the log base works. It takes no longer than
// probeTimeout, even when the log base ignores that it should stop.
func (p *prober) check(ctx context.Context) error {
	p.mu.Lock()
	if p.last != nil && time.Since(p.last.done) < probeKept {
		defer p.mu.Unlock()
		return p.last.err
	}
	if p.running == nil {
		p.running = &probe{begun: time.Now(), ended: make(chan struct{})}
		go p.run(p.running) //nolint:gosec // outlives the request on purpose: others wait for it too
	}
	now := p.running
	p.mu.Unlock()

	timer := time.NewTimer(probeTimeout - time.Since(now.begun))
	defer timer.Stop()
	select {
	case <-now.ended:
		return now.err
	case <-timer.C:
		return logbase.WithCode(logbase.CodeUnreachable, context.DeadlineExceeded)
	case <-ctx.Done():
		return logbase.WithCode(logbase.CodeUnreachable, ctx.Err())
	}
}

// run does not belong to the request that happened to start it.
func (p *prober) run(pr *probe) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	pr.err = logbase.WithCode(logbase.CodeUnreachable, p.ping(ctx))
	p.mu.Lock()
	defer p.mu.Unlock()
	pr.done = time.Now()
	p.running, p.last = nil, pr
	close(pr.ended)
}

// status is the specification's answer to monitoring (section 2.4): 200 OK, or
// 500 with the code of what is wrong.
func (m *Monitor) status(w http.ResponseWriter, r *http.Request) error {
	if err := m.probe.check(r.Context()); err != nil {
		return web.Fail(http.StatusInternalServerError, web.FailureOf(err).Code, err)
	}
	return live(w, r)
}

// live says only that the process answers.
func live(w http.ResponseWriter, _ *http.Request) error {
	web.SendText(w, "text/plain; charset=utf-8", []byte("OK"))
	return nil
}

// heartbeat is what the state's non-functional requirements ask of every
// service: who it is, since when, and the state of what it depends on.
type heartbeat struct {
	Name       string      `json:"name"`
	Version    string      `json:"version,omitempty"`
	Packaged   time.Time   `json:"packagingTime,omitzero"`
	Started    time.Time   `json:"startTime"`
	ServerTime time.Time   `json:"serverTime"`
	Systems    []dependent `json:"systems"`
}

type dependent struct {
	Name   string `json:"name"`
	Status string `json:"status"` // UP or DOWN
	Code   string `json:"code,omitempty"`
}

func (m *Monitor) heartbeat(w http.ResponseWriter, r *http.Request) error {
	base := dependent{Name: "logibaas", Status: "UP"}
	if err := m.probe.check(r.Context()); err != nil {
		base.Status, base.Code = "DOWN", web.FailureOf(err).Code.String()
	}
	beat := heartbeat{
		Name: "TARA-Stat", Version: m.Version,
		Packaged: m.Packaged.UTC(), Started: m.Started.UTC(), ServerTime: m.Now().UTC(),
		Systems: []dependent{base},
	}
	body, err := json.Marshal(beat)
	if err != nil {
		return err
	}
	web.SendText(w, "application/json; charset=utf-8", append(body, '\n'))
	return nil
}
