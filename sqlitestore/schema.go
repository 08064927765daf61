package sqlitestore

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/e-gov/tarastat/logbase"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// SchemaVersion is the version of the file layout that this release writes.
// It is kept as the file's user_version.
const SchemaVersion = 2

// applicationID marks the file as ours: "TARA" in ASCII.
const applicationID = 0x54415241

// Migrate brings the file at path to a version of the layout, up or down; 0
// empties it. [Open] migrates upwards by itself: Migrate is for going back to
// an older release. Going down loses what the older layout cannot hold: at
// version 1, the audit of deletions.
//
// It gives [ErrLocked] while the file is in use, [ErrNewerSchema] when the file
// is newer than this release knows, and fs.ErrNotExist when there is none.
func Migrate(ctx context.Context, path string, version int) error {
	if version < 0 || version > SchemaVersion {
		return fmt.Errorf("sqlitestore: migrate: no such version %d: %w", version, ErrNewerSchema)
	}
	if _, err := os.Stat(path); err != nil {
		return logbase.WithCode(logbase.Unreachable, fmt.Errorf("sqlitestore: migrate: %w", err))
	}
	lock, err := lockFile(path + lockSuffix)
	if err != nil {
		return fail(ctx, logbase.Unreachable, "migrate", err)
	}
	c, err := openWriter(path, Options{}.withDefaults())
	if err == nil {
		c.SetInterrupt(ctx.Done())
		err = errors.Join(migrate(c, version), c.Close())
	}
	return fail(ctx, logbase.Unreachable, "migrate", errors.Join(err, lock.Close()))
}

// migrate takes the steps from the version of the file to the one wanted, each
// in a transaction of its own.
func migrate(c *sqlite.Conn, want int) error {
	have, err := schemaVersion(c)
	if err != nil {
		return err
	}
	for ; have < want; have++ {
		if err := step(c, have+1, "up", have+1); err != nil {
			return err
		}
	}
	for ; have > want; have-- {
		if err := step(c, have, "down", have-1); err != nil {
			return err
		}
	}
	return nil
}

// schemaVersion reads the version, and refuses a file that is not ours or that
// a newer release has written.
func schemaVersion(c *sqlite.Conn) (int, error) {
	id, err := oneInt(c, "PRAGMA application_id")
	if err != nil {
		return 0, err
	}
	version, err := oneInt(c, "PRAGMA user_version")
	if err != nil {
		return 0, err
	}
	tables, err := oneInt(c, "SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return 0, err
	}
	if id != applicationID && (id != 0 || version != 0 || tables != 0) {
		return 0, ErrForeign
	}
	if version > SchemaVersion {
		return 0, fmt.Errorf("%w: it has version %d, this release knows %d", ErrNewerSchema, version, SchemaVersion)
	}
	return int(version), nil
}

func step(c *sqlite.Conn, number int, direction string, version int) (err error) {
	names, err := fs.Glob(schemaFiles, fmt.Sprintf("schema/%04d_*.%s.sql", number, direction))
	if err != nil || len(names) != 1 {
		return fmt.Errorf("migration %d %s: %d files: %w", number, direction, len(names), err)
	}
	script, err := schemaFiles.ReadFile(names[0])
	if err != nil {
		return err
	}
	end, err := sqlitex.ImmediateTransaction(c)
	if err != nil {
		return err
	}
	defer end(&err)
	if version == 0 {
		if err := dropRecords(c); err != nil {
			return err
		}
	}
	if err := runScript(c, string(script)); err != nil {
		return fmt.Errorf("%s: %w", names[0], err)
	}
	id := applicationID
	if version == 0 {
		id = 0 // an empty file is nobody's
	}
	return runScript(c, fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", version, id))
}

// runScript runs statements one after the other. No comment may follow the last.
func runScript(c *sqlite.Conn, script string) error {
	for {
		script = strings.TrimSpace(script)
		if script == "" {
			return nil
		}
		stmt, rest, err := c.PrepareTransient(script)
		if err != nil {
			return err
		}
		_, err = stmt.Step()
		if err := errors.Join(err, stmt.Finalize()); err != nil {
			return err
		}
		script = script[len(script)-rest:]
	}
}

func dropRecords(c *sqlite.Conn) error {
	months, err := recordTables(c)
	if err != nil {
		return err
	}
	for _, m := range months {
		if err := exec(c, m.sql("DROP TABLE records_%d")); err != nil {
			return err
		}
	}
	return nil
}

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
