package sqlitestore

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"zombiezen.com/go/sqlite"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Append keeps a batch of records in one transaction. After nil they are on
// the disk and counted; after an error none is, and the same batch may be
// handed over again: records whose ID is known already are left out.
//
// Batches of 1,000 to 8,000 records are fastest. Errors carry ERR-05; a record
// without a positive ID is refused with it.
func (s *Store) Append(ctx context.Context, batch []logbase.Record) error {
	if len(batch) == 0 {
		return fail(ctx, logbase.WriteFailed, "append", s.alive(ctx))
	}
	err := s.write(ctx, func(c *sqlite.Conn) (func(*state), error) {
		b := newBatch(c, s.state, s.opts)
		for i := range batch {
			if err := b.add(&batch[i]); err != nil {
				return nil, err
			}
		}
		return b.committed, b.finish()
	})
	return fail(ctx, logbase.WriteFailed, "append", err)
}

type (
	dayKind struct {
		day  aggregate.Day
		kind kind
	}
	monthHour struct {
		month month
		hour  int64
	}
)

// batch is one transaction of records. What it changes is added up, so that a
// sum is written once.
type batch struct {
	conn  *sqlite.Conn
	state *state // as committed; not changed before the commit
	cal   calendar

	top   int64 // greatest ID so far
	keys  []aggregate.Key
	kinds map[aggregate.Key]kind // the new ones
	sums  map[dayKind]int64
	spans map[monthHour]idRange
	ids   map[month]idRange

	inserters map[month]*inserter
}

func newBatch(c *sqlite.Conn, st *state, o Options) *batch {
	return &batch{
		conn: c, state: st, cal: calendar{loc: o.Location}, top: st.lastID,
		kinds: make(map[aggregate.Key]kind),
		sums:  make(map[dayKind]int64),
		spans: make(map[monthHour]idRange),
		ids:   make(map[month]idRange),

		inserters: make(map[month]*inserter),
	}
}

func (b *batch) add(r *logbase.Record) error {
	if r.ID <= 0 {
		return fmt.Errorf("a record without a positive ID: %d", r.ID)
	}
	if r.ID <= b.top { // it may have come before
		if known, err := b.known(r.ID); known || err != nil {
			return err
		}
	}
	b.top = max(b.top, r.ID)
	day, m := b.cal.at(r.Time)
	key := aggregate.KeyOf(r.Event)
	k, err := b.kind(key)
	if err != nil {
		return err
	}
	in, err := b.inserter(m)
	if err != nil {
		return err
	}
	at := instant{r.Time.Unix(), int64(r.Time.Nanosecond())}
	b.count(r.ID, day, m, at.sec, k)
	return in.add(row{r.ID, at, int64(k), r.TimeText, r.Error, r.Error == key.ErrorCode})
}

// count adds one record to what finish writes.
func (b *batch) count(id int64, day aggregate.Day, m month, sec int64, k kind) {
	one, mh := idRange{id, id}, monthHour{m, hourOf(m, sec)}
	b.sums[dayKind{day, k}]++
	b.spans[mh] = b.spans[mh].with(one)
	b.ids[m] = b.ids[m].with(one)
}

// known reports whether the record is kept, in whichever month.
func (b *batch) known(id int64) (bool, error) {
	if err := b.flush(); err != nil { // it may be in this batch
		return false, err
	}
	for _, ids := range []map[month]idRange{b.state.ids, b.ids} {
		for m, r := range ids {
			if !r.has(id) {
				continue
			}
			n, err := oneInt(b.conn, m.sql("SELECT 1 FROM records_%d WHERE id = ?"), id)
			if n == 1 || err != nil {
				return n == 1, err
			}
		}
	}
	return false, nil
}

func (b *batch) flush() error {
	for _, in := range b.inserters {
		if err := in.flush(); err != nil {
			return err
		}
	}
	return nil
}

// kind returns the number of a key, giving out a new one when needed.
func (b *batch) kind(key aggregate.Key) (kind, error) {
	if k, ok := b.state.kinds[key]; ok {
		return k, nil
	}
	if k, ok := b.kinds[key]; ok {
		return k, nil
	}
	k := kind(len(b.state.keys) + len(b.keys)) //nolint:gosec // memory ends long before
	err := exec(b.conn, "INSERT INTO kinds (id, client, method, operation, bank, country, error) VALUES (?, ?, ?, ?, ?, ?, ?)",
		int64(k), key.ClientID, key.Method, string(key.Operation), key.Bank, key.Country, key.ErrorCode)
	b.kinds[key] = k
	b.keys = append(b.keys, key)
	return k, err
}

// inserter returns what adds records to a month, whose table it makes when
// there is none.
func (b *batch) inserter(m month) (*inserter, error) {
	if in := b.inserters[m]; in != nil {
		return in, nil
	}
	if !b.state.tables[m] {
		create, err := schemaFiles.ReadFile("schema/records.sql")
		if err != nil {
			return nil, err
		}
		if err := runScript(b.conn, m.sql(string(create))); err != nil {
			return nil, err
		}
	}
	b.inserters[m] = newInserter(b.conn, m)
	return b.inserters[m], nil
}

// finish writes what was added up.
func (b *batch) finish() error {
	if err := b.flush(); err != nil {
		return err
	}
	const sum = `INSERT INTO sums (day, kind, n) VALUES (?, ?, ?)
		ON CONFLICT (day, kind) DO UPDATE SET n = n + excluded.n`
	stmt, err := b.conn.Prepare(sum)
	if err != nil {
		return err
	}
	for _, dk := range sortedSums(b.sums) {
		stmt.BindInt64(1, int64(dk.day))
		stmt.BindInt64(2, int64(dk.kind))
		stmt.BindInt64(3, b.sums[dk])
		if _, err := stmt.Step(); err != nil {
			return err
		}
		if err := stmt.Reset(); err != nil {
			return err
		}
	}
	const span = `INSERT INTO spans (month, hour, first, last) VALUES (?, ?, ?, ?)
		ON CONFLICT (month, hour) DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)`
	for mh, r := range b.spans {
		if err := exec(b.conn, span, int64(mh.month), mh.hour, r.first, r.last); err != nil {
			return err
		}
	}
	if b.top == b.state.lastID {
		return nil
	}
	return exec(b.conn, "INSERT OR REPLACE INTO meta (name, value) VALUES ('last_id', ?)", b.top)
}

// sortedSums orders the sums as the file does, which is the cheapest way to
// write them.
func sortedSums(sums map[dayKind]int64) []dayKind {
	keys := make([]dayKind, 0, len(sums))
	for dk := range sums {
		keys = append(keys, dk)
	}
	slices.SortFunc(keys, func(a, b dayKind) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.kind, b.kind))
	})
	return keys
}

// committed brings the state in line with the file.
func (b *batch) committed(s *state) {
	s.keys = append(s.keys, b.keys...)
	maps.Copy(s.kinds, b.kinds)
	for dk, n := range b.sums {
		s.cube.Add(dk.day, s.keys[dk.kind], n)
	}
	for mh, r := range b.spans {
		s.widen(mh.month, mh.hour, r)
	}
	for m := range b.inserters {
		s.tables[m] = true
	}
	s.lastID = b.top
}
