package ingest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/logbase"
)

// byHand is an event as a program would write one.
func byHand(client string) event.Event {
	return event.Event{
		Time: time.Date(2018, 4, 28, 10, 51, 12, 0, time.UTC), ClientID: client,
		Method: event.MethodIDCard, Operation: event.OpFailure, Error: "LATE: 38001085718 waited",
	}
}

// TestAdd: what came by another way is completed, masked, refused and accounted
// for as what came by syslog.
func TestAdd(t *testing.T) {
	is := is.New(t)
	var store logbase.Memory
	in := ingest.New(&store, ingest.Options{Logger: quiet()})
	is.NoErr(in.Add(t.Context(), byHand("own"), "queue"))

	bad := byHand("38001085718")
	bad.Method = ""
	err := in.Add(t.Context(), bad, "queue")
	var fe *event.FieldError
	ok := errors.As(err, &fe)
	is.True(ok && fe.Class == event.ClassMissingMethod)

	s := stop(t, in)
	is.Equal([]int64{s.Received, s.Stored, s.Rejected}, []int64{2, 1, 1})
	sample := in.Samples()[0]
	is.Equal(sample.Sender, "queue")
	is.True(!strings.Contains(sample.Texts[0].Masked, "38001085718"))
	for r, err := range store.Records(t.Context(), aggregate.Period{}) {
		is.NoErr(err)
		is.Equal(r.ClientID, "own")
		at, err := event.ParseTime(r.TimeText, nil)
		is.NoErr(err)
		is.True(at.Equal(byHand("own").Time)) // derived, and the same instant
		is.True(strings.HasPrefix(r.Error, "LATE: ") && !strings.Contains(r.Error, "38001085718"))
	}
	is.True(errors.Is(in.Add(t.Context(), byHand("late"), "queue"), ingest.ErrClosed))
}

// TestFlush: it does not wait for company, and says what is not stored.
func TestFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		var b base
		in := ingest.New(&b, ingest.Options{MaxDelay: time.Hour, Logger: quiet()})
		is.NoErr(in.Flush(t.Context())) // nothing to wait for
		begun := time.Now()
		for range 3 {
			send(t, in, "a", "b")
			is.NoErr(in.Flush(t.Context()))
		}
		is.Equal(b.clients(), []string{"a", "b", "a", "b", "a", "b"})
		is.Equal(time.Since(begun), time.Duration(0)) // of the bubble's clock

		b.set(errDown)
		send(t, in, "c", "d")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := in.Flush(ctx)
		is.True(errors.Is(err, ingest.ErrNotStored) && errors.Is(err, context.DeadlineExceeded))
		is.True(strings.Contains(err.Error(), "2 events were not stored"))

		flushed := make(chan error)
		go func() { flushed <- in.Flush(t.Context()) }()
		synctest.Wait()
		closing, give := context.WithTimeout(t.Context(), time.Minute)
		defer give()
		is.True(in.Close(closing) != nil)
		err = <-flushed
		is.True(errors.Is(err, ingest.ErrNotStored) && errors.Is(err, ingest.ErrClosed))
	})
}

// TestCapsSurviveARestart: three names stay three, whatever comes after.
func TestCapsSurviveARestart(t *testing.T) {
	is := is.New(t)
	var store logbase.Memory
	for _, client := range []string{"a", "b", "c", "d", "e"} {
		in := ingest.New(&store, ingest.Options{Caps: ingest.Caps{Clients: 3}, Logger: quiet()})
		is.NoErr(in.Add(t.Context(), byHand(client), ""))
		stop(t, in)
	}
	clients, err := store.Clients(t.Context())
	is.NoErr(err)
	var names []string
	for _, c := range clients {
		names = append(names, c.ClientID)
	}
	is.Equal(names, []string{event.Other, "a", "b", "c"})
}

// TestMadeByHand: what cannot work says so at once.
func TestMadeByHand(t *testing.T) {
	var zero ingest.Ingester
	for name, use := range map[string]func(){
		"New":          func() { ingest.New(nil, ingest.Options{}) },
		"HandleSyslog": func() { _ = zero.HandleSyslog(t.Context(), message("a")) },
		"Add":          func() { _ = zero.Add(t.Context(), byHand("a"), "") },
		"Flush":        func() { _ = zero.Flush(t.Context()) },
		"Close":        func() { _ = zero.Close(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if said, ok := recover().(string); !ok || !strings.HasPrefix(said, "ingest: ") {
					t.Errorf("panic %v", said)
				}
			}()
			use()
			t.Error("no panic")
		})
	}
}
