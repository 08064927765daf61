package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/syslogjson"
)

var errDown = errors.New("log base is down")

// base is a log base in memory that can fail.
type base struct {
	mu      sync.Mutex
	records map[int64]logbase.Record
	order   []int64
	sizes   []int
	fail    error // returned while set
	half    bool  // keep half of a batch before failing

	before []aggregate.Key // what earlier runs have kept
}

func (b *base) Append(_ context.Context, batch []logbase.Record) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		if b.half {
			b.keep(batch[:len(batch)/2])
		}
		return b.fail
	}
	b.sizes = append(b.sizes, len(batch))
	b.keep(batch)
	return nil
}

func (*base) IDs(context.Context) (logbase.IDs, error) { return logbase.IDs{}, nil }

func (b *base) Sums(_ context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	rows := make([]aggregate.Row, len(b.before))
	for i, k := range b.before {
		rows[i] = aggregate.Row{Key: k, Count: 1}
	}
	return aggregate.Regroup(rows, q.By), nil
}

func (b *base) keep(batch []logbase.Record) {
	if b.records == nil {
		b.records = make(map[int64]logbase.Record)
	}
	for _, r := range batch {
		if _, ok := b.records[r.ID]; !ok {
			b.records[r.ID] = r
			b.order = append(b.order, r.ID)
		}
	}
}

func (b *base) set(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = err
}

func (b *base) clients() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, id := range b.order {
		out = append(out, b.records[id].ClientID)
	}
	return out
}

func (b *base) batches() []int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.sizes)
}

func message(client string) *syslogjson.Message {
	return &syslogjson.Message{
		Payload: fmt.Appendf(nil,
			`{"time":"2018-04-28T10:11:12","clientId":%q,"method":"idcard","operation":"START_AUTH"}`, client),
		Peer: syslogjson.Peer{Name: "tara-1"},
	}
}

// raw is a message of any payload.
func raw(payload string) *syslogjson.Message {
	return &syslogjson.Message{Payload: []byte(payload)}
}

// send hands over an event of each client, which must be taken.
func send(t *testing.T, in *ingest.Ingester, clients ...string) {
	t.Helper()
	for _, client := range clients {
		if err := in.HandleSyslog(t.Context(), message(client)); err != nil {
			t.Fatal(err)
		}
	}
}

// stop closes in, which must store what waits, and returns its accounts.
func stop(t *testing.T, in *ingest.Ingester) ingest.Stats {
	t.Helper()
	if err := in.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := in.Stats()
	balanced(t, s)
	return s
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func balanced(t *testing.T, s ingest.Stats) {
	t.Helper()
	if s.Received != s.Stored+s.Rejected+s.InFlight+s.Abandoned {
		t.Errorf("accounts do not balance: %+v", s)
	}
}

func TestEventsAreStoredInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		var b base
		in := ingest.New(&b, ingest.Options{Logger: quiet()})
		var want []string
		for i := range 2500 {
			want = append(want, fmt.Sprint("client-", i%7))
		}
		send(t, in, want...)
		is.Equal(stop(t, in).Stored, int64(2500))
		if d := cmp.Diff(want, b.clients()); d != "" {
			t.Error(d)
		}
		is.True(slices.IsSorted(b.order)) // ids grow with the order of receipt
	})
}

func TestGroupCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		var b base
		in := ingest.New(&b, ingest.Options{MaxBatch: 10, MaxDelay: time.Second, Logger: quiet()})
		send(t, in, slices.Repeat([]string{"full"}, 10)...)
		synctest.Wait()
		is.Equal(b.batches(), []int{10}) // a full batch does not wait

		send(t, in, "alone")
		time.Sleep(time.Second - 1) // the clock of the bubble, not ours
		synctest.Wait()
		is.Equal(len(b.batches()), 1) // still waits for others
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		is.Equal(b.batches(), []int{10, 1})
		stop(t, in)
	})
}

func TestStoreAwayLosesAndDoublesNothing(t *testing.T) {
	for _, half := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			b := base{fail: errDown, half: half}
			in := ingest.New(&b, ingest.Options{MaxQueue: 100, Logger: quiet()})
			sent := make(chan error)
			go func() {
				for i := range 500 {
					if err := in.HandleSyslog(t.Context(), message(fmt.Sprint(i))); err != nil {
						sent <- err
						return
					}
				}
				sent <- nil
			}()
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			s := in.Stats()
			balanced(t, s)
			is.Equal(s.Stored, int64(0))
			is.Equal(s.InFlight, int64(101)) // the queue, and one that the sender holds
			is.True(errors.Is(s.Failure, errDown))
			is.True(s.Retries > 100)

			b.set(nil)
			is.NoErr(<-sent)
			s = stop(t, in)
			is.Equal(s.Stored, int64(500))
			is.Equal(s.Failure, nil)
			is.Equal(len(b.clients()), 500)
		})
	}
}

func TestByteBoundHoldsSendersBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		b := base{fail: errDown}
		in := ingest.New(&b, ingest.Options{MaxQueueBytes: 1000, Logger: quiet()})
		go func() {
			for range 100 {
				_ = in.HandleSyslog(t.Context(), message("a-client-of-some-length"))
			}
		}()
		synctest.Wait()
		is.True(in.Stats().InFlight < 20)
		is.Equal(in.Stats().HeldBack, int64(1))
		b.set(nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		is.Equal(in.Stats().Stored, int64(100))
		stop(t, in)
	})
}

func TestCloseGivesUpWhenItsTimeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		b := base{fail: errDown}
		in := ingest.New(&b, ingest.Options{MaxQueue: 5, Logger: quiet()})
		send(t, in, slices.Repeat([]string{"x"}, 5)...)
		held := make(chan error)
		go func() { held <- in.HandleSyslog(t.Context(), message("held")) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		err := in.Close(ctx)
		is.True(errors.Is(err, ingest.ErrNotStored))
		is.Equal(err.Error(), "ingest: close: 5 events were not stored")
		is.True(errors.Is(<-held, ingest.ErrClosed))
		s := in.Stats()
		balanced(t, s)
		is.Equal(s.InFlight, int64(5))
		is.Equal(s.Abandoned, int64(1))
		is.True(errors.Is(in.HandleSyslog(t.Context(), message("late")), ingest.ErrClosed))
		is.Equal(in.Close(t.Context()).Error(), err.Error()) // still the truth on a second call
	})
}

func TestHandlerContextEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		b := base{fail: errDown}
		in := ingest.New(&b, ingest.Options{MaxQueue: 1, Logger: quiet()})
		send(t, in, "first")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		is.True(errors.Is(in.HandleSyslog(ctx, message("second")), context.DeadlineExceeded))
		balanced(t, in.Stats())
		b.set(nil)
		stop(t, in)
		is.Equal(b.clients(), []string{"first"})
	})
}

func numbered(n int, key func(string) aggregate.Key) []aggregate.Key {
	keys := make([]aggregate.Key, n)
	for i := range keys {
		keys[i] = key(fmt.Sprint("number ", i))
	}
	return keys
}

// The caps are 10,000 clients and 256 error codes.
func TestCaps(t *testing.T) {
	client := func(s string) aggregate.Key { return aggregate.Key{ClientID: s} }
	code := func(s string) aggregate.Key { return aggregate.Key{ErrorCode: s} }
	before := []aggregate.Key{client("old"), code("KNOWN")}
	for name, tt := range map[string]struct {
		caps   ingest.Caps
		before []aggregate.Key
	}{
		"own":     {ingest.Caps{Clients: 3, ErrorCodes: 1}, before},
		"default": {ingest.Caps{}, slices.Concat(before, numbered(9_997, client), numbered(255, code))},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			b := base{before: tt.before}
			in := ingest.New(&b, ingest.Options{Caps: tt.caps, Logger: quiet()})
			send(t, in, "a", "b", "c", "old", "a", event.Other)
			failure := `{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"ERROR","error":%q}`
			for _, text := range []string{"KNOWN: again", "NEW: text"} {
				is.NoErr(in.HandleSyslog(t.Context(), raw(fmt.Sprintf(failure, text))))
			}
			stop(t, in)
			is.Equal(b.clients(), []string{"a", "b", event.Other, "old", "a", event.Other, "a", "a"})
			last := b.records[b.order[7]]
			is.Equal(last.ErrorCode(), event.Other)
			is.Equal(last.Error, "OTHER: NEW: text") // the text itself is kept
			if d := cmp.Diff(map[string]int64{"client": 1, "error code": 1}, in.Stats().Capped); d != "" {
				t.Error(d)
			}
		})
	}
}

// resumed is a log base with a past, which it tells at the third time of asking.
type resumed struct {
	base
	last     int64
	failures int
}

func (b *resumed) IDs(context.Context) (logbase.IDs, error) {
	if b.failures--; b.failures >= 0 {
		return logbase.IDs{}, errDown
	}
	return logbase.IDs{Last: b.last, Lane: 5}, nil
}

func TestIDsNeverGoBack(t *testing.T) {
	is := is.New(t)
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	last := now.AddDate(1, 0, 0).UnixMicro() << 10 // an earlier run had a clock a year ahead
	b := resumed{last: last, failures: 2}
	var asked atomic.Int64
	in := ingest.New(&b, ingest.Options{
		Logger: quiet(), MaxBatch: 10, RetryAfter: time.Microsecond,
		Now: func() time.Time { return now.Add(-time.Hour * time.Duration(asked.Add(1))) },
	})
	send(t, in, slices.Repeat([]string{"x"}, 100)...)
	stop(t, in)
	is.Equal(len(b.order), 100) // all different
	for _, id := range b.order {
		is.True(id > last)
		is.Equal(id%logbase.Lanes, int64(5))
		last = id
	}
}

