package monitor

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/syslogjson"
)

// exposition is what Prometheus reads (text format 0.0.4). Names, helps and
// labels are our own; the values of labels may be anything. No label ever is a
// client application: their number has no bound.
type exposition struct{ bytes.Buffer }

func (e *exposition) head(kind, name, help string) {
	fmt.Fprintf(e, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (e *exposition) one(kind, name, help string, v float64) {
	e.head(kind, name, help)
	fmt.Fprintf(e, "%s %s\n", name, number(v))
}

func (e *exposition) counter(name, help string, v float64) { e.one("counter", name, help, v) }
func (e *exposition) gauge(name, help string, v float64)   { e.one("gauge", name, help, v) }

// byLabel writes a value for each value of a label; nothing when there is none.
func byLabel[V int64 | uint64](e *exposition, kind, name, help, label string, values map[string]V) {
	if len(values) == 0 {
		return
	}
	e.head(kind, name, help)
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
	for _, value := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(e, "%s{%s=\"%s\"} %s\n", name, label, escape.Replace(strings.ToValidUTF8(value, "\uFFFD")), number(float64(values[value])))
	}
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func zeroOrOne(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// metrics answers with our own values, then those of reception.
func (m *Monitor) metrics(w http.ResponseWriter, r *http.Request) error {
	var e exposition
	byLabel(&e, "gauge", "tarastat_build_info", "Version of the program.", "version", map[string]int64{m.Version: 1})
	e.gauge("tarastat_start_time_seconds", "When the program started, in Unix seconds.", float64(m.Started.Unix()))
	e.gauge("tarastat_store_up", "Whether the log base can be written and read.", zeroOrOne(m.probe.check(r.Context()) == nil))
	e.gauge("tarastat_http_queries_running", "Queries of the log base that run now.", float64(m.Queries()))
	answered := make(map[string]int64)
	for class := 1; class <= 5; class++ {
		answered[strconv.Itoa(class)+"xx"] = m.site.Answered(class)
	}
	byLabel(&e, "counter", "tarastat_http_requests_total", "HTTP requests answered, by class of status.", "status", answered)
	if m.Ingest != nil {
		ingestMetrics(&e, m.Ingest())
	}
	if m.Syslog != nil {
		syslogMetrics(&e, m.Syslog())
	}
	web.SendText(w, "text/plain; version=0.0.4; charset=utf-8", e.Bytes())
	return nil
}

func ingestMetrics(e *exposition, in ingest.Stats) {
	e.counter("tarastat_records_received_total", "Messages and frames that came in.", float64(in.Received))
	e.counter("tarastat_records_stored_total", "Records that are durable in the log base.", float64(in.Stored))
	e.counter("tarastat_records_abandoned_total", "Well-formed records given up at a stop.", float64(in.Abandoned))
	e.gauge("tarastat_records_in_flight", "Records in memory that are not stored yet.", float64(in.InFlight))
	byLabel(e, "counter", "tarastat_records_rejected_total", "Malformed records and frames (ERR-03), by class.", "class", in.ByClass)
	byLabel(e, "counter", "tarastat_records_noted_total", "Accepted records with a remark, by remark.", "note", in.Notes)
	byLabel(e, "counter", "tarastat_records_capped_total", "Records counted under OTHER, by kind of value.", "kind", in.Capped)
	e.counter("tarastat_store_retries_total", "Writes to the log base that failed and were repeated.", float64(in.Retries))
	e.counter("tarastat_senders_held_back_total", "Times a sender waited because the queue was full.", float64(in.HeldBack))
	e.gauge("tarastat_store_failing", "1 while the log base does not take records.", zeroOrOne(in.Failure != nil))
}

func syslogMetrics(e *exposition, srv syslogjson.Stats) {
	e.gauge("tarastat_syslog_connections", "Connections of senders now.", float64(srv.Active))
	e.counter("tarastat_syslog_accepted_total", "Connections admitted.", float64(srv.Accepted))
	byLabel(e, "counter", "tarastat_syslog_refused_total", "Connections refused, by cause.", "cause", map[string]uint64{
		"max_conns": srv.RefusedConns, "max_conns_per_ip": srv.RefusedPerAddr,
	})
	failures := make(map[string]uint64)
	for _, class := range syslogjson.HandshakeClasses() {
		failures[string(class)] = srv.Handshakes[class]
	}
	byLabel(e, "counter", "tarastat_syslog_handshake_failures_total", "Connections that did not become ready, by cause.", "cause", failures)
	e.counter("tarastat_syslog_frames_total", "Frames cut from the streams, good and bad.", float64(srv.Frames))
	e.counter("tarastat_syslog_skipped_bytes_total", "Bytes of oversize frames, discarded unread.", float64(srv.SkippedBytes))
	e.counter("tarastat_syslog_panics_total", "Connections ended by a panic.", float64(srv.Panics))
}
