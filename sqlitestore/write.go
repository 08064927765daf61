package sqlitestore

import (
	"context"
	"errors"
	"os"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/e-gov/tarastat/logbase"
)

// write runs f in a transaction. When the commit has succeeded, the function
// that f returned brings the state in line; it may be nil.
func (s *Store) write(ctx context.Context, f func(*sqlite.Conn) (committed func(*state), err error)) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	defer func() { s.turn <- struct{}{} }()
	if s.writer == nil {
		if err := s.reopen(ctx); err != nil {
			return err
		}
	}
	err := s.transact(ctx, f)
	if suspect(err) {
		s.opts.Logger.Error("log base: the file is opened anew", "err", err)
		_ = s.writer.Close() // the error that counts is err
		s.writer = nil
		return err
	}
	if err == nil {
		s.boundWAL()
	}
	return err
}

// take waits for the turn to write.
func (s *Store) take(ctx context.Context) error {
	select {
	case <-s.turn:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing.Done():
		return logbase.ErrClosed
	}
	if err := s.alive(ctx); err != nil {
		s.turn <- struct{}{}
		return err
	}
	return nil
}

func (s *Store) transact(ctx context.Context, f func(*sqlite.Conn) (func(*state), error)) error {
	c := s.writer
	c.SetInterrupt(ctx.Done())
	defer func() {
		c.SetInterrupt(nil)
		if !c.AutocommitEnabled() { // f or the commit failed, or f panicked
			_ = exec(c, "ROLLBACK")
		}
	}()
	if err := exec(c, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	committed, err := f(c)
	if err != nil {
		return err
	}
	// From here on it is all or nothing: a commit is not to be interrupted.
	c.SetInterrupt(nil)
	s.view.Lock()
	defer s.view.Unlock()
	if err := exec(c, "COMMIT"); err != nil {
		return err
	}
	if committed != nil {
		committed(s.state)
	}
	return nil
}

// reopen opens the writer anew and reads the state again: whether the failed
// transaction is in the file is only known by looking.
func (s *Store) reopen(ctx context.Context) error {
	c, err := openWriter(s.path, s.opts)
	if err != nil {
		return err
	}
	c.SetInterrupt(ctx.Done())
	st, err := load(c, s.opts.Location)
	if err != nil {
		return errors.Join(err, c.Close())
	}
	c.SetInterrupt(nil)
	s.writer = c
	s.view.Lock()
	s.state = st
	s.view.Unlock()
	return nil
}

// boundWAL cuts the write-ahead log back when it has outgrown its limit, which
// happens when readers never leave SQLite the chance to begin it anew.
func (s *Store) boundWAL() {
	fi, err := os.Stat(s.path + "-wal")
	if err != nil || fi.Size() <= s.opts.maxWALBytes {
		return
	}
	s.writer.SetBusyTimeout(time.Second)
	defer s.writer.SetBusyTimeout(busyTimeout)
	busy, err := oneInt(s.writer, "PRAGMA wal_checkpoint(TRUNCATE)")
	if err != nil || busy != 0 {
		s.opts.Logger.Warn("log base: the write-ahead log is over its limit", "bytes", fi.Size(), "err", err)
	}
}
