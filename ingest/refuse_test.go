package ingest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/syslogjson"
)

func TestRefusals(t *testing.T) {
	is := is.New(t)
	var b base
	in := ingest.New(&b, ingest.Options{Logger: quiet()})
	bad := []string{
		`hello 49001010004`,
		`{"time":"2018-04-28","clientId":"c","method":"banklink","operation":"START_AUTH"}`,
		`{"time":1}`,
		`{"time":"2018-04-28","clientId":"c","method":"x","operation":"HACK"}`,
	}
	for _, payload := range bad {
		err := in.HandleSyslog(t.Context(), &syslogjson.Message{Payload: []byte(payload), Peer: syslogjson.Peer{Name: "tara-1"}})
		is.True(errors.Is(err, event.ErrInvalid))
	}
	in.Reject(syslogjson.Reject{Class: syslogjson.ClassOversize, Prefix: []byte("49001010004")})
	is.NoErr(in.HandleSyslog(t.Context(), message("good")))
	is.NoErr(in.Close(t.Context()))

	s := in.Stats()
	balanced(t, s)
	want := map[string]int64{"no_json": 1, "missing_bank": 1, "wrong_type_time": 1, "unknown_operation": 1, "oversize": 1}
	if d := cmp.Diff(want, s.ByClass); d != "" {
		t.Error(d)
	}
	is.Equal(b.clients(), []string{"good"})
	for _, sample := range in.Samples() {
		is.True(len(sample.Texts) > 0)
		for _, text := range sample.Texts {
			is.True(text.Masked != "" && !strings.Contains(text.Masked, "49001010004"))
		}
	}
	is.Equal(len(in.Samples()), 5)
}

func TestSamplesAreBounded(t *testing.T) {
	is := is.New(t)
	clock := time.Unix(0, 0)
	in := ingest.New(&base{}, ingest.Options{Logger: quiet(), Now: func() time.Time {
		clock = clock.Add(time.Second)
		return clock
	}})
	for i := range 1000 {
		for range 5 {
			m := &syslogjson.Message{Payload: fmt.Appendf(nil, `{"clientId":"c%d"}`, i), Peer: syslogjson.Peer{Name: fmt.Sprint("peer-", i)}}
			is.True(in.HandleSyslog(t.Context(), m) != nil)
		}
	}
	got := in.Samples()
	is.Equal(len(got), ingest.MaxSampleKinds)
	is.Equal(got[0].Sender, "peer-999") // the latest first, the oldest forgotten
	is.Equal(got[0].Count, int64(5))
	is.Equal(got[0].Texts, []ingest.Text{{Masked: `{"clientId":"c999"}`, Time: clock}})
	is.NoErr(in.Close(t.Context()))
}

func TestSamplesKeepTheLatestTexts(t *testing.T) {
	is := is.New(t)
	var second int64
	in := ingest.New(&base{}, ingest.Options{Logger: quiet(), Now: func() time.Time {
		second++
		return time.Unix(second, 0)
	}})
	for _, client := range []string{"a", "b", "c", "d", "b"} {
		m := &syslogjson.Message{Payload: fmt.Appendf(nil, `{"clientId":%q}`, client)}
		is.True(in.HandleSyslog(t.Context(), m) != nil)
	}
	is.NoErr(in.Close(t.Context()))
	want := []ingest.Sample{{
		Class: "missing_time", Count: 5, Last: time.Unix(5, 0),
		Texts: []ingest.Text{
			{Masked: `{"clientId":"b"}`, Time: time.Unix(5, 0)},
			{Masked: `{"clientId":"d"}`, Time: time.Unix(4, 0)},
			{Masked: `{"clientId":"c"}`, Time: time.Unix(3, 0)},
		},
	}}
	if d := cmp.Diff(want, in.Samples()); d != "" {
		t.Error(d)
	}
}

func TestNotesAreCounted(t *testing.T) {
	is := is.New(t)
	in := ingest.New(&base{}, ingest.Options{
		Logger: quiet(),
		Now:    func() time.Time { return time.Date(2018, 4, 20, 0, 0, 0, 0, time.UTC) },
	})
	payload := `{"time":"2018-04-28","clientId":"a","clientId":"b","method":"wallet","operation":"START_AUTH"}`
	is.NoErr(in.HandleSyslog(t.Context(), &syslogjson.Message{Payload: []byte(payload)}))
	is.NoErr(in.Close(t.Context()))
	want := map[string]int64{"duplicate_key": 1, "unknown_method": 1, "time_future": 1}
	if d := cmp.Diff(want, in.Stats().Notes); d != "" {
		t.Error(d)
	}
}
