package sqlitestore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// busyTimeout bounds the wait for a lock that a checkpoint of a reader holds.
const busyTimeout = 5 * time.Second

const (
	// readers is how many queries may read records at once; more wait.
	readers = 4
	// cacheKiB is the page cache of one connection.
	cacheKiB = 16 << 10
)

// checkpointPages is how many pages of the write-ahead log are written back
// into the file in one go. More than SQLite's own 1000 saves fsyncs under load.
const checkpointPages = 4000

// openWriter opens the one connection that writes.
func openWriter(path string, o Options) (*sqlite.Conn, error) {
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		return nil, err
	}
	c.SetBusyTimeout(busyTimeout)
	if _, err = checkOwner(c); err == nil { // before anything is written
		err = pragmas(c, "journal_mode = WAL", "synchronous = FULL", fmt.Sprintf("wal_autocheckpoint = %d", checkpointPages),
			fmt.Sprintf("journal_size_limit = %d", o.maxWALBytes))
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// pragmas sets what every connection has, and more.
func pragmas(c *sqlite.Conn, more ...string) error {
	for _, p := range append(more, "temp_store = MEMORY", fmt.Sprintf("cache_size = %d", -cacheKiB)) {
		if err := sqlitex.ExecuteTransient(c, "PRAGMA "+p, nil); err != nil {
			return err
		}
	}
	return nil
}

// createPrivate makes the file, if it is not there, so that its owner alone can
// read it; SQLite gives the files beside it the same mode.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// openReaders opens the connections that read. The file must exist.
func openReaders(path string) (*sqlitex.Pool, error) {
	return sqlitex.NewPool(path, sqlitex.PoolOptions{
		Flags:       sqlite.OpenReadOnly,
		PoolSize:    readers,
		PrepareConn: func(c *sqlite.Conn) error { return pragmas(c) },
	})
}

// exec runs one statement that returns no rows; the statement is kept prepared.
func exec(c *sqlite.Conn, query string, args ...any) error {
	return each(c, query, nil, args...)
}

// each runs one statement and calls f for every row.
func each(c *sqlite.Conn, query string, f func(*sqlite.Stmt) error, args ...any) error {
	stmt, err := c.Prepare(query)
	if err != nil {
		return err
	}
	for i, a := range args {
		switch a := a.(type) {
		case int64:
			stmt.BindInt64(i+1, a)
		case int:
			stmt.BindInt64(i+1, int64(a))
		case string:
			stmt.BindText(i+1, a)
		default:
			return fmt.Errorf("argument %d of %q is a %T", i+1, query, a)
		}
	}
	for {
		row, err := stmt.Step()
		if err != nil {
			return err
		}
		if !row {
			return stmt.Reset()
		}
		if f == nil {
			continue
		}
		if err := f(stmt); err != nil {
			return errors.Join(err, stmt.Reset())
		}
	}
}

// oneInt returns the first column of the first row, or 0 when there is none.
func oneInt(c *sqlite.Conn, query string, args ...any) (int64, error) {
	var n int64
	err := each(c, query, func(row *sqlite.Stmt) error {
		n = row.ColumnInt64(0)
		return nil
	}, args...)
	return n, err
}
