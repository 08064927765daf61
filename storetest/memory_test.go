package storetest_test

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/storetest"
)

// The suite holds for the simplest store there is, which keeps records in a map
// and counts them anew for every answer.
func TestMemory(t *testing.T) {
	var mu sync.Mutex
	bases := make(map[string]*memory)
	storetest.Run(t, func(t *testing.T, name string) storetest.Store {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		if bases[name] == nil {
			bases[name] = &memory{records: make(map[int64]event.Record)}
		}
		return bases[name]
	}, storetest.Options{Events: 400})
}

// memory is a store that lasts as long as the process.
type memory struct {
	mu        sync.Mutex
	records   map[int64]event.Record
	last      int64
	deletions []aggregate.Deletion
}

func (m *memory) Append(_ context.Context, batch []event.Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range batch {
		if _, known := m.records[r.ID]; !known {
			m.records[r.ID] = r
		}
		m.last = max(m.last, r.ID)
	}
	return nil
}

func (m *memory) LastID(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last, nil
}

func (m *memory) Sums(_ context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := aggregate.NewCounter(q)
	for _, r := range m.records {
		c.Add(r.Event)
	}
	return c.Rows(), nil
}

// cube holds the sums of all records.
func (m *memory) cube() *aggregate.Cube {
	m.mu.Lock()
	defer m.mu.Unlock()
	var c aggregate.Cube
	for _, r := range m.records {
		c.Add(aggregate.DayOf(r.Time, event.DefaultLocation()), aggregate.KeyOf(r.Event), 1)
	}
	return &c
}

func (m *memory) Bounds(context.Context) (aggregate.Bounds, error) { return m.cube().Bounds(), nil }

func (m *memory) Clients(context.Context) ([]aggregate.Seen, error)      { return m.cube().Clients(), nil }
func (*memory) Ping(context.Context) error                               { return nil }
func (*memory) Recount(context.Context, aggregate.Period) (int64, error) { return 0, nil }
func (*memory) Close() error                                             { return nil }

func (m *memory) Extent(ctx context.Context, p aggregate.Period) (aggregate.Extent, error) {
	x := aggregate.Extent{}
	for r, err := range m.Records(ctx, p) {
		if err != nil {
			return x, err
		}
		if x.Records++; x.Records == 1 {
			x.First, x.Last = r.Time, r.Time
		}
		if r.Time.Before(x.First) {
			x.First = r.Time
		}
		if r.Time.After(x.Last) {
			x.Last = r.Time
		}
	}
	x.UpTo, _ = m.LastID(ctx)
	return x, nil
}

func (m *memory) Delete(_ context.Context, d aggregate.Deletion) (int64, error) {
	if !d.Period.Bounded() {
		return 0, event.WithCode(event.BadPeriod, errors.New("the period is not bounded"))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	before := len(m.records)
	maps.DeleteFunc(m.records, func(id int64, r event.Record) bool {
		return id <= d.UpTo && d.Period.Contains(r.Time)
	})
	d.Records, d.Done = int64(before-len(m.records)), true
	m.deletions = slices.Insert(m.deletions, 0, d)
	return d.Records, nil
}

func (m *memory) Deletions(context.Context) ([]aggregate.Deletion, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.deletions), nil
}

func (m *memory) Records(_ context.Context, p aggregate.Period) iter.Seq2[event.Record, error] {
	return func(yield func(event.Record, error) bool) {
		m.mu.Lock()
		list := slices.Collect(maps.Values(m.records))
		m.mu.Unlock()
		month := func(r event.Record) string { return r.Time.In(event.DefaultLocation()).Format("2006-01") }
		slices.SortFunc(list, func(a, b event.Record) int {
			return cmp.Or(strings.Compare(month(a), month(b)), cmp.Compare(a.ID, b.ID))
		})
		for _, r := range list {
			if p.Contains(r.Time) && !yield(r, nil) {
				return
			}
		}
	}
}
