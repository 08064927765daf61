package sqlitestore

import (
	"context"
	"errors"

	"zombiezen.com/go/sqlite"

	"github.com/e-gov/tarastat/logbase"
)

var errPing = errors.New("read back something else than was written")

// Ping makes sure that the log base can be written and read: it counts up one
// fixed row durably and reads it back through a connection of the readers. No
// record is added. It waits its turn behind a batch that is being written; ctx
// should bound that.
//
// Errors carry ERR-05 for the write, ERR-02 for the read, and ERR-01 when the
// store is closed.
func (s *Store) Ping(ctx context.Context) error {
	var written int64
	err := s.write(ctx, func(c *sqlite.Conn) (func(*state), error) {
		const q = `INSERT INTO meta (name, value) VALUES ('ping', 1)
			ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`
		var err error
		written, err = oneInt(c, q)
		return nil, err
	})
	if err != nil {
		return fail(ctx, logbase.WriteFailed, "ping", err)
	}
	return fail(ctx, logbase.ReadFailed, "ping", s.readPing(ctx, written))
}

func (s *Store) readPing(ctx context.Context, written int64) error {
	c, err := s.reader(ctx)
	if err != nil {
		return err
	}
	defer s.readers.Put(c)
	read, err := oneInt(c, "SELECT value FROM meta WHERE name = 'ping'")
	if err == nil && read < written { // another Ping may have come between
		err = errPing
	}
	return err
}
