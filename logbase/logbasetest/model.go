package logbasetest

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// model is what a store has to hold, in the plainest form there is.
type model struct {
	records   map[int64]logbase.Record
	lastID    int64
	deletions []logbase.Deletion // the newest first
}

func newModel() *model { return &model{records: make(map[int64]logbase.Record)} }

func (m *model) append(batch []logbase.Record) {
	for _, r := range batch {
		m.lastID = max(m.lastID, r.ID)
		if _, known := m.records[r.ID]; !known {
			m.records[r.ID] = r
		}
	}
}

func (m *model) delete(d logbase.Deletion) int64 {
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
func (m *model) in(p aggregate.Period) []logbase.Record {
	list := []logbase.Record{}
	for _, r := range m.records {
		if p.Contains(r.Time) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, byID)
	return list
}

func byID(a, b logbase.Record) int { return cmp.Compare(a.ID, b.ID) }

func (m *model) extent(p aggregate.Period) logbase.Extent {
	x := logbase.Extent{UpTo: m.lastID}
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

func (m *model) bounds() logbase.Bounds {
	x := m.extent(aggregate.Period{})
	if x.Records == 0 {
		return logbase.Bounds{}
	}
	return logbase.Bounds{Records: x.Records, First: dayOf(x.First), Last: dayOf(x.Last)}
}

func (m *model) clients() []logbase.Seen {
	seen := make(map[string]logbase.Seen)
	for _, r := range m.records {
		d := dayOf(r.Time)
		s, known := seen[r.ClientID]
		if !known {
			s = logbase.Seen{ClientID: r.ClientID, First: d, Last: d}
		}
		s.First, s.Last = min(s.First, d), max(s.Last, d)
		seen[r.ClientID] = s
	}
	list := make([]logbase.Seen, 0, len(seen))
	for _, s := range seen {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b logbase.Seen) int { return strings.Compare(a.ClientID, b.ClientID) })
	return list
}

func dayOf(t time.Time) aggregate.Day { return aggregate.DayOf(t, event.DefaultLocation()) }