func TestConcurrentSenders(t *testing.T) {
	is := is.New(t)
	var b base
	in := ingest.New(&b, ingest.Options{MaxQueue: 64, Logger: quiet()})
	var wg sync.WaitGroup
	for s := range 8 {
		wg.Go(func() {
			for i := range 500 {
				if err := in.HandleSyslog(t.Context(), message(fmt.Sprintf("%d-%d", s, i))); err != nil {
					t.Error(err)
				}
				balanced(t, in.Stats())
			}
		})
	}
	wg.Wait()
	stop(t, in)
	got := b.clients()
	is.Equal(len(got), 4000)
	next := make([]int, 8)
	for _, c := range got { // the order of each sender is kept
		var s, i int
		_, err := fmt.Sscanf(c, "%d-%d", &s, &i)
		is.NoErr(err)
		is.Equal(i, next[s])
		next[s]++
	}
}

// asking is a log handler that asks for the accounts, as a metric of log lines
// would.
type asking struct {
	slog.Handler
	in *ingest.Ingester
}

func (a *asking) Enabled(context.Context, slog.Level) bool { return true }

func (a *asking) Handle(context.Context, slog.Record) error {
	a.in.Stats()
	return nil
}

func TestLoggerMayAskForStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		h := &asking{Handler: slog.DiscardHandler}
		b := base{fail: errDown, before: numbered(9_999, func(s string) aggregate.Key { return aggregate.Key{ClientID: s} })}
		in := ingest.New(&b, ingest.Options{Logger: slog.New(h)})
		h.in = in
		send(t, in, "a", "b")
		time.Sleep(time.Minute)
		b.set(nil)
		is.Equal(stop(t, in).Stored, int64(2))
	})
}

func TestWaitersAreNoLossWhenTheyAreLate(t *testing.T) {
	for range 200 { // the committer may end before the waiters wake
		b := base{fail: errDown}
		in := ingest.New(&b, ingest.Options{MaxQueue: 1, MaxDelay: time.Microsecond, RetryAfter: time.Microsecond, Logger: quiet()})
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { _ = in.HandleSyslog(t.Context(), message("a")) })
		}
		for in.Stats().Received < 3 {
			runtime.Gosched()
		}
		b.set(nil)
		stop(t, in)
		wg.Wait()
		s := in.Stats()
		balanced(t, s)
		if s.InFlight != 0 || s.Stored+s.Abandoned != 3 {
			t.Fatalf("%+v", s)
		}
	}
}

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
		is.True(errors.Is(in.HandleSyslog(t.Context(), raw(payload)), event.ErrInvalid))
	}
	err := in.OnReject(syslogjson.Reject{Class: syslogjson.ClassOversize, Prefix: []byte("49001010004")})
	var reply syslogjson.Replier
	is.True(errors.As(err, &reply))
	is.Equal(reply.SyslogReply(), "ERR-03 Valesti moodustatud logikirje: oversize")
	send(t, in, "good")
	s := stop(t, in)
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
	refuse := func(i int) {
		m := raw(fmt.Sprintf(`{"clientId":"c%d"}`, i))
		m.Peer.Name = fmt.Sprint("peer-", i)
		is.True(in.HandleSyslog(t.Context(), m) != nil)
	}
	for i := range 1000 {
		for range 5 {
			refuse(i)
		}
	}
	got := in.Samples()
	is.Equal(len(got), ingest.MaxSampleKinds)
	is.Equal(got[0].Sender, "peer-999") // the latest first, the oldest forgotten
	is.Equal(got[0].Count, int64(5))
	is.Equal(got[0].Texts, []ingest.Text{{Masked: `{"clientId":"c999"}`, Time: clock}})
	refuse(800)
	again := in.Samples()
	is.Equal(len(again), ingest.MaxSampleKinds)
	is.Equal(again[0].Sender, "peer-800") // which came again
	is.Equal(again[0].Count, int64(6))
	is.Equal(again[1], got[0])
	stop(t, in)
}

func TestSamplesKeepTheLatestTexts(t *testing.T) {
	is := is.New(t)
	var second int64
	in := ingest.New(&base{}, ingest.Options{Logger: quiet(), Now: func() time.Time {
		second++
		return time.Unix(second, 0)
	}})
	for _, client := range []string{"a", "b", "c", "d", "b"} {
		is.True(in.HandleSyslog(t.Context(), raw(fmt.Sprintf(`{"clientId":%q}`, client))) != nil)
	}
	stop(t, in)
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
	is.NoErr(in.HandleSyslog(t.Context(), raw(payload)))
	stop(t, in)
	want := map[string]int64{"duplicate_key": 1, "unknown_method": 1, "time_future": 1}
	if d := cmp.Diff(want, in.Stats().Notes); d != "" {
		t.Error(d)
	}
}
