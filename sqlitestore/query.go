package sqlitestore

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Sums answers q: what [aggregate.Count] would say of the records kept. A query
// that whole days can answer is answered from memory; hours and expressions
// take the records of the days concerned. Errors carry ERR-02.
func (s *Store) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	if s.byDays(q) {
		return fromState(ctx, s, "sums", func(st *state) []aggregate.Row { return st.cube.Rows(q) })
	}
	rows, err := s.count(ctx, q)
	return rows, fail(ctx, logbase.CodeReadFailed, "sums", err)
}

// byDays reports whether the sums by day can answer q.
func (s *Store) byDays(q aggregate.Query) bool {
	sums := aggregate.Cube{Location: s.opts.Location}
	return sums.Answers(q)
}

// count answers q from the records, as far as it must.
func (s *Store) count(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	var rows []aggregate.Row
	days := s.judgeDays(q)
	plan := func(st *state) []scan {
		for _, run := range days.whole {
			whole := q
			whole.Period = run.period(s.opts.Location)
			rows = append(rows, st.cube.Rows(whole)...)
		}
		return st.scans(q.Period, s.opts.Location, days.judged)
	}
	err := s.read(ctx, plan, func(snap *snapshot) error {
		c := counter{step: q.Step, loc: q.Period.Location(), counts: make(map[stepKey]int64)}
		cal := calendar{loc: s.opts.Location}
		err := snap.each(q.Period, func(t instant, k keyID) {
			if len(days.judged) > 0 { // records of such days may lie among those that are read
				if day, _ := cal.at(t.sec); days.judged[day] {
					return
				}
			}
			c.add(t, k)
		})
		if err != nil {
			return err
		}
		rows = aggregate.Regroup(append(rows, c.rows(snap.keys, q)...), q.By)
		return nil
	})
	return rows, err
}

// counter counts records by step and key; the texts of a key are only looked at
// when the rows are made.
type counter struct {
	step     aggregate.Unit
	loc      *time.Location
	from, to int64 // the step of the last record: from ≤ Unix time < to
	counts   map[stepKey]int64
}

type stepKey struct {
	start int64
	key   keyID
}

func (c *counter) add(t instant, k keyID) {
	if c.step != aggregate.Whole && (t.sec < c.from || t.sec >= c.to) {
		start := c.step.Start(t.time().In(c.loc))
		c.from, c.to = start.Unix(), c.step.Add(start, 1).Unix()
	}
	c.counts[stepKey{c.from, k}]++
}

// rows are not sorted, and have all fields of their keys.
func (c *counter) rows(keys []aggregate.Key, q aggregate.Query) []aggregate.Row {
	rows := make([]aggregate.Row, 0, len(c.counts))
	for sk, n := range c.counts {
		if !q.Filter.Match(keys[sk.key]) {
			continue
		}
		r := aggregate.Row{Key: keys[sk.key], Count: n}
		if q.Step != aggregate.Whole {
			r.Start = time.Unix(sk.start, 0).In(c.loc)
		}
		rows = append(rows, r)
	}
	return rows
}

// snapshot is the file as it was at one moment, with what the state said then.
type snapshot struct {
	conn  *sqlite.Conn
	keys  []aggregate.Key // by number
	scans []scan
}

// read gives f a snapshot of the parts of the file that plan has chosen. plan
// is called with the state of the same moment; it must be brief.
func (s *Store) read(ctx context.Context, plan func(*state) []scan, f func(*snapshot) error) error {
	c, err := s.reader(ctx)
	if err != nil {
		return err
	}
	defer s.readers.Put(c)
	defer func() {
		c.SetInterrupt(nil)
		if !c.AutocommitEnabled() {
			_ = exec(c, "ROLLBACK") // of a transaction that only reads
		}
	}()
	snap, err := s.snapshot(c, plan)
	if err != nil {
		return err
	}
	return f(snap)
}

// reader borrows a connection that reads. It goes back with s.readers.Put.
func (s *Store) reader(ctx context.Context) (*sqlite.Conn, error) {
	if err := s.alive(ctx); err != nil {
		return nil, err
	}
	c, err := s.readers.Take(ctx)
	if err != nil && s.closed.Load() {
		err = logbase.ErrClosed
	}
	return c, err
}

func (s *Store) snapshot(c *sqlite.Conn, plan func(*state) []scan) (*snapshot, error) {
	s.view.RLock()
	defer s.view.RUnlock()
	if err := exec(c, "BEGIN"); err != nil {
		return nil, err
	}
	// The snapshot is taken with the first read, not with BEGIN.
	if _, err := oneInt(c, "SELECT 1 FROM meta WHERE name = 'zone'"); err != nil {
		return nil, err
	}
	return &snapshot{conn: c, keys: s.state.keys, scans: plan(s.state)}, nil
}

// each calls f for every record of the scans that lies in p.
func (s *snapshot) each(p aggregate.Period, f func(instant, keyID)) error {
	match := matcher{period: p}
	for _, part := range s.scans {
		query := part.month.sql("SELECT sec, nano, key FROM records_%d WHERE id BETWEEN ? AND ?")
		err := each(s.conn, query, func(row *sqlite.Stmt) error {
			t := instant{row.ColumnInt64(0), row.ColumnInt64(1)}
			if !match.contains(t) {
				return nil
			}
			k := row.ColumnInt64(2)
			if _, err := keyAt(s.keys, k); err != nil {
				return err
			}
			f(t, keyID(k))
			return nil
		}, part.ids.first, part.ids.last)
		if err != nil {
			return err
		}
	}
	return nil
}

// instant is the time of an event as the file keeps it.
type instant struct {
	sec  int64 // Unix time
	nano int64
}

func (i instant) time() time.Time { return time.Unix(i.sec, i.nano) }

// matcher decides which instants a period contains. Records come nearly in the
// order of time, so it remembers whether an expression matched the last second.
type matcher struct {
	period  aggregate.Period
	known   bool
	sec     int64
	matches bool
}

func (m *matcher) contains(t instant) bool {
	if m.period.Expr() == nil {
		return m.period.Contains(t.time())
	}
	if !m.known || m.sec != t.sec {
		m.known, m.sec, m.matches = true, t.sec, m.period.Contains(t.time())
	}
	return m.matches
}
