package httpui_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/logbase"
)

func TestStatus(t *testing.T) {
	tests := []struct {
		err  error
		code int
		body string
	}{
		{nil, 200, "OK"},
		{logbase.WithCode(logbase.Unreachable, errSecret), 500, "ERR-01: Logibaasiga ühendumine ebaõnnestus\n"},
		{logbase.WithCode(logbase.WriteFailed, errSecret), 500, "ERR-05: Kirjutamine logibaasi ebaõnnestus\n"},
		{errSecret, 500, "ERR-01: Logibaasiga ühendumine ebaõnnestus\n"},
	}
	for _, tt := range tests {
		s := &fakeStore{pingErr: tt.err}
		w := browse(t, httpui.New(s, options())).get("/status")
		if w.Code != tt.code || w.Body.String() != tt.body {
			t.Errorf("%v: %d %q, want %d %q", tt.err, w.Code, w.Body.String(), tt.code, tt.body)
		}
	}
}

func TestStatusAsksOncePerSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := &fakeStore{}
		b := browse(t, httpui.New(s, options()))
		for range 100 {
			is.Equal(b.get("/status").Code, 200)
		}
		is.Equal(s.pings.Load(), int32(1))
		time.Sleep(time.Second)
		s.pingErr = logbase.WithCode(logbase.WriteFailed, errSecret)
		is.Equal(b.get("/status").Code, 500)
		is.Equal(b.get("/status").Code, 500)
		is.Equal(s.pings.Load(), int32(2))
	})
}

// frozen is a log base that answers no ping, whatever it is told.
type frozen struct {
	*fakeStore
	pings atomic.Int64
	thaw  chan struct{}
}

func (f *frozen) Ping(context.Context) error {
	f.pings.Add(1)
	<-f.thaw
	return nil
}

func TestStatusOfAFrozenStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := &frozen{fakeStore: &fakeStore{}, thaw: make(chan struct{})}
		b := browse(t, httpui.New(s, options()))
		start := time.Now()
		for range 5 {
			is.Equal(b.get("/status").Code, 500)
		}
		is.True(time.Since(start) <= 2*time.Second) // the first waits, the others know
		is.Equal(s.pings.Load(), int64(1))
		is.Equal(b.get("/live").Code, 200)
		close(s.thaw)
		synctest.Wait()
		is.Equal(b.get("/status").Code, 200)
	})
}

func TestHeartbeat(t *testing.T) {
	opts := options()
	opts.Packaged = time.Date(2018, 4, 1, 3, 0, 0, 0, event.DefaultLocation())
	s := &fakeStore{pingErr: logbase.WithCode(logbase.WriteFailed, errSecret)}
	w := browse(t, httpui.New(s, opts)).get("/heartbeat.json")
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
	opts := options()
	opts.Reception = fakeReception{metrics: []httpui.Metric{
		{Name: "tarastat_rejected_total", Help: "Refused\nrecords.", Type: "counter", Labels: []httpui.Label{{Name: "class", Value: `a"\b`}}, Value: 2},
		{Name: "tarastat_rejected_total", Help: "not repeated", Labels: []httpui.Label{{Name: "class", Value: "c"}}, Value: 1e15},
		{Name: "no name", Value: 1},
		{Name: "tarastat_lag_seconds", Type: "histogram", Value: 0.25},
	}}
	b := browse(t, httpui.New(&fakeStore{}, opts))
	b.get("/nowhere")
	got := b.get("/metrics").Body.String()
	for _, want := range []string{
		"# HELP tarastat_build_info Version of the program.\n# TYPE tarastat_build_info gauge\ntarastat_build_info{version=\"1.2.3\"} 1\n",
		"tarastat_store_up 1\n",
		"tarastat_http_requests_total{status=\"4xx\"} 1\n",
		"# HELP tarastat_rejected_total Refused\\nrecords.\n# TYPE tarastat_rejected_total counter\n" +
			"tarastat_rejected_total{class=\"a\\\"\\\\b\"} 2\ntarastat_rejected_total{class=\"c\"} 1e+15\n" +
			"# HELP tarastat_lag_seconds \n# TYPE tarastat_lag_seconds untyped\ntarastat_lag_seconds 0.25\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "no name") {
		t.Error("an invalid name")
	}
}
