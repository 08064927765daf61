package monitor_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/monitor"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/syslogjson"
)

// errSecret is a cause that nobody outside may see.
var errSecret = errors.New("mongodb://rakendus:changeit@10.0.0.1")

var now = time.Date(2018, 4, 28, 12, 30, 0, 0, event.DefaultLocation())

// watch returns a site that is monitored; what opts leaves open is all right.
func watch(opts monitor.Options) http.Handler {
	site := web.NewSite(web.Options{Timeout: time.Minute, Logger: slog.New(slog.DiscardHandler)}, web.TellLine)
	opts.Now = func() time.Time { return now }
	opts.Queries = func() int { return 3 }
	opts.Started, opts.Version = now, "1.2.3"
	if opts.Ping == nil {
		opts.Ping = func(context.Context) error { return nil }
	}
	monitor.Route(site, opts)
	return site
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = "localhost"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestStatus(t *testing.T) {
	full := logbase.WithCode(logbase.CodeWriteFailed, errSecret)
	tests := []struct {
		ping, ingest error
		code         int
		body         string
	}{
		{nil, nil, 200, "OK"},
		{logbase.WithCode(logbase.CodeUnreachable, errSecret), nil, 500, "ERR-01: Logibaasiga ühendumine ebaõnnestus\n"},
		{full, nil, 500, "ERR-05: Kirjutamine logibaasi ebaõnnestus\n"},
		{errSecret, nil, 500, "ERR-01: Logibaasiga ühendumine ebaõnnestus\n"},
		{nil, full, 500, "ERR-05: Kirjutamine logibaasi ebaõnnestus\n"},
	}
	for _, tt := range tests {
		h := watch(monitor.Options{
			Ping:   func(context.Context) error { return tt.ping },
			Ingest: func() ingest.Stats { return ingest.Stats{Failure: tt.ingest} },
		})
		if w := get(h, "/status"); w.Code != tt.code || w.Body.String() != tt.body {
			t.Errorf("%v, %v: %d %q, want %d %q", tt.ping, tt.ingest, w.Code, w.Body.String(), tt.code, tt.body)
		}
	}
}

func TestStatusAsksOncePerSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		var pings atomic.Int64
		var answer error
		h := watch(monitor.Options{Ping: func(context.Context) error { pings.Add(1); return answer }})
		for range 100 {
			is.Equal(get(h, "/status").Code, 200)
		}
		is.Equal(pings.Load(), int64(1))
		time.Sleep(time.Second)
		answer = logbase.WithCode(logbase.CodeWriteFailed, errSecret)
		is.Equal(get(h, "/status").Code, 500)
		is.Equal(get(h, "/status").Code, 500)
		is.Equal(pings.Load(), int64(2))
	})
}

func TestStatusOfAFrozenStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		var pings atomic.Int64
		thaw := make(chan struct{})
		h := watch(monitor.Options{Ping: func(context.Context) error { // which answers nothing, whatever it is told
			pings.Add(1)
			<-thaw
			return nil
		}})
		start := time.Now()
		for range 5 {
			is.Equal(get(h, "/status").Code, 500)
		}
		is.True(time.Since(start) <= 2*time.Second) // the first waits, the others know
		is.Equal(pings.Load(), int64(1))
		is.Equal(get(h, "/live").Code, 200)
		close(thaw)
		synctest.Wait()
		is.Equal(get(h, "/status").Code, 200)
	})
}

func TestHeartbeat(t *testing.T) {
	w := get(watch(monitor.Options{
		Ping:     func(context.Context) error { return logbase.WithCode(logbase.CodeWriteFailed, errSecret) },
		Packaged: time.Date(2018, 4, 1, 3, 0, 0, 0, event.DefaultLocation()),
	}), "/heartbeat.json")
	var got, want any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	const text = `{"name":"TARA-Stat","version":"1.2.3","packagingTime":"2018-04-01T00:00:00Z",
		"startTime":"2018-04-28T09:30:00Z","serverTime":"2018-04-28T09:30:00Z",
		"systems":[{"name":"logibaas","status":"DOWN","code":"ERR-05"}]}`
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMetrics(t *testing.T) {
	is := is.New(t)
	h := watch(monitor.Options{
		Ingest: func() ingest.Stats {
			return ingest.Stats{Received: 1e15, ByClass: map[string]int64{"a\"\\b\n": 2, "c\xff": 3}, Failure: errSecret}
		},
		Syslog: func() syslogjson.Stats { return syslogjson.Stats{Active: 4, RefusedPerAddr: 5} },
	})
	get(h, "/nowhere")
	w := get(h, "/metrics")
	is.Equal(w.Header().Get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8")
	got := w.Body.String()
	for _, want := range []string{
		"# HELP tarastat_build_info Version of the program.\n# TYPE tarastat_build_info gauge\ntarastat_build_info{version=\"1.2.3\"} 1\n",
		"tarastat_store_up 0\n", // since it takes no records
		"tarastat_http_queries_running 3\n",
		"tarastat_http_requests_total{status=\"4xx\"} 1\n",
		"tarastat_records_received_total 1e+15\n",
		"# HELP tarastat_records_rejected_total Malformed records and frames (ERR-03), by class.\n# TYPE tarastat_records_rejected_total counter\n" +
			"tarastat_records_rejected_total{class=\"a\\\"\\\\b\\n\"} 2\ntarastat_records_rejected_total{class=\"c\uFFFD\"} 3\n",
		"tarastat_store_failing 1\n",
		"tarastat_syslog_connections 4\n",
		"tarastat_syslog_refused_total{cause=\"max_conns\"} 0\ntarastat_syslog_refused_total{cause=\"max_conns_per_ip\"} 5\n",
		"tarastat_syslog_handshake_failures_total{cause=\"no_tls\"} 0\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	is.True(!strings.Contains(got, "notes_total")) // nothing was noted
	is.True(!strings.Contains(get(watch(monitor.Options{}), "/metrics").Body.String(), "tarastat_records"))
}
