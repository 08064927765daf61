package sqlitestore

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

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
		return fail(ctx, logbase.CodeWriteFailed, "append", s.alive(ctx))
	}
	err := s.write(ctx, func(c *sqlite.Conn) (func(*state), error) {
		b := newBatch(c, s.state, calendar{loc: s.opts.Location})
		for i := range batch {
			if err := b.add(&batch[i]); err != nil {
				return nil, err
			}
		}
		return b.committed, b.finish()
	})
	return fail(ctx, logbase.CodeWriteFailed, "append", err)
}

// batch is one transaction of records. What it changes is added up, so that a
// sum is written once.
type batch struct {
	conn  *sqlite.Conn
	state *state // as committed; not changed before the commit
	cal   calendar

	lastID int64
	keys   []aggregate.Key // the new ones
	keyIDs map[aggregate.Key]keyID
	sums   map[dayKey]int64
	days   map[aggregate.Day]idRange
	tables map[month]*table
}

func newBatch(c *sqlite.Conn, st *state, cal calendar) *batch {
	return &batch{
		conn: c, state: st, cal: cal, lastID: st.lastID,
		keyIDs: make(map[aggregate.Key]keyID),
		sums:   make(map[dayKey]int64),
		days:   make(map[aggregate.Day]idRange),
		tables: make(map[month]*table),
	}
}

func (b *batch) add(r *logbase.Record) error {
	if r.ID <= 0 {
		return fmt.Errorf("a record without a positive ID: %d", r.ID)
	}
	if r.ID <= b.lastID { // it may have come before
		if known, err := b.known(r.ID); known || err != nil {
			return err
		}
	}
	b.lastID = max(b.lastID, r.ID)
	key := aggregate.KeyOf(r.Event)
	k, err := b.keyID(key)
	if err != nil {
		return err
	}
	at := instant{r.Time.Unix(), int64(r.Time.Nanosecond())}
	day, m := b.cal.at(at.sec)
	t, err := b.table(m)
	if err != nil {
		return err
	}
	id := idRange{r.ID, r.ID}
	b.sums[dayKey{day, k}]++
	b.days[day] = b.days[day].with(id)
	t.ids = t.ids.with(id)
	return t.add(row{r.ID, at, int64(k), r.TimeText, r.Error, r.Error == key.ErrorCode})
}

// known reports whether the record is kept, in whichever month.
func (b *batch) known(id int64) (bool, error) {
	if err := b.flush(); err != nil { // it may be in this batch
		return false, err
	}
	months := maps.Clone(b.state.months)
	for m, t := range b.tables {
		months[m] = months[m].with(t.ids)
	}
	for m, ids := range months {
		if !ids.has(id) {
			continue
		}
		n, err := oneInt(b.conn, m.sql("SELECT 1 FROM records_%d WHERE id = ?"), id)
		if n == 1 || err != nil {
			return n == 1, err
		}
	}
	return false, nil
}

// keyID returns the number of a key, giving out a new one when needed.
func (b *batch) keyID(key aggregate.Key) (keyID, error) {
	if k, ok := b.state.keyIDs[key]; ok {
		return k, nil
	}
	if k, ok := b.keyIDs[key]; ok {
		return k, nil
	}
	k := keyID(len(b.state.keys) + len(b.keys))
	err := exec(b.conn, "INSERT INTO keys (id, client, method, operation, bank, country, error) VALUES (?, ?, ?, ?, ?, ?, ?)",
		int64(k), key.ClientID, key.Method, string(key.Operation), key.Bank, key.Country, key.ErrorCode)
	b.keyIDs[key] = k
	b.keys = append(b.keys, key)
	return k, err
}

// table returns the table of a month, which it makes when there is none.
func (b *batch) table(m month) (*table, error) {
	if t := b.tables[m]; t != nil {
		return t, nil
	}
	if _, exists := b.state.months[m]; !exists {
		if err := sqlitex.ExecuteTransient(b.conn, m.sql(recordsSQL), nil); err != nil {
			return nil, err
		}
	}
	b.tables[m] = newTable(b.conn, m)
	return b.tables[m], nil
}

func (b *batch) flush() error {
	for _, t := range b.tables {
		if err := t.flush(); err != nil {
			return err
		}
	}
	return nil
}

