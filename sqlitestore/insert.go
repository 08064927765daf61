package sqlitestore

import (
	"strings"

	"zombiezen.com/go/sqlite"
)

// rowsPerInsert is how many records one statement adds. Many at once cost half
// of what they cost one by one.
const rowsPerInsert = 32

// row is a record as the file keeps it.
type row struct {
	id    int64
	at    instant
	kind  int64
	text  string // the time as written
	err   string
	coded bool // the error text equals the code of the kind
}

// columns is how many values a row binds.
const columns = 6

// bind sets the values of the row that is number i in the statement.
func (r *row) bind(stmt *sqlite.Stmt, i int) {
	p := i * columns
	stmt.BindInt64(p+1, r.id)
	stmt.BindInt64(p+2, r.at.sec)
	stmt.BindInt64(p+3, r.at.nano)
	stmt.BindInt64(p+4, r.kind)
	stmt.BindText(p+5, r.text)
	if r.coded {
		stmt.BindNull(p + 6)
	} else {
		stmt.BindText(p+6, r.err)
	}
}

// inserter adds records to the table of one month, many at a time.
type inserter struct {
	conn *sqlite.Conn
	one  string // the statement for one row
	many string // and for rowsPerInsert
	rows []row  // not yet added
}

func newInserter(c *sqlite.Conn, m month) *inserter {
	const values = "(?, ?, ?, ?, ?, ?)"
	into := m.sql("INSERT INTO records_%d (id, sec, nano, kind, time, error) VALUES ")
	return &inserter{
		conn: c,
		one:  into + values,
		many: into + strings.Repeat(values+", ", rowsPerInsert-1) + values,
		rows: make([]row, 0, rowsPerInsert),
	}
}

func (in *inserter) add(r row) error {
	in.rows = append(in.rows, r)
	if len(in.rows) < rowsPerInsert {
		return nil
	}
	return in.run(in.many)
}

// flush adds the rows that are left.
func (in *inserter) flush() error {
	rest := in.rows
	for i := range rest {
		in.rows = rest[i : i+1]
		if err := in.run(in.one); err != nil {
			return err
		}
	}
	in.rows = rest[:0]
	return nil
}

// run adds all rows with one statement made for their number.
func (in *inserter) run(query string) error {
	stmt, err := in.conn.Prepare(query)
	if err != nil {
		return err
	}
	for i := range in.rows {
		in.rows[i].bind(stmt, i)
	}
	in.rows = in.rows[:0]
	if _, err := stmt.Step(); err != nil {
		return err
	}
	return stmt.Reset()
}
