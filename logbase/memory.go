package logbase

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// Memory is a whole [Store] that lasts as long as the process: for tests and
// examples. The zero value is ready, and counts the days of the default zone.
type Memory struct {
	// Zone is that of civil days; nil: event.DefaultLocation(). It must not change
	// once there are records.
	Zone *time.Location

	mu        sync.RWMutex
	closed    bool
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

// alive reports why nothing may be asked. Its error carries c, or ERR-01 when m
// is closed.
func (m *Memory) alive(ctx context.Context, c Code) error {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return WithCode(CodeUnreachable, ErrClosed)
	}
	return WithCode(c, ctx.Err())
}

// Append implements [Store].
func (m *Memory) Append(ctx context.Context, batch []Record) error {
	if err := m.alive(ctx, CodeWriteFailed); err != nil {
		return err
	}
	for _, r := range batch {
		if r.ID <= 0 {
			return WithCode(CodeWriteFailed, fmt.Errorf("record ID %d is not positive", r.ID))
		}
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

// Add appends events under ids of its own. It panics when one of them is
// malformed (see [event.New], by which they are completed), or m is closed.
func (m *Memory) Add(events ...event.Event) {
	m.mu.RLock()
	ids := IDs{Last: m.last}
	m.mu.RUnlock()
	batch := make([]Record, len(events))
	for i, e := range events {
		made, err := event.New(e)
		if err != nil {
			panic(fmt.Sprintf("logbase: Memory.Add: %v", err))
		}
		batch[i] = Record{ID: ids.Next(time.Time{}), Event: made}
	}
	if err := m.Append(context.Background(), batch); err != nil {
		panic(fmt.Sprintf("logbase: Memory.Add: %v", err))
	}
}

// IDs implements [Store].
func (m *Memory) IDs(ctx context.Context) (IDs, error) {
	err := m.alive(ctx, CodeReadFailed)
	m.mu.RLock()
	defer m.mu.RUnlock()
	return IDs{Last: m.last}, err
}

// Sums implements [Store].
func (m *Memory) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	if err := m.alive(ctx, CodeReadFailed); err != nil {
		return nil, err
	}
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
func (m *Memory) Bounds(ctx context.Context) (Bounds, error) {
	return m.sums.Bounds(), m.alive(ctx, CodeReadFailed)
}

// Clients implements [Store].
func (m *Memory) Clients(ctx context.Context) ([]Seen, error) {
	return m.sums.Clients(), m.alive(ctx, CodeReadFailed)
}

// Backlog implements [Store].
func (m *Memory) Backlog(ctx context.Context) (Backlog, error) {
	return Backlog{}, m.alive(ctx, CodeReadFailed)
}

// Records implements [Store].
func (m *Memory) Records(ctx context.Context, p aggregate.Period) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		list := m.in(p)
		if err := m.alive(ctx, CodeReadFailed); err != nil {
			yield(Record{}, err)
			return
		}
		for _, r := range list {
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
func (m *Memory) Extent(ctx context.Context, p aggregate.Period) (Extent, error) {
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
	return x, m.alive(ctx, CodeReadFailed)
}

// Delete implements [Store].
func (m *Memory) Delete(ctx context.Context, d Deletion) (int64, error) {
	if err := m.alive(ctx, CodeDeleteFailed); err != nil {
		return 0, err
	}
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
func (m *Memory) Deletions(ctx context.Context) ([]Deletion, error) {
	err := m.alive(ctx, CodeReadFailed)
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Clone(m.deletions), err
}

// Recount implements [Store]. There is nothing to put right.
func (m *Memory) Recount(ctx context.Context, p aggregate.Period) (int64, error) {
	if err := m.alive(ctx, CodeWriteFailed); err != nil {
		return 0, err
	}
	if p.Expr() != nil {
		return 0, WithCode(CodeBadPeriod, ErrPeriod)
	}
	return 0, nil
}

// Ping implements [Store].
func (m *Memory) Ping(ctx context.Context) error { return m.alive(ctx, CodeReadFailed) }

// Close implements [Store]. What m holds stays, for [Memory.Reopen].
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

// Reopen takes back a Close, as another Open of a store would, and returns m.
func (m *Memory) Reopen() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = false
	return m
}
