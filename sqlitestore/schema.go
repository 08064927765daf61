package sqlitestore

import (
	_ "embed"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

var (
	//go:embed schema.sql
	schemaSQL string
	//go:embed records.sql
	recordsSQL string
)

const (
	// applicationID marks the file as ours: "TARA" in ASCII.
	applicationID = 0x54415241

	// layout is the version of the schema, kept as the file's user_version. 1 and
	// 2 were before the first release. A new one brings the files of older
	// releases up to date in prepare.
	layout = 3
)

// checkOwner refuses a file that is not ours, or whose layout this release does
// not know. It writes nothing.
func checkOwner(c *sqlite.Conn) (version int64, err error) {
	id, err := oneInt(c, "PRAGMA application_id")
	if err != nil {
		return 0, err
	}
	if version, err = oneInt(c, "PRAGMA user_version"); err != nil {
		return 0, err
	}
	tables, err := oneInt(c, "SELECT count(*) FROM sqlite_schema")
	switch {
	case err != nil:
		return 0, err
	case id != applicationID && (id != 0 || version != 0 || tables != 0):
		return 0, ErrForeign
	case version > layout:
		return 0, fmt.Errorf("%w: it has layout %d, this release knows %d", ErrNewerSchema, version, layout)
	case version != 0 && version < layout:
		return 0, fmt.Errorf("%w: it has layout %d, from before the first release", ErrForeign, version)
	}
	return version, nil
}

// prepare makes the tables in a new file, and refuses one that counts the days
// of another zone.
func prepare(c *sqlite.Conn, loc *time.Location) (err error) {
	version, err := checkOwner(c)
	if err != nil {
		return err
	}
	if version == 0 {
		return create(c, loc)
	}
	var zone string
	err = each(c, "SELECT value FROM meta WHERE name = 'zone'", func(row *sqlite.Stmt) error {
		zone = row.ColumnText(0)
		return nil
	})
	if err == nil && zone != loc.String() {
		err = fmt.Errorf("%w: %s, not %s", logbase.ErrZone, zone, loc)
	}
	return err
}

func create(c *sqlite.Conn, loc *time.Location) (err error) {
	end, err := sqlitex.ImmediateTransaction(c)
	if err != nil {
		return err
	}
	defer end(&err)
	mark := fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d;", layout, applicationID)
	if err := sqlitex.ExecuteScript(c, mark+schemaSQL, nil); err != nil {
		return err
	}
	return exec(c, "INSERT INTO meta (name, value) VALUES ('zone', ?)", loc.String())
}

// month names a table of records: 201804, or otherYears.
type month int32

// otherYears is the table of events outside the years in which TARA can have
// run, so that no sender can make tables without bound.
const otherYears month = 0

// firstYear and lastYear bound the years whose months have tables of their own.
const (
	firstYear = 2000
	lastYear  = 2099
)

// monthOf returns the month whose table holds the events of a day.
func monthOf(d aggregate.Day) month {
	y, m, _ := d.Start(time.UTC).Date()
	if y < firstYear || y > lastYear {
		return otherYears
	}
	return month(y*100 + int(m))
}

// days returns the first and the last day of a month that is not otherYears.
func (m month) days() (first, last aggregate.Day) {
	y, n := int(m/100), time.Month(m%100)
	return aggregate.Date(y, n, 1), aggregate.Date(y, n+1, 1) - 1
}

// sql writes the number of the month into a statement. No text of anybody
// else's ever stands there.
func (m month) sql(format string) string { return fmt.Sprintf(format, int32(m)) }

// recordTables lists the months that have a table, in order.
func recordTables(c *sqlite.Conn) ([]month, error) {
	var months []month
	const q = `SELECT CAST(substr(name, 9) AS INTEGER) AS month FROM sqlite_schema
		WHERE type = 'table' AND name GLOB 'records_*' ORDER BY month`
	err := each(c, q, func(row *sqlite.Stmt) error {
		months = append(months, month(row.ColumnInt32(0)))
		return nil
	})
	return months, err
}

// calendar tells the civil day and month of instants. Most follow each other
// within one day, so it remembers the day of the last one.
type calendar struct {
	loc      *time.Location
	from, to int64 // the day remembered: from ≤ Unix time < to
	day      aggregate.Day
	month    month
}

func (c *calendar) at(sec int64) (aggregate.Day, month) {
	if sec < c.from || sec >= c.to {
		c.day = aggregate.DayOf(time.Unix(sec, 0), c.loc)
		c.month = monthOf(c.day)
		c.from, c.to = c.day.Start(c.loc).Unix(), (c.day + 1).Start(c.loc).Unix()
	}
	return c.day, c.month
}
