package logbase

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// Memory is a whole [Store] that lasts as long as the process: for tests and
// examples. The zero value is ready, and counts the days of the default zone.
// Close does nothing, so that a test can go on with what it holds.
type Memory struct {
	// Zone is that of civil days; nil: event.DefaultLocation(). It must not change
	// once there are records.
	Zone *time.Location

	mu        sync.RWMutex
	records   map[int64]Record
	last      int64
	sums      aggregate.Cube
	deletions []Deletion // the newest first
}

var _ Store = (*Memory)(nil)

// Location implements [Store].
func (m *Memory) Location() *time.Location {
	return cmp.Or(m.Zone, event.DefaultLocation())
}

// count adds n records like r to the sums.
func (m *Memory) count(r Record, n int64) {
	m.sums.Add(aggregate.DayOf(r.Time, m.Location()), aggregate.KeyOf(r.Event), n)
}

// Append implements [Store].
func (m *Memory) Append(ctx context.Context, batch []Record) error {
	if err := ctx.Err(); err != nil {
		return WithCode(CodeWriteFailed, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records == nil {
		m.records = make(map[int64]Record)
		m.sums.Location = m.Location()
	}
	for _, r := range batch {
		m.last = max(m.last, r.ID)
		if _, kept := m.records[r.ID]; !kept {
			m.records[r.ID] = r
			m.count(r, 1)
		}
	}
	return nil
}

// Add appends events under ids of its own.
func (m *Memory) Add(events ...event.Event) {
	m.mu.RLock()
	ids := IDs{Last: m.last}
	m.mu.RUnlock()
	batch := make([]Record, len(events))
	for i, e := range events {
		batch[i] = Record{ID: ids.Next(time.Time{}), Event: e}
	}
	_ = m.Append(context.Background(), batch) // fails only with its context
}

// IDs implements [Store].
func (m *Memory) IDs(context.Context) (IDs, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return IDs{Last: m.last}, nil
}

// Sums implements [Store].
func (m *Memory) Sums(_ context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.sums.Answers(q) {
		return m.sums.Rows(q), nil
	}
	c := aggregate.NewCounter(q)
	for _, r := range m.records {
		c.Add(r.Event)
	}
	return c.Rows(), nil
}

// Bounds implements [Store].
func (m *Memory) Bounds(context.Context) (Bounds, error) { return m.sums.Bounds(), nil }

// Clients implements [Store].
func (m *Memory) Clients(context.Context) ([]Seen, error) { return m.sums.Clients(), nil }

// Backlog implements [Store].
func (*Memory) Backlog(context.Context) (Backlog, error) { return Backlog{}, nil }

// Records implements [Store].
func (m *Memory) Records(_ context.Context, p aggregate.Period) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for _, r := range m.in(p) {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// in returns the records of a period as Records gives them.
func (m *Memory) in(p aggregate.Period) []Record {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var list []Record
	for _, r := range m.records {
		if p.Contains(r.Time) {
			list = append(list, r)
		}
	}
	month := func(r Record) time.Time { return aggregate.Month.Start(r.Time.In(m.Location())) }
	slices.SortFunc(list, func(a, b Record) int {
		return cmp.Or(month(a).Compare(month(b)), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// Extent implements [Store].
func (m *Memory) Extent(_ context.Context, p aggregate.Period) (Extent, error) {
	m.mu.RLock()
	x := Extent{UpTo: m.last}
	m.mu.RUnlock()
	for _, r := range m.in(p) {
		if r.ID > x.UpTo {
			continue // it came since
		}
		if x.Records == 0 || r.Time.Before(x.First) {
			x.First = r.Time
		}
		if x.Records == 0 || r.Time.After(x.Last) {
			x.Last = r.Time
		}
		x.Records++
	}
	return x, nil
}

// Delete implements [Store].
func (m *Memory) Delete(_ context.Context, d Deletion) (int64, error) {
	if !d.Period.Bounded() {
		return 0, WithCode(CodeBadPeriod, ErrPeriod)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	d.Records, d.Done = 0, true
	for id, r := range m.records {
		if id <= d.UpTo && d.Period.Contains(r.Time) {
			delete(m.records, id)
			m.count(r, -1)
			d.Records++
		}
	}
	m.deletions = slices.Insert(m.deletions, 0, d)
	return d.Records, nil
}

// Deletions implements [Store].
func (m *Memory) Deletions(context.Context) ([]Deletion, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Clone(m.deletions), nil
}

// Recount implements [Store]. There is nothing to put right.
func (*Memory) Recount(_ context.Context, p aggregate.Period) (int64, error) {
	if p.Expr() != nil {
		return 0, WithCode(CodeBadPeriod, ErrPeriod)
	}
	return 0, nil
}

// Ping implements [Store].
func (*Memory) Ping(context.Context) error { return nil }

// Close implements [Store].
func (*Memory) Close() error { return nil }
