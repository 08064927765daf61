package sqlitestore

import (
	"context"
	"fmt"
	"iter"

	"zombiezen.com/go/sqlite"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// recordsPage is how many records are read at once. Between two pages nothing
// is held, so that the write-ahead log can be cut however long the reader takes.
const recordsPage = 2000

// Records returns every record of p, by month of the event and then by ID;
// those outside the years 2000 to 2099 come first, by ID. A record that comes
// or goes while they are read may be left out or not, but none is given twice.
//
// An error is given last, with an empty record. It carries ERR-02.
func (s *Store) Records(ctx context.Context, p aggregate.Period) iter.Seq2[logbase.Record, error] {
	return func(yield func(logbase.Record, error) bool) {
		s.view.RLock()
		parts := s.state.sections(p, s.opts.Location, nil)
		s.view.RUnlock()
		match := newMatcher(p)
		for _, part := range parts {
			for _, r := range part.ranges {
				for r.first <= r.last {
					page, next, err := s.page(ctx, part.month, r, match)
					if err != nil {
						yield(logbase.Record{}, fail(ctx, logbase.ReadFailed, "records", err))
						return
					}
					r.first = next
					for _, rec := range page {
						if !yield(rec, nil) {
							return
						}
					}
				}
			}
		}
	}
}

// page reads the next records of a range, and returns where to go on.
func (s *Store) page(ctx context.Context, m month, r idRange, match *matcher) (page []logbase.Record, next int64, err error) {
	c, err := s.reader(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer s.readers.Put(c)
	var rows []row
	seen := 0
	next = r.last + 1
	q := m.sql("SELECT id, sec, nano, kind, time, error FROM records_%d WHERE id BETWEEN ? AND ? LIMIT ?")
	err = each(c, q, func(stmt *sqlite.Stmt) error {
		id, at := stmt.ColumnInt64(0), instant{stmt.ColumnInt64(1), stmt.ColumnInt64(2)}
		if seen++; seen == recordsPage {
			next = id + 1
		}
		if match.contains(at) {
			rows = append(rows, row{
				id, at, stmt.ColumnInt64(3), stmt.ColumnText(4), stmt.ColumnText(5), stmt.ColumnIsNull(5),
			})
		}
		return nil
	}, r.first, r.last, recordsPage)
	// The state is looked at after the file, so it knows every kind that the
	// rows may have.
	s.view.RLock()
	keys, exists := s.state.keys, s.state.tables[m]
	s.view.RUnlock()
	if err != nil {
		if !exists && ctx.Err() == nil { // dropped by a deletion
			return nil, next, nil
		}
		return nil, 0, err
	}
	for _, row := range rows {
		rec, err := s.decode(row, keys)
		if err != nil {
			return nil, 0, err
		}
		page = append(page, rec)
	}
	return page, next, nil
}

func (s *Store) decode(r row, keys []aggregate.Key) (logbase.Record, error) {
	if r.kind < 1 || r.kind >= int64(len(keys)) {
		return logbase.Record{}, fmt.Errorf("%w: record %d is of unknown kind %d", ErrCorrupt, r.id, r.kind)
	}
	k := keys[r.kind]
	e := event.Event{
		Time:      r.at.time().In(s.opts.Location),
		TimeText:  r.text,
		ClientID:  k.ClientID,
		Method:    k.Method,
		Operation: k.Operation,
		Bank:      k.Bank,
		Country:   k.Country,
		Error:     r.err,
	}
	if r.coded {
		e.Error = k.ErrorCode
	}
	return logbase.Record{ID: r.id, Event: e}, nil
}
