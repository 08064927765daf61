package sqlitestore

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/e-gov/tarastat/logbase"
)

// lockSuffix is appended to the path of the file to name its lock.
const lockSuffix = ".lock"

// Store is a log base in one SQLite file. It is safe for concurrent use. Make
// one with [Open].
type Store struct {
	path string
	opts Options
	lock *os.File

	readers *sqlitex.Pool

	// turn holds one token: whoever has it may use the fields below it and
	// write to the file. Waiting for it can be given up.
	turn   chan struct{}
	writer *sqlite.Conn // nil after an error that puts the file in doubt

	// view guards state against readers. A commit and the change of state that
	// belongs to it happen under one hold, so that a reader who opens a
	// snapshot of the file under it sees both or neither.
	view  sync.RWMutex
	state *state

	closed  atomic.Bool
	closing context.Context // ends when Close begins
	close   context.CancelFunc
	resumed sync.WaitGroup // deletions that Open has resumed
}

// Open opens the log base at path, and makes it when there is none; the
// directory must exist. It brings an older layout up to date, see [Migrate],
// and goes on in the background with deletions that were begun and not ended.
//
// Errors carry ERR-01 and wrap [ErrLocked], [ErrCorrupt], [ErrForeign],
// [ErrNewerSchema] or the cause in the file system. ctx bounds the opening only.
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	s := &Store{path: path, opts: opts.withDefaults(), turn: make(chan struct{}, 1)}
	s.closing, s.close = context.WithCancel(context.Background())
	if err := s.open(ctx); err != nil {
		s.close()
		return nil, fail(ctx, logbase.Unreachable, "open "+path, errors.Join(err, s.release()))
	}
	s.turn <- struct{}{}
	return s, nil
}

func (s *Store) open(ctx context.Context) (err error) {
	if s.lock, err = lockFile(s.path + lockSuffix); err != nil {
		return err
	}
	if err := createPrivate(s.path); err != nil {
		return err
	}
	if s.writer, err = openWriter(s.path, s.opts); err != nil {
		return err
	}
	s.writer.SetInterrupt(ctx.Done())
	if err := migrate(s.writer, SchemaVersion); err != nil {
		return err
	}
	if err := syncDir(s.path); err != nil {
		return err
	}
	recounted, err := settleZone(s.writer, s.opts.Location)
	if err != nil {
		return err
	}
	if recounted {
		s.opts.Logger.Info("log base: counted anew in another zone", "zone", s.opts.Location.String())
	}
	if s.state, err = load(s.writer); err != nil {
		return err
	}
	begun, err := deletions(s.writer, s.opts.Location, "SELECT * FROM deletions WHERE NOT done ORDER BY id")
	if err != nil {
		return err
	}
	s.writer.SetInterrupt(nil)
	if s.readers, err = openReaders(s.path, s.opts); err != nil {
		return err
	}
	s.resumed.Go(func() { s.resume(begun) })
	return nil
}

// Close waits for what is being written, interrupts queries, and releases the
// file. Every later call of a method gives [logbase.ErrClosed]; a second Close does nothing.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	s.close()
	s.resumed.Wait()
	<-s.turn
	err := s.release()
	s.turn <- struct{}{}
	return fail(context.Background(), logbase.WriteFailed, "close", err)
}

// release closes whatever is open. The writer goes last, since the last
// connection writes the log back into the file.
func (s *Store) release() error {
	var errs []error
	if s.readers != nil {
		errs = append(errs, s.readers.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// IDs implements [logbase.Store]. There is one writer, in lane 0, whose Last is
// the greatest record ID that was ever appended.
func (s *Store) IDs(ctx context.Context) (logbase.IDs, error) {
	if err := s.alive(ctx); err != nil {
		return logbase.IDs{}, fail(ctx, logbase.ReadFailed, "ids", err)
	}
	s.view.RLock()
	defer s.view.RUnlock()
	return logbase.IDs{Last: s.state.lastID}, nil
}

// Backlog implements [logbase.Store]: nobody else writes to the file.
func (s *Store) Backlog(ctx context.Context) (logbase.Backlog, error) {
	return logbase.Backlog{}, fail(ctx, logbase.ReadFailed, "backlog", s.alive(ctx))
}

// Bounds returns how much the store keeps. It is answered from memory.
func (s *Store) Bounds(ctx context.Context) (logbase.Bounds, error) {
	if err := s.alive(ctx); err != nil {
		return logbase.Bounds{}, fail(ctx, logbase.ReadFailed, "bounds", err)
	}
	s.view.RLock()
	defer s.view.RUnlock()
	return logbase.BoundsOf(s.state.cube), nil
}

// Clients returns every client application that has an event, with the days of
// its first and last one, sorted by name. It is answered from memory.
func (s *Store) Clients(ctx context.Context) ([]logbase.Seen, error) {
	if err := s.alive(ctx); err != nil {
		return nil, fail(ctx, logbase.ReadFailed, "clients", err)
	}
	s.view.RLock()
	defer s.view.RUnlock()
	return logbase.ClientsOf(s.state.cube), nil
}

// alive reports why nothing may be asked any more.
func (s *Store) alive(ctx context.Context) error {
	if s.closed.Load() {
		return logbase.ErrClosed
	}
	return ctx.Err()
}
