package logbasetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// methods asks each method that a context bounds for something harmless.
func (b *base) methods(ctx context.Context) map[string]error {
	var err error
	said := map[string]error{
		"Append": b.store.Append(ctx, []logbase.Record{{ID: b.model.lastID + 1, Event: demo()}}),
		"Ping":   b.store.Ping(ctx),
	}
	_, said["IDs"] = b.store.IDs(ctx)
	_, said["Sums"] = b.store.Sums(ctx, aggregate.Query{})
	_, said["Sums by hours"] = b.store.Sums(ctx, aggregate.Query{Step: aggregate.Hour})
	_, said["Bounds"] = b.store.Bounds(ctx)
	_, said["Clients"] = b.store.Clients(ctx)
	_, said["Backlog"] = b.store.Backlog(ctx)
	_, said["Extent"] = b.store.Extent(ctx, b.parse("2018-10-28T03"))
	_, said["Delete"] = b.store.Delete(ctx, logbase.Deletion{Period: b.parse("1999-01"), UpTo: 1, By: "logbasetest"})
	_, said["Delete of everything"] = b.store.Delete(ctx, logbase.Deletion{UpTo: 1, By: "logbasetest"})
	_, said["Deletions"] = b.store.Deletions(ctx)
	_, said["Recount"] = b.store.Recount(ctx, aggregate.Period{})
	for _, err = range b.store.Records(ctx, aggregate.Period{}) {
	}
	said["Records"] = err
	for _, err = range b.store.Records(ctx, b.parse("1999-01")) {
	}
	said["Records of nothing"] = err
	return said
}

func demo() event.Event {
	e, err := event.New(event.Event{
		TimeText: "2018-04-28T10:51:12", ClientID: "demo", Method: event.MethodIDCard, Operation: event.OpStart,
	})
	if err != nil {
		panic(err)
	}
	return e
}

// hasCode wants err to carry one of the codes.
func hasCode(t *testing.T, what string, err error, want ...logbase.Code) {
	t.Helper()
	if code, ok := logbase.CodeOf(err); !ok || !slices.Contains(want, code) {
		t.Errorf("%s: the error %q carries %v, not one of %v", what, err, code, want)
	}
}

// closed: a store that was closed does nothing any more, and says so.
func (s suite) closed(t *testing.T) {
	b := s.filled(t, s.rng(10), 50)
	if err := b.store.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	for method, err := range b.methods(t.Context()) {
		if !errors.Is(err, logbase.ErrClosed) {
			t.Errorf("%s after Close: %v instead of ErrClosed", method, err)
			continue
		}
		hasCode(t, method+" after Close", err, logbase.CodeUnreachable)
	}
	if err := b.store.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	b.store = s.opened(t, b.name)
	b.checkState()
}

// endedContext: what is asked by somebody who has gone may be answered all the
// same, from memory; if not, the error says why.
func (s suite) endedContext(t *testing.T) {
	b := s.filled(t, s.rng(11), 50)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for method, err := range b.methods(gone) {
		if err == nil || errors.Is(err, logbase.ErrPeriod) {
			continue
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s under an ended context: %q does not wrap its error", method, err)
		}
		if _, ok := logbase.CodeOf(err); !ok {
			t.Errorf("%s under an ended context: %q carries no code", method, err)
		}
	}
}

// badIDs: a record without a positive ID is refused with its whole batch.
func (s suite) badIDs(t *testing.T) {
	b := s.filled(t, s.rng(12), 20)
	for _, id := range []int64{0, -1} {
		batch := []logbase.Record{{ID: 101, Event: demo()}, {ID: id, Event: demo()}, {ID: 102, Event: demo()}}
		err := b.store.Append(t.Context(), batch)
		if err == nil {
			t.Fatalf("Append takes a record with the ID %d", id)
		}
		hasCode(t, "Append of a record without an ID", err, logbase.CodeWriteFailed)
		b.checkState()
		b.checkRecords(aggregate.Period{})
	}
}

// borrowed: a batch is the caller's again when Append returns, as it was.
func (s suite) borrowed(t *testing.T) {
	rng := s.rng(13)
	b := s.base(t)
	batch := make([]logbase.Record, 20)
	for i := range batch {
		batch[i] = logbase.Record{ID: int64(i + 1), Event: randomEvent(rng)}
	}
	before := slices.Clone(batch)
	b.append(batch)
	if !cmp.Equal(before, batch) {
		t.Fatalf("Append changes the batch:\n%s", differences(before, batch))
	}
	for i := range batch {
		batch[i] = logbase.Record{ID: 99, Event: demo()}
	}
	b.check(rng, 5)
	b.checkRecords(aggregate.Period{})
}

// earlyBreak: Records ends when its reader has had enough, and holds up nobody.
func (s suite) earlyBreak(t *testing.T) {
	rng := s.rng(14)
	b := s.filled(t, rng, 50)
	given := within(b.guarded(), "Records", func() (given int) {
		b.guarded().Store.Records(t.Context(), aggregate.Period{})(func(logbase.Record, error) bool {
			given++
			return false
		})
		return given
	})
	if given != 1 {
		t.Fatalf("Records goes on after its reader has broken off: %d records instead of 1", given)
	}
	b.append([]logbase.Record{{ID: b.model.lastID + 1, Event: randomEvent(rng)}})
	b.check(rng, 5)
}
