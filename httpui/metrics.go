package httpui

import (
	"bytes"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
)

// requestStats counts answers by the first digit of their status.
type requestStats struct{ byClass [6]atomic.Int64 }

func (s *requestStats) count(status int) {
	if class := status / 100; class > 0 && class < len(s.byClass) {
		s.byClass[class].Add(1)
	}
}

// serveMetrics writes what Prometheus reads (text format 0.0.4): our own
// values, then those of reception.
func (h *Handler) serveMetrics(w http.ResponseWriter, r *request) error {
	metrics := h.ownMetrics(r)
	if h.reception != nil {
		metrics = append(metrics, h.reception.Metrics()...)
	}
	var buf bytes.Buffer
	writeMetrics(&buf, metrics)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(buf.Bytes()) // the client is gone; there is nobody to tell
	return nil
}

func (h *Handler) ownMetrics(r *request) []Metric {
	up := 1.0
	if h.probe.check(r.ctx) != nil {
		up = 0
	}
	out := []Metric{
		{Name: "tarastat_build_info", Help: "Version of the program.", Type: "gauge", Labels: []Label{{"version", h.version}}, Value: 1},
		{Name: "tarastat_start_time_seconds", Help: "When the program started, in Unix seconds.", Type: "gauge", Value: float64(h.started.Unix())},
		{Name: "tarastat_store_up", Help: "Whether the log base can be written and read.", Type: "gauge", Value: up},
		{Name: "tarastat_http_queries_running", Help: "Queries of the log base that run now.", Type: "gauge", Value: float64(len(h.slots))},
	}
	for class := 1; class < len(h.stats.byClass); class++ {
		out = append(out, Metric{
			Name: "tarastat_http_requests_total", Help: "HTTP requests answered, by class of status.", Type: "counter",
			Labels: []Label{{"status", strconv.Itoa(class) + "xx"}},
			Value:  float64(h.stats.byClass[class].Load()),
		})
	}
	return out
}

// writeMetrics writes each metric, and before the first of a name its help
// and type. What has no valid name is left out.
func writeMetrics(buf *bytes.Buffer, metrics []Metric) {
	help := strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	value := strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
	last := ""
	for _, m := range metrics {
		if !metricName(m.Name) {
			continue
		}
		if m.Name != last {
			last = m.Name
			buf.WriteString("# HELP " + m.Name + " " + help.Replace(m.Help) + "\n")
			buf.WriteString("# TYPE " + m.Name + " " + metricType(m.Type) + "\n")
		}
		buf.WriteString(m.Name)
		sep := "{"
		for _, l := range m.Labels {
			if metricName(l.Name) {
				buf.WriteString(sep + l.Name + `="` + value.Replace(strings.ToValidUTF8(l.Value, "\uFFFD")) + `"`)
				sep = ","
			}
		}
		if sep == "," {
			buf.WriteByte('}')
		}
		buf.WriteString(" " + metricValue(m.Value) + "\n")
	}
}

func metricType(t string) string {
	if t == "counter" || t == "gauge" {
		return t
	}
	return "untyped"
}

func metricName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == ':'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func metricValue(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "+Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
