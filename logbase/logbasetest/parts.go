package logbasetest

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// Appender is a store that only takes records: what ingest.Appender asks for. Its
// Sums may always be empty.
type Appender interface {
	Append(ctx context.Context, batch []logbase.Record) error
	IDs(ctx context.Context) (logbase.IDs, error)
	Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error)
}

// RunAppender holds what only takes records to that part of the contract. open
// opens the base called name, as [Open] does, and returns in addition what reads
// all that it keeps at the moment, in any order.
func RunAppender(t *testing.T, open func(t *testing.T, name string) (Appender, func() ([]logbase.Record, error)), o Options) {
	t.Helper()
	s := suite{o: o.withDefaults(), open: func(t *testing.T, name string) logbase.Store {
		t.Helper()
		a, read := open(t, name)
		return taking{new(logbase.Memory), a, read}
	}}
	t.Run("Append", s.append)
	t.Run("OddValues", s.oddValues)
	t.Run("BadIDs", s.badIDs)
	t.Run("Borrowed", s.borrowed)
	t.Run("Concurrent", s.concurrent)
}

// taking is an Appender with all other methods, which answer from what it keeps.
type taking struct {
	*logbase.Memory // closed or not
	to              Appender
	read            func() ([]logbase.Record, error)
}

func (s taking) Append(ctx context.Context, batch []logbase.Record) error {
	return s.to.Append(ctx, batch)
}

func (s taking) IDs(ctx context.Context) (logbase.IDs, error) { return s.to.IDs(ctx) }

// kept is what the Appender keeps, as a Store.
func (s taking) kept() (*logbase.Memory, error) {
	list, err := s.read()
	if err != nil {
		return nil, err
	}
	m := new(logbase.Memory)
	return m, m.Append(context.Background(), list)
}

func (s taking) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	m, err := s.kept()
	if err != nil {
		return nil, err
	}
	return m.Sums(ctx, q)
}

func (s taking) Bounds(ctx context.Context) (logbase.Bounds, error) {
	m, err := s.kept()
	if err != nil {
		return logbase.Bounds{}, err
	}
	return m.Bounds(ctx)
}

func (s taking) Clients(ctx context.Context) ([]logbase.Seen, error) {
	m, err := s.kept()
	if err != nil {
		return nil, err
	}
	return m.Clients(ctx)
}

func (s taking) Extent(ctx context.Context, p aggregate.Period) (logbase.Extent, error) {
	m, err := s.kept()
	if err != nil {
		return logbase.Extent{}, err
	}
	return m.Extent(ctx, p)
}

// Records gives what is kept, also twice where it is kept twice.
func (s taking) Records(_ context.Context, p aggregate.Period) iter.Seq2[logbase.Record, error] {
	return func(yield func(logbase.Record, error) bool) {
		list, err := s.read()
		if err != nil {
			yield(logbase.Record{}, err)
			return
		}
		month := func(r logbase.Record) time.Time { return aggregate.Month.Start(r.Time.In(event.DefaultLocation())) }
		slices.SortFunc(list, func(a, b logbase.Record) int {
			return cmp.Or(month(a).Compare(month(b)), cmp.Compare(a.ID, b.ID))
		})
		for _, r := range list {
			if p.Contains(r.Time) && !yield(r, nil) {
				return
			}
		}
	}
}

// Source is a store that only answers: what report.Source asks for.
type Source interface {
	Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error)
	Bounds(ctx context.Context) (logbase.Bounds, error)
	Clients(ctx context.Context) ([]logbase.Seen, error)
	Deletions(ctx context.Context) ([]logbase.Deletion, error)
}

// RunSource holds what only answers to that part of the contract. fill makes one
// that has the given records, in the default zone, and no deletions.
func RunSource(t *testing.T, fill func(t *testing.T, records []logbase.Record) Source, o Options) {
	t.Helper()
	s := suite{o: o.withDefaults()}
	for name, n := range map[string]int{"Empty": 0, "One": 1, "Many": s.o.Events} {
		t.Run(name, func(t *testing.T) {
			rng := s.rng(20 + uint64(n))
			b := &base{t: t, suite: s, model: newModel()}
			records := make([]logbase.Record, n)
			for i := range records {
				records[i] = logbase.Record{ID: int64(i + 1), Event: randomEvent(rng)}
			}
			b.model.append(records)
			held := new(logbase.Memory)
			if err := held.Append(t.Context(), records); err != nil {
				t.Fatal(err)
			}
			b.store = guard{answering{held, fill(t, slices.Clone(records))}, t, s.o.Patience}
			b.checkState()
			for range 300 {
				b.checkQuery(b.randomQuery(rng))
			}
			for _, text := range forms {
				for step := aggregate.Whole; step <= aggregate.Year; step++ {
					b.checkQuery(aggregate.Query{Period: b.parse(text), By: aggregate.ByStat, Step: step})
				}
			}
		})
	}
}

// answering is a Source with all other methods.
type answering struct {
	*logbase.Memory
	from Source
}

func (s answering) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	return s.from.Sums(ctx, q)
}

func (s answering) Bounds(ctx context.Context) (logbase.Bounds, error) { return s.from.Bounds(ctx) }

func (s answering) Clients(ctx context.Context) ([]logbase.Seen, error) { return s.from.Clients(ctx) }

func (s answering) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	return s.from.Deletions(ctx)
}
