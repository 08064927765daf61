package sqlitestore

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// Options are the settings of a [Store]. The zero value works.
type Options struct {
	// Location is the zone whose civil days are counted. Nil is
	// [event.DefaultLocation]. A file keeps the zone it was made with: another
	// one gives [logbase.ErrZone].
	Location *time.Location

	// Logger is told about resumed deletions, recounts and reopened files. Nil
	// is [slog.Default]. Records are never logged.
	Logger *slog.Logger

	// Only tests set these.
	maxWALBytes int64         // size of the write-ahead log from which a commit waits to cut it back
	deleteBatch int           // records that a deletion looks at in one transaction
	deletePause time.Duration // left to others between two of them
}

func (o Options) withDefaults() Options {
	o.Location = cmp.Or(o.Location, event.DefaultLocation())
	o.Logger = cmp.Or(o.Logger, slog.Default())
	o.maxWALBytes = cmp.Or(o.maxWALBytes, 64<<20)
	o.deleteBatch = cmp.Or(o.deleteBatch, 5000)
	o.deletePause = cmp.Or(o.deletePause, 10*time.Millisecond)
	return o
}

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

// Open opens the log base at path, the name of a file (":memory:" and "file:" URIs
// are refused), and makes it when there is none; the
// directory must exist. It goes on in the background with deletions that were
// begun and not ended.
//
// Errors carry ERR-01 and wrap [ErrLocked], [ErrCorrupt], [ErrForeign],
// [ErrNewerSchema], [logbase.ErrZone] or the cause in the file system; a file that is
// refused is not changed. ctx bounds the opening only.
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	s := &Store{path: path, opts: opts.withDefaults(), turn: make(chan struct{}, 1)}
	s.closing, s.close = context.WithCancel(context.Background())
	if err := s.open(ctx); err != nil {
		s.close()
		return nil, fail(ctx, logbase.CodeUnreachable, "open "+path, errors.Join(err, s.release()))
	}
	s.turn <- struct{}{}
	return s, nil
}

// errPath: SQLite has names for what is no file of ours.
var errPath = errors.New("the path is not that of a file; logbase.Memory is a log base in memory")

func (s *Store) open(ctx context.Context) (err error) {
	if s.path == "" || s.path == ":memory:" || strings.HasPrefix(s.path, "file:") {
		return errPath
	}
	if s.lock, err = lockFile(s.path + ".lock"); err != nil {
		return err
	}
	if err := createPrivate(s.path); err != nil {
		return err
	}
	if s.writer, err = openWriter(s.path, s.opts); err != nil {
		return err
	}
	s.writer.SetInterrupt(ctx.Done())
	if err := prepare(s.writer, s.opts.Location); err != nil {
		return err
	}
	if err := syncDir(s.path); err != nil {
		return err
	}
	if s.state, err = load(s.writer, s.opts.Location); err != nil {
		return err
	}
	audit, err := deletions(s.writer, s.opts.Location)
	if err != nil {
		return err
	}
	begun := slices.DeleteFunc(audit, func(d deletion) bool { return d.Done })
	s.writer.SetInterrupt(nil)
	if s.readers, err = openReaders(s.path); err != nil {
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
	return fail(context.Background(), logbase.CodeWriteFailed, "close", err)
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
	return fromState(ctx, s, "ids", func(st *state) logbase.IDs { return logbase.IDs{Last: st.lastID} })
}

// Backlog implements [logbase.Store]: nobody else writes to the file.
func (s *Store) Backlog(ctx context.Context) (logbase.Backlog, error) {
	return fromState(ctx, s, "backlog", func(*state) (none logbase.Backlog) { return none })
}

// Bounds returns how much the store keeps. It is answered from memory.
func (s *Store) Bounds(ctx context.Context) (logbase.Bounds, error) {
	return fromState(ctx, s, "bounds", func(st *state) logbase.Bounds { return st.cube.Bounds() })
}

// Clients returns every client application that has an event, with the days of
// its first and last one, sorted by name. It is answered from memory.
func (s *Store) Clients(ctx context.Context) ([]logbase.Seen, error) {
	return fromState(ctx, s, "clients", func(st *state) []logbase.Seen { return st.cube.Clients() })
}

// fromState answers from memory.
func fromState[T any](ctx context.Context, s *Store, doing string, answer func(*state) T) (none T, err error) {
	if err := s.alive(ctx); err != nil {
		return none, fail(ctx, logbase.CodeReadFailed, doing, err)
	}
	s.view.RLock()
	defer s.view.RUnlock()
	return answer(s.state), nil
}

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
	err := s.write(ctx, func(c *sqlite.Conn) (_ func(*state), err error) {
		written, err = oneInt(c, `INSERT INTO meta (name, value) VALUES ('ping', 1)
			ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`)
		return nil, err
	})
	if err != nil {
		return fail(ctx, logbase.CodeWriteFailed, "ping", err)
	}
	return fail(ctx, logbase.CodeReadFailed, "ping", s.readPing(ctx, written))
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

// alive reports why nothing may be asked any more.
func (s *Store) alive(ctx context.Context) error {
	if s.closed.Load() {
		return logbase.ErrClosed
	}
	return ctx.Err()
}

// Location implements [logbase.Store]: it is [Options.Location].
func (s *Store) Location() *time.Location { return s.opts.Location }
