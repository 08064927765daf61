package mongostore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"

	"go.mongodb.org/mongo-driver/mongo"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Store is one instance on a log base in MongoDB. It is safe for concurrent
// use. Make one with [Open].
type Store struct {
	opts    Options
	codec   codec
	secrets []string
	host    string

	client    *mongo.Client
	records   *mongo.Collection
	reading   *mongo.Collection // records, with the read preference of the URI
	ledgers   *mongo.Collection
	instances *mongo.Collection
	audit     *mongo.Collection
	settings  *mongo.Collection

	// The locks are taken in this order: upkeep, turn, telling, mu.
	upkeep  lock // whoever publishes, polls and counts anew
	turn    lock // whoever appends, or counts our own records anew
	telling lock // whoever writes our entry

	number   int // of the instance; -1 until it is given
	lastID   atomic.Int64
	expelled atomic.Bool // others took us for dead
	deleting atomic.Bool // there may be deletions to be ended

	cube     *aggregate.Cube
	revision int64          // of the parts we wrote; under upkeep
	batches  int64          // how many we have written; under turn
	doubtful map[int64]bool // batches whose outcome is not known; under turn
	offset   int64          // estimated number of records less the real one; under upkeep
	sample   aggregate.Day  // where the check of old days goes on; under upkeep

	mu      sync.Mutex // guards what follows
	mine    entry
	own     map[aggregate.Day]*ledger  // our ledgers in memory: all of a day, or none
	open    map[aggregate.Day]struct{} // see entry.Open
	dirty   map[aggregate.Day]struct{} // see entry.Dirty
	touched map[aggregate.Day]struct{} // days on which this writer may have records
	unsure  map[aggregate.Day]struct{} // touched by a doubtful batch since they were last counted
	others  map[writer]*sight
	health  error // why the last look at the base failed

	closed  atomic.Bool
	closing context.Context // ends when Close begins
	stop    context.CancelFunc
	loops   sync.WaitGroup
}

// Open connects to the log base at uri, a MongoDB connection string. The
// database is the one named in it, or else "logibaas"; it and its collections
// need not exist. Unless the URI says otherwise, writes are acknowledged by
// the majority of the servers and from their journal.
//
// Open enrols this process as an instance, counts again what an instance that
// died may have left uncounted, loads the sums, and begins to adopt records
// that the old service or people wrote. Small bases are counted when it
// returns; a large one goes on being counted in the background.
//
// Errors carry ERR-01 when there is no connection or uri is none ([ErrURI]),
// ERR-04 when the server refuses the account or the account lacks a right, and
// ERR-02 or ERR-05 when it cannot be read or written. None holds a password.
// ctx bounds the opening only.
func Open(ctx context.Context, uri string, opts Options) (*Store, error) {
	s := &Store{
		opts:     opts.withDefaults(),
		secrets:  secrets(uri),
		upkeep:   newLock(),
		turn:     newLock(),
		telling:  newLock(),
		number:   -1,
		cube:     &aggregate.Cube{},
		doubtful: make(map[int64]bool),
		own:      make(map[aggregate.Day]*ledger),
		open:     make(map[aggregate.Day]struct{}),
		dirty:    make(map[aggregate.Day]struct{}),
		touched:  make(map[aggregate.Day]struct{}),
		unsure:   make(map[aggregate.Day]struct{}),
		others:   make(map[writer]*sight),
	}
	s.codec.loc = s.opts.Location
	if name, err := os.Hostname(); err == nil {
		s.host = fmt.Sprintf("%s %d", name, os.Getpid())
	}
	doing := "open " + Redact(uri)
	if err := s.connect(ctx, uri); err != nil {
		return nil, s.fail(ctx, logbase.Unreachable, doing, err)
	}
	s.closing, s.stop = context.WithCancel(context.Background())
	if err := s.start(ctx); err != nil {
		s.stop()
		_ = s.disconnect()
		return nil, s.fail(ctx, logbase.ReadFailed, doing, err)
	}
	s.deleting.Store(true)
	s.loops.Go(s.makeIndexes)
	s.loops.Go(s.beat)
	s.loops.Go(s.keepUp)
	return s, nil
}

// start does what must be done before the first answer.
func (s *Store) start(ctx context.Context) error {
	if err := s.settleZone(ctx); err != nil {
		return err
	}
	if err := s.enrol(ctx); err != nil {
		return logbase.WithCode(codeOf(err, logbase.WriteFailed), fmt.Errorf("mongostore: enrol: %w", scrub(err, s.secrets)))
	}
	if err := s.meet(ctx); err != nil {
		return err
	}
	if err := s.load(ctx); err != nil {
		return err
	}
	if err := s.findLastID(ctx); err != nil {
		return err
	}
	if err := s.settle(ctx, nil); err != nil {
		return err
	}
	return s.adoptFirst(ctx)
}

// Instance is the number of this instance among those on the base, from 0 to
// 1023. No two that run have the same, so that ids which hold it never
// collide. It does not change until Close.
func (s *Store) Instance() int { return s.number }

// Close publishes the sums, leaves the others, and disconnects. Every later
// call of a method gives [logbase.ErrClosed]; a second Close does nothing. When the server
// is away, it gives up after four times [Options.Timeout] with an error; nothing
// that [Store.Append] has kept is lost by that, another instance or the next
// Open counts it.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 4*s.opts.Timeout)
	defer cancel()
	if s.closed.Swap(true) {
		return nil
	}
	s.stop()
	s.loops.Wait()
	return s.fail(ctx, logbase.WriteFailed, "close", errors.Join(s.leave(ctx), s.disconnect()))
}

// leave publishes what is left to publish and signs off.
func (s *Store) leave(ctx context.Context) error {
	if err := s.upkeep.take(ctx); err != nil {
		return err
	}
	defer s.upkeep.give()
	if err := s.turn.take(ctx); err != nil {
		return err
	}
	defer s.turn.give()
	if err := s.publish(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	if len(s.unsure) == 0 {
		clear(s.open) // all is published; what is dirty stays, for whoever comes next
	}
	s.mine.Gone = true
	s.mu.Unlock()
	return s.tell(ctx)
}

func (s *Store) disconnect() error {
	ctx, cancel := s.short(context.Background())
	defer cancel()
	return s.client.Disconnect(ctx)
}

// IDs implements [logbase.Store]. Last is the greatest record ID that any
// instance is known to have appended; other instances are a few seconds behind.
func (s *Store) IDs(ctx context.Context) (logbase.IDs, error) {
	if err := s.alive(ctx); err != nil {
		return logbase.IDs{}, s.fail(ctx, logbase.ReadFailed, "ids", err)
	}
	return logbase.IDs{Last: s.lastID.Load(), Lane: s.number}, nil
}

// alive reports why nothing may be asked: the Store was closed, the caller
// gave up, or the base is away. Without the base an answer from memory might
// be untrue.
func (s *Store) alive(ctx context.Context) error {
	if s.closed.Load() {
		return logbase.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.health
}

// short bounds one short call to the server.
func (s *Store) short(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.opts.Timeout)
}

// long bounds one answer that takes the server some time.
func (s *Store) long(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.opts.ScanTimeout)
}

// lock is a mutex whose waiting can be given up.
type lock chan struct{}

func newLock() lock { return make(lock, 1) }

func (l lock) take(ctx context.Context) error {
	select {
	case l <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l lock) give() { <-l }

func (s *Store) log() *slog.Logger { return s.opts.Logger }
