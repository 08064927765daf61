package storetest

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// model is what a store has to hold, in the plainest form there is.
type model struct {
	records   map[int64]event.Record
	lastID    int64
	deletions []aggregate.Deletion // the newest first
}

func newModel() *model { return &model{records: make(map[int64]event.Record)} }

func (m *model) append(batch []event.Record) {
	for _, r := range batch {
		m.lastID = max(m.lastID, r.ID)
		if _, known := m.records[r.ID]; !known {
			m.records[r.ID] = r
		}
	}
}

func (m *model) delete(d aggregate.Deletion) int64 {
	d.Done = true
	for id, r := range m.records {
		if id <= d.UpTo && d.Period.Contains(r.Time) {
			delete(m.records, id)
			d.Records++
		}
	}
	m.deletions = slices.Insert(m.deletions, 0, d)
	return d.Records
}

func (m *model) events() iter.Seq[event.Event] {
	return func(yield func(event.Event) bool) {
		for _, r := range m.records {
			if !yield(r.Event) {
				return
			}
		}
	}
}

// in returns the records of a period by ID.
func (m *model) in(p aggregate.Period) []event.Record {
	list := []event.Record{}
	for _, r := range m.records {
		if p.Contains(r.Time) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, byID)
	return list
}

func byID(a, b event.Record) int { return cmp.Compare(a.ID, b.ID) }

func (m *model) extent(p aggregate.Period) aggregate.Extent {
	x := aggregate.Extent{UpTo: m.lastID}
	for _, r := range m.in(p) {
		if x.Records == 0 || r.Time.Before(x.First) {
			x.First = r.Time
		}
		if x.Records == 0 || r.Time.After(x.Last) {
			x.Last = r.Time
		}
		x.Records++
	}
	return x
}

func (m *model) bounds() aggregate.Bounds {
	x := m.extent(aggregate.Period{})
	if x.Records == 0 {
		return aggregate.Bounds{}
	}
	return aggregate.Bounds{Records: x.Records, First: dayOf(x.First), Last: dayOf(x.Last)}
}

func (m *model) clients() []aggregate.Seen {
	seen := make(map[string]aggregate.Seen)
	for _, r := range m.records {
		d := dayOf(r.Time)
		s, known := seen[r.ClientID]
		if !known {
			s = aggregate.Seen{ClientID: r.ClientID, First: d, Last: d}
		}
		s.First, s.Last = min(s.First, d), max(s.Last, d)
		seen[r.ClientID] = s
	}
	list := make([]aggregate.Seen, 0, len(seen))
	for _, s := range seen {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b aggregate.Seen) int { return strings.Compare(a.ClientID, b.ClientID) })
	return list
}

func dayOf(t time.Time) aggregate.Day { return aggregate.DayOf(t, event.DefaultLocation()) }
