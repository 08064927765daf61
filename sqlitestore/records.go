package sqlitestore

import (
	"context"
	"iter"
	"math"

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
		if err := s.alive(ctx); err != nil { // also when there is nothing to read
			yield(logbase.Record{}, fail(ctx, logbase.CodeReadFailed, "records", err))
			return
		}
		s.view.RLock()
		rest := s.state.scans(p, s.opts.Location, nil)
		s.view.RUnlock()
		match := matcher{period: p}
		for len(rest) > 0 {
			page, next, err := s.page(ctx, rest[0], p)
			if err != nil {
				yield(logbase.Record{}, fail(ctx, logbase.CodeReadFailed, "records", err))
				return
			}
			for _, r := range page {
				if match.contains(instant{r.Time.Unix(), int64(r.Time.Nanosecond())}) && !yield(r, nil) {
					return
				}
			}
			if rest[0].ids.first = next; next > rest[0].ids.last {
				rest = rest[1:]
			}
		}
	}
}

// page reads the next records of a scan that may lie in p, and returns the ID at
// which to go on.
func (s *Store) page(ctx context.Context, part scan, p aggregate.Period) (page []logbase.Record, next int64, err error) {
	c, err := s.reader(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer s.readers.Put(c)
	from, to := seconds(p)
	var rows []row
	q := part.month.sql(`SELECT id, sec, nano, key, time, error FROM records_%d
		WHERE id BETWEEN ? AND ? AND sec BETWEEN ? AND ? LIMIT ?`)
	err = each(c, q, func(stmt *sqlite.Stmt) error {
		rows = append(rows, row{
			stmt.ColumnInt64(0),
			instant{stmt.ColumnInt64(1), stmt.ColumnInt64(2)},
			stmt.ColumnInt64(3), stmt.ColumnText(4), stmt.ColumnText(5), stmt.ColumnIsNull(5),
		})
		return nil
	}, part.ids.first, part.ids.last, from, to, recordsPage)
	// The state is looked at after the file, so it knows every key that the rows
	// may have.
	s.view.RLock()
	keys := s.state.keys
	_, exists := s.state.months[part.month]
	s.view.RUnlock()
	next = part.ids.last + 1
	switch {
	case err == nil:
	case !exists && ctx.Err() == nil: // dropped by a deletion
		return nil, next, nil
	default:
		return nil, 0, err
	}
	if len(rows) == recordsPage {
		next = rows[len(rows)-1].id + 1
	}
	page = make([]logbase.Record, len(rows))
	for i, row := range rows {
		if page[i], err = s.decode(row, keys); err != nil {
			return nil, 0, err
		}
	}
	return page, next, nil
}

// seconds returns the first and the last second of Unix time of which a part may
// lie in p.
func seconds(p aggregate.Period) (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if !p.From().IsZero() {
		from = p.From().Unix()
	}
	if !p.To().IsZero() {
		to = p.To().Unix()
	}
	return from, to
}

func (s *Store) decode(r row, keys []aggregate.Key) (logbase.Record, error) {
	k, err := keyAt(keys, r.key)
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
	return logbase.Record{ID: r.id, Event: e}, err
}

// Extent says what a deletion of p would remove at this moment. Any period may
// be asked about. Errors carry ERR-02.
func (s *Store) Extent(ctx context.Context, p aggregate.Period) (logbase.Extent, error) {
	var extent logbase.Extent
	byDays := s.byDays(aggregate.Query{Period: p})
	plan := func(st *state) []scan {
		extent.UpTo = st.lastID
		if !byDays {
			return st.scans(p, s.opts.Location, nil)
		}
		// The sums know how many there are; the first and the last record are
		// looked for on the first and the last day.
		own := aggregate.Between(p.From(), p.To(), s.opts.Location)
		rows := st.cube.Rows(aggregate.Query{Period: own, Step: aggregate.DayUnit})
		if len(rows) == 0 {
			return nil
		}
		for _, r := range rows {
			extent.Records += r.Count
		}
		day := func(r aggregate.Row) []scan {
			return st.scans(aggregate.Of(aggregate.DayUnit, r.Start, s.opts.Location), s.opts.Location, nil)
		}
		if len(rows) == 1 {
			return day(rows[0])
		}
		return append(day(rows[0]), day(rows[len(rows)-1])...)
	}
	err := s.read(ctx, plan, func(snap *snapshot) error {
		return snap.each(p, func(t instant, _ keyID) {
			if !byDays {
				extent.Records++
			}
			at := t.time().In(p.Location())
			if extent.First.IsZero() || at.Before(extent.First) {
				extent.First = at
			}
			if extent.Last.IsZero() || at.After(extent.Last) {
				extent.Last = at
			}
		})
	})
	if err != nil {
		return logbase.Extent{}, fail(ctx, logbase.CodeReadFailed, "extent", err)
	}
	return extent, nil
}
