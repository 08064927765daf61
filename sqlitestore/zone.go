package sqlitestore

import (
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// settleZone makes the file one of this zone. It reports whether that took
// counting all records anew.
func settleZone(c *sqlite.Conn, loc *time.Location) (recounted bool, err error) {
	var have string
	err = each(c, "SELECT value FROM meta WHERE name = 'zone'", func(row *sqlite.Stmt) error {
		have = row.ColumnText(0)
		return nil
	})
	if err != nil || have == loc.String() {
		return false, err
	}
	end, err := sqlitex.ImmediateTransaction(c)
	if err != nil {
		return false, err
	}
	defer end(&err)
	if have != "" {
		if err := rebuild(c, loc); err != nil {
			return false, err
		}
	}
	return have != "", exec(c, "INSERT OR REPLACE INTO meta (name, value) VALUES ('zone', ?)", loc.String())
}

// rebuild puts every record into the table of its month in loc and makes sums
// and spans from nothing else but the records.
func rebuild(c *sqlite.Conn, loc *time.Location) error {
	st := &state{tables: make(map[month]bool)}
	months, err := recordTables(c)
	if err != nil {
		return err
	}
	b := newBatch(c, st, Options{Location: loc})
	for _, m := range months {
		if err := b.moveStrays(m); err != nil {
			return err
		}
	}
	if months, err = recordTables(c); err != nil { // moving may have made new ones
		return err
	}
	for _, m := range months {
		err := each(c, m.sql("SELECT id, sec, nano, kind FROM records_%d"), func(row *sqlite.Stmt) error {
			t := instant{row.ColumnInt64(1), row.ColumnInt64(2)}
			day, m := b.cal.at(t.time())
			b.count(row.ColumnInt64(0), day, m, t.sec, row.ColumnInt32(3))
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, table := range []string{"DELETE FROM sums", "DELETE FROM spans"} {
		if err := exec(c, table); err != nil {
			return err
		}
	}
	return b.finish()
}

// moveStrays moves the records of m that belong to another month.
func (b *batch) moveStrays(m month) error {
	strays := make(map[month][]int64)
	err := each(b.conn, m.sql("SELECT id, sec, nano FROM records_%d"), func(row *sqlite.Stmt) error {
		if _, to := b.cal.at(instant{row.ColumnInt64(1), row.ColumnInt64(2)}.time()); to != m {
			strays[to] = append(strays[to], row.ColumnInt64(0))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for to, ids := range strays {
		if _, err := b.inserter(to); err != nil { // makes the table
			return err
		}
		move := to.sql("INSERT INTO records_%d ") + m.sql("SELECT * FROM records_%d WHERE id = ?")
		for _, id := range ids {
			if err := exec(b.conn, move, id); err != nil {
				return err
			}
			if err := exec(b.conn, m.sql("DELETE FROM records_%d WHERE id = ?"), id); err != nil {
				return err
			}
		}
	}
	return nil
}