// finish writes what was added up.
func (b *batch) finish() error {
	if err := b.flush(); err != nil {
		return err
	}
	stmt, err := b.conn.Prepare(`INSERT INTO sums (day, key, n) VALUES (?, ?, ?)
		ON CONFLICT (day, key) DO UPDATE SET n = n + excluded.n`)
	if err != nil {
		return err
	}
	for _, dk := range sortedSums(b.sums) { // some thousand: exec would allocate for each
		stmt.BindInt64(1, int64(dk.day))
		stmt.BindInt64(2, int64(dk.key))
		stmt.BindInt64(3, b.sums[dk])
		if _, err := stmt.Step(); err != nil {
			return err
		}
		if err := stmt.Reset(); err != nil {
			return err
		}
	}
	for day, ids := range b.days {
		const q = `INSERT INTO days (day, first, last) VALUES (?, ?, ?)
			ON CONFLICT (day) DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)`
		if err := exec(b.conn, q, int64(day), ids.first, ids.last); err != nil {
			return err
		}
	}
	if b.lastID == b.state.lastID {
		return nil
	}
	return exec(b.conn, "INSERT OR REPLACE INTO meta (name, value) VALUES ('last_id', ?)", b.lastID)
}

// sortedSums orders the sums as the file does, which is the cheapest way to
// write them.
func sortedSums(sums map[dayKey]int64) []dayKey {
	keys := slices.AppendSeq(make([]dayKey, 0, len(sums)), maps.Keys(sums))
	slices.SortFunc(keys, func(a, b dayKey) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.key, b.key))
	})
	return keys
}

// committed brings the state in line with the file.
func (b *batch) committed(s *state) {
	s.keys = append(s.keys, b.keys...)
	maps.Copy(s.keyIDs, b.keyIDs)
	for dk, n := range b.sums {
		s.cube.Add(dk.day, s.keys[dk.key], n)
	}
	for day, ids := range b.days {
		s.days[day] = s.days[day].with(ids)
	}
	for m, t := range b.tables {
		s.months[m] = s.months[m].with(t.ids)
	}
	s.lastID = b.lastID
}

// row is a record as the file keeps it.
type row struct {
	id    int64
	at    instant
	key   int64
	text  string // the time as written
	err   string
	coded bool // the error text equals the code of the key
}

// columns is how many values a row binds.
const columns = 6

// bind sets the values of the row that is number i in the statement.
func (r *row) bind(stmt *sqlite.Stmt, i int) {
	p := i * columns
	stmt.BindInt64(p+1, r.id)
	stmt.BindInt64(p+2, r.at.sec)
	stmt.BindInt64(p+3, r.at.nano)
	stmt.BindInt64(p+4, r.key)
	stmt.BindText(p+5, r.text)
	if r.coded {
		stmt.BindNull(p + 6)
	} else {
		stmt.BindText(p+6, r.err)
	}
}

// rowsPerInsert is how many records one statement adds. Many at once cost half
// of what they cost one by one.
const rowsPerInsert = 32

// table adds records to the table of one month.
type table struct {
	conn *sqlite.Conn
	one  string // the statement for one row
	many string // and for rowsPerInsert
	rows []row  // not yet added
	ids  idRange
}

func newTable(c *sqlite.Conn, m month) *table {
	const values = "(?, ?, ?, ?, ?, ?)"
	into := m.sql("INSERT INTO records_%d (id, sec, nano, key, time, error) VALUES ")
	return &table{
		conn: c,
		one:  into + values,
		many: into + strings.Repeat(values+", ", rowsPerInsert-1) + values,
		rows: make([]row, 0, rowsPerInsert),
	}
}

func (t *table) add(r row) error {
	if t.rows = append(t.rows, r); len(t.rows) < rowsPerInsert {
		return nil
	}
	err := t.insert(t.many, t.rows)
	t.rows = t.rows[:0]
	return err
}

// flush adds the rows that are left.
func (t *table) flush() error {
	for i := range t.rows {
		if err := t.insert(t.one, t.rows[i:i+1]); err != nil {
			return err
		}
	}
	t.rows = t.rows[:0]
	return nil
}

// insert adds rows with a statement made for their number.
func (t *table) insert(query string, rows []row) error {
	stmt, err := t.conn.Prepare(query)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].bind(stmt, i)
	}
	if _, err := stmt.Step(); err != nil {
		return err
	}
	return stmt.Reset()
}
