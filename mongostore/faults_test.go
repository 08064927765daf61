package mongostore_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/testenv/mongotest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/mongostore"
)

// record makes a record with a key that depends on its ID.
func record(id int64) logbase.Record {
	text := fmt.Sprintf("2018-04-%02dT%02d:51:12.%03d", 1+id%4, id%24, id%1000)
	at, err := event.ParseTime(text, nil)
	if err != nil {
		panic(err)
	}
	return logbase.Record{ID: id, Event: event.Event{
		Time: at, TimeText: text, ClientID: fmt.Sprintf("client%d", id%7), Method: event.MethodIDCard, Operation: event.OpStart,
	}}
}

func batch(from, n int64) []logbase.Record {
	out := make([]logbase.Record, n)
	for i := range out {
		out[i] = record(from + int64(i))
	}
	return out
}

func everything() aggregate.Query {
	return aggregate.Query{By: aggregate.ByAll, Step: aggregate.DayUnit}
}

// rows are the sums of records.
func rows(records []logbase.Record) []aggregate.Row {
	events := make([]event.Event, len(records))
	for i, r := range records {
		events[i] = r.Event
	}
	return aggregate.Count(slices.Values(events), everything())
}

// wantSums holds a store's sums and records to what was appended.
func wantSums(t *testing.T, s *mongostore.Store, want []logbase.Record) {
	t.Helper()
	var kept []logbase.Record
	for r, err := range s.Records(t.Context(), aggregate.Period{}) {
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, r)
	}
	if len(kept) != len(want) {
		t.Fatalf("%d records are kept, %d were appended", len(kept), len(want))
	}
	got, err := s.Sums(t.Context(), everything())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows(kept), got); diff != "" {
		t.Fatalf("the sums are not those of the records (-want +got):\n%s", diff)
	}
}

// code returns the code of an error, 0 for none.
func code(t *testing.T, err error) logbase.Code {
	t.Helper()
	if err == nil {
		return 0
	}
	c, ok := logbase.CodeOf(err)
	if !ok {
		t.Fatalf("an error without a code: %v", err)
	}
	return c
}

// retry calls f until it succeeds.
func retry(t *testing.T, f func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		err := f()
		if err == nil {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatal(err)
		}
	}
}

// TestFaults takes the server away in the middle of appending. Every call ends
// in time with the right code, and the same batches, handed over again, are
// kept and counted once.
func TestFaults(t *testing.T) {
	t.Parallel()
	faults := map[string]struct{ away, back func(*mongotest.Server) }{
		"stopped": {(*mongotest.Server).Stop, (*mongotest.Server).Restart},
		"killed":  {(*mongotest.Server).Kill, (*mongotest.Server).Restart},
		"frozen":  {(*mongotest.Server).Freeze, (*mongotest.Server).Thaw},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			server := mongotest.Start(t)
			o := patient()
			o.Timeout = mongostore.DefaultTimeout
			s := open(t, server.URI, o)

			// Somebody appends without pause while the server goes.
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			appended := make(chan []logbase.Record)
			begun := make(chan struct{})
			go func() {
				var kept []logbase.Record
				defer func() { appended <- kept }()
				for from := int64(1); ctx.Err() == nil; from += 200 {
					b := batch(from, 200)
					for s.Append(t.Context(), b) != nil {
						time.Sleep(10 * time.Millisecond) // as ingest does
					}
					if kept = append(kept, b...); from == 201 {
						close(begun)
					}
				}
			}()
			<-begun
			fault.away(server)

			for what, call := range map[string]func() error{
				"ping":   func() error { return s.Ping(t.Context()) },
				"append": func() error { return s.Append(t.Context(), batch(1_000_000, 1)) },
				"delete": func() error {
					_, err := s.Deletions(t.Context())
					return err
				},
			} {
				within(t, what, 10*time.Second, func() { is.Equal(code(t, call()), logbase.CodeUnreachable) })
			}
			// Reading pages say so, once a look has failed.
			for {
				_, err := s.Sums(t.Context(), everything())
				if err != nil {
					is.Equal(code(t, err), logbase.CodeUnreachable)
					break
				}
				time.Sleep(10 * time.Millisecond)
			}

			fault.back(server)
			retry(t, func() error { return s.Ping(t.Context()) })
			b := batch(1_000_000, 1)
			retry(t, func() error { return s.Append(t.Context(), b) })
			cancel()
			kept := append(<-appended, b...)
			retry(t, func() error { _, err := s.Bounds(t.Context()); return err })
			wantSums(t, s, kept)
			is.NoErr(s.Close())

			wantSums(t, open(t, server.URI, patient()), kept)
		})
	}
}

// within fails the test when f takes longer. The bound is a promise to callers
// with room to spare, no measurement.
func within(t *testing.T, what string, d time.Duration, f func()) {
	t.Helper()
	begun := time.Now()
	f()
	if took := time.Since(begun); took > d {
		t.Errorf("%s took %v", what, took)
	}
}

// TestLostAnswer: a batch whose answer was lost is kept, but the store cannot
// know. Whether it comes again or not, its records are counted, and once.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	server := mongotest.Start(t)
	hand := shell(t, server.URI)
	line := newLine(t, server.URI)
	o := patient()
	o.Timeout = 2 * time.Second
	s := open(t, line.uri, o)
	kept := batch(1, 100)
	retry(t, func() error { return s.Append(t.Context(), kept) })

	from, lost := int64(1000), 0
	for lost < 2 { // once it comes again, once it does not
		line.deaf.Store(true)
		b := batch(from, 50) // of days that are open, so nothing but the insert is sent
		is.Equal(code(t, s.Append(t.Context(), b)), logbase.CodeUnreachable)
		line.deaf.Store(false)
		n, err := hand.CountDocuments(t.Context(), bson.D{{Key: "_id", Value: bson.D{{Key: "$gte", Value: from}}}})
		is.NoErr(err)
		again := lost == 1 || n == 0
		if again { // also when the insert did not get so far
			retry(t, func() error { return s.Append(t.Context(), b) })
		}
		if n > 0 {
			lost++
		}
		from += 50
		kept = append(kept, b...)
		wantCounted(t, s, int64(len(kept)))
		wantSums(t, s, kept)
	}
}

// wantCounted waits until the sums hold so many records.
func wantCounted(t *testing.T, s *mongostore.Store, want int64) {
	t.Helper()
	retry(t, func() error {
		b, err := s.Bounds(t.Context())
		if err == nil && b.Records != want {
			err = fmt.Errorf("%d records are counted, there are %d", b.Records, want)
		}
		return err
	})
}
