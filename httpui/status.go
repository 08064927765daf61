package httpui

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/e-gov/tarastat/logbase"
)

// How the log base is probed for /status.
const (
	probeTimeout = 2 * time.Second
	probeKept    = time.Second // that long one answer serves everybody
)

// ping asks whether events are stored, and the log base whether it works.
func (h *Handler) ping(ctx context.Context) error {
	if h.reception != nil {
		if err := h.reception.Failure(); err != nil {
			return err
		}
	}
	return h.store.Ping(ctx)
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
		return logbase.WithCode(logbase.Unreachable, context.DeadlineExceeded)
	case <-ctx.Done():
		return logbase.WithCode(logbase.Unreachable, ctx.Err())
	}
}

// run does not belong to the request that happened to start it.
func (p *prober) run(pr *probe) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	pr.err = logbase.WithCode(logbase.Unreachable, p.ping(ctx))
	p.mu.Lock()
	defer p.mu.Unlock()
	pr.done = time.Now()
	p.running, p.last = nil, pr
	close(pr.ended)
}

// serveStatus is the specification's answer to monitoring (section 2.4): 200
// OK, or 500 with the code of what is wrong.
func (h *Handler) serveStatus(w http.ResponseWriter, r *request) error {
	if err := h.probe.check(r.ctx); err != nil {
		return fail(http.StatusInternalServerError, failureOf(err).code, err)
	}
	return plain(w, "OK")
}

// serveLive says only that the process answers.
func (h *Handler) serveLive(w http.ResponseWriter, _ *request) error { return plain(w, "OK") }

func plain(w http.ResponseWriter, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, text) // the client is gone; there is nobody to tell
	return nil
}

// heartbeat is what the state's non-functional requirements ask of every
// service: who it is, since when, and the state of what it depends on.
type heartbeat struct {
	Name       string      `json:"name"`
	Version    string      `json:"version,omitempty"`
	Packaged   *time.Time  `json:"packagingTime,omitempty"`
	Started    time.Time   `json:"startTime"`
	ServerTime time.Time   `json:"serverTime"`
	Systems    []dependent `json:"systems"`
}

type dependent struct {
	Name   string `json:"name"`
	Status string `json:"status"` // UP or DOWN
	Code   string `json:"code,omitempty"`
}

func (h *Handler) serveHeartbeat(w http.ResponseWriter, r *request) error {
	base := dependent{Name: "logibaas", Status: "UP"}
	if err := h.probe.check(r.ctx); err != nil {
		base.Status, base.Code = "DOWN", failureOf(err).code.String()
	}
	beat := heartbeat{
		Name: "TARA-Stat", Version: h.version,
		Started: h.started.UTC(), ServerTime: r.now.UTC(),
		Systems: []dependent{base},
	}
	if !h.packaged.IsZero() {
		t := h.packaged.UTC()
		beat.Packaged = &t
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(beat) // the client is gone; there is nobody to tell
	return nil
}
