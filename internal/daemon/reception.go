package daemon

import (
	"maps"
	"slices"

	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/syslogjson"
)

// reception tells the pages what the syslog server and the ingester know.
type reception struct {
	d           *Daemon
	fingerprint string
}

// Snapshot implements [httpui.Reception].
func (r *reception) Snapshot() httpui.Snapshot {
	stats := r.d.ingester.Stats()
	s := httpui.Snapshot{
		Addr:        r.d.syslogAddr.String(),
		Fingerprint: r.fingerprint,
		Rejected:    classCounts(stats.ByClass),
		Notes:       classCounts(stats.Notes),
	}
	for _, p := range r.d.syslog.Peers() {
		s.Senders = append(s.Senders, httpui.Sender{
			Name:        syslogjson.Peer{Name: p.Name, Addr: p.Addr}.String(),
			Connections: p.Active,
			Messages:    int64(p.Messages),                   //nolint:gosec // a counter of events
			Rejected:    int64(p.HandlerErrors + p.Rejected), //nolint:gosec // same
			Last:        p.LastMessage,
			NotAfter:    p.NotAfter,
		})
	}
	for _, sample := range r.d.ingester.Samples() {
		for _, text := range sample.Texts {
			s.Samples = append(s.Samples, httpui.Sample{
				Class: sample.Class, Sender: sample.Sender, Time: text.Time, Text: text.Masked,
			})
		}
	}
	return s
}

// Failure implements [httpui.Reception].
func (r *reception) Failure() error { return r.d.ingester.Stats().Failure }

func classCounts(m map[string]int64) []httpui.ClassCount {
	out := make([]httpui.ClassCount, 0, len(m))
	for _, class := range slices.Sorted(maps.Keys(m)) {
		out = append(out, httpui.ClassCount{Class: class, Count: m[class]})
	}
	return out
}

// Metrics implements [httpui.Reception].
func (r *reception) Metrics() []httpui.Metric {
	var m metrics
	in, srv := r.d.ingester.Stats(), r.d.syslog.Stats()

	m.counter("tarastat_records_received_total", "Messages and frames that came in.", float64(in.Received))
	m.counter("tarastat_records_stored_total", "Records that are durable in the log base.", float64(in.Stored))
	m.counter("tarastat_records_abandoned_total", "Well-formed records given up at a stop.", float64(in.Abandoned))
	m.gauge("tarastat_records_in_flight", "Records in memory that are not stored yet.", float64(in.InFlight))
	perLabel(&m, "tarastat_records_rejected_total", "Malformed records and frames (ERR-03), by class.", "class", in.ByClass)
	perLabel(&m, "tarastat_records_noted_total", "Accepted records with a remark, by remark.", "note", in.Notes)
	perLabel(&m, "tarastat_records_capped_total", "Records counted under OTHER, by kind of value.", "kind", in.Capped)
	m.counter("tarastat_store_retries_total", "Writes to the log base that failed and were repeated.", float64(in.Retries))
	m.counter("tarastat_senders_held_back_total", "Times a sender waited because the queue was full.", float64(in.HeldBack))
	failing := 0.0
	if in.Failure != nil {
		failing = 1
	}
	m.gauge("tarastat_store_failing", "1 while the log base does not take records.", failing)

	m.gauge("tarastat_syslog_connections", "Connections of senders now.", float64(srv.Active))
	m.counter("tarastat_syslog_accepted_total", "Connections admitted.", float64(srv.Accepted))
	perLabel(&m, "tarastat_syslog_refused_total", "Connections refused, by cause.", "cause", map[string]uint64{
		"max_conns": srv.RefusedConns, "max_conns_per_ip": srv.RefusedPerAddr,
	})
	h := srv.Handshakes
	perLabel(&m, "tarastat_syslog_handshake_failures_total", "Connections that did not become ready, by cause.", "cause",
		map[string]uint64{
			"no_tls": h.NoTLS, "http": h.HTTP, "no_certificate": h.NoCertificate,
			"bad_certificate": h.BadCertificate, "timed_out": h.TimedOut, "left": h.Left, "other": h.Other,
		})
	m.counter("tarastat_syslog_frames_total", "Frames cut from the streams, good and bad.", float64(srv.Frames))
	m.counter("tarastat_syslog_skipped_bytes_total", "Bytes of oversize frames, discarded unread.", float64(srv.SkippedBytes))
	m.counter("tarastat_syslog_panics_total", "Connections ended by a panic.", float64(srv.Panics))
	return m
}

// metrics gathers values for /metrics.
type metrics []httpui.Metric

func (m *metrics) counter(name, help string, v float64) {
	*m = append(*m, httpui.Metric{Name: name, Help: help, Type: "counter", Value: v})
}

func (m *metrics) gauge(name, help string, v float64) {
	*m = append(*m, httpui.Metric{Name: name, Help: help, Type: "gauge", Value: v})
}

func perLabel[V int64 | uint64](m *metrics, name, help, label string, values map[string]V) {
	for _, v := range slices.Sorted(maps.Keys(values)) {
		*m = append(*m, httpui.Metric{
			Name: name, Help: help, Type: "counter",
			Labels: []httpui.Label{{Name: label, Value: v}}, Value: float64(values[v]),
		})
	}
}
