package mongostore

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/mongo"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Store is one instance on a log base in MongoDB. It is safe for concurrent
// use. Make one with [Open] or [New].
type Store struct {
	opts    Options
	where   string // the base, as a log may name it
	uri     string // "" where the client is the host's
	secrets []string
	codec   codec
	writer  primitive.ObjectID // in every record and sum that this Store writes

	// Set before ready, and not changed then.
	client    *mongo.Client
	owns      bool // the client is ours to disconnect
	records   *mongo.Collection
	reading   *mongo.Collection // records, with the read preference of the URI or the host
	sums      *mongo.Collection
	lanes     *mongo.Collection
	deletions *mongo.Collection
	settings  *mongo.Collection

	cube   *aggregate.Cube
	lastID atomic.Int64

	turn     lock                      // guards what follows, also while the server is asked
	own      map[aggregate.Day]*ledger // days to which this Store adds records
	versions map[string]version        // of the documents of sums in the cube, own excepted, by _id
	newest   primitive.DateTime        // the greatest At among them
	doubted  bool                      // the outcome of a batch was unknown once
	lane     lane

	// Of the goroutine that mends alone.
	pending map[primitive.ObjectID]progress // deletions that are not done
	checked time.Time                       // records against sums
	offset  int64                           // estimated number of records less the real one
	sample  int                             // where the check of old days goes on

	ready   atomic.Bool           // connected, and everything is counted
	trouble atomic.Pointer[error] // why the base cannot be asked; nil when it can

	closed  atomic.Bool
	closing context.Context // ends when Close begins
	stop    context.CancelFunc
	loops   sync.WaitGroup
}

var _ logbase.Store = (*Store)(nil)

// Open returns a log base at uri, a MongoDB connection string. The database is
// the one named in it, or else "logibaas"; it and its collections need not
// exist. Unless the URI says otherwise, writes are acknowledged by the majority
// of the servers and from their journal.
//
// When the server is there, Open loads the sums, counts again what an instance
// that died may have left uncounted, and begins to adopt records that the old
// service or people wrote. Small bases are counted when it returns; a large
// one goes on being counted in the background.
//
// When the server is away, the Store is open all the same, and goes on trying
// to reach it. Until then its methods give ERR-01, or ERR-04 when the server
// refuses the account or the account lacks a right. A base that counts the days
// of another zone is of no use either: every method gives [logbase.ErrZone].
//
// Open itself fails when uri is no connection string ([ErrURI], with ERR-01),
// or for any reason when [Options.Required]. No error holds a password. ctx
// bounds the opening only.
func Open(ctx context.Context, uri string, opts Options) (*Store, error) {
	s := newStore(opts)
	s.uri, s.where, s.secrets = uri, Redact(uri), secrets(uri)
	return s.launch(ctx)
}

// New returns a log base in db, a database of the program's own client, which
// stays the program's: Close does not disconnect it. All else is as with [Open].
// Reads are of the primary, but for those of many records, which follow the read
// preference of db. Where neither db nor its client has a write concern, that of
// Open holds. It panics when db is nil.
func New(ctx context.Context, db *mongo.Database, opts Options) (*Store, error) {
	if db == nil {
		panic("mongostore: New without a database")
	}
	s := newStore(opts)
	s.where = "the database " + db.Name()
	s.use(db)
	return s.launch(ctx)
}

func newStore(opts Options) *Store {
	opts = opts.withDefaults()
	s := &Store{
		opts:     opts,
		codec:    codec{opts.Location},
		writer:   primitive.NewObjectID(),
		cube:     &aggregate.Cube{Location: opts.Location},
		turn:     make(lock, 1),
		own:      make(map[aggregate.Day]*ledger),
		versions: make(map[string]version),
		lane:     lane{number: -1},
		pending:  make(map[primitive.ObjectID]progress),
	}
	s.closing, s.stop = context.WithCancel(context.Background())
	return s
}

// launch starts a Store, or says why it is of no use.
func (s *Store) launch(ctx context.Context) (*Store, error) {
	if err := s.start(ctx); err != nil {
		if s.opts.Required || errors.Is(err, ErrURI) {
			s.stop()
			_ = s.disconnect()
			return nil, err
		}
		s.tell(err)
	}
	s.loops.Go(func() { s.every(s.keepUp) })
	s.loops.Go(func() { s.every(s.mend) })
	return s, nil
}

// every calls f at once and then time and again until Close.
func (s *Store) every(f func(context.Context)) {
	t := time.NewTicker(s.opts.Poll)
	defer t.Stop()
	for {
		f(s.closing)
		select {
		case <-t.C:
		case <-s.closing.Done():
			return
		}
	}
}

// keepUp is one round of reaching the base, or of keeping up with the other
// instances.
func (s *Store) keepUp(ctx context.Context) {
	if !s.ready.Load() {
		s.tell(s.start(ctx))
		return
	}
	if err := s.look(ctx, s.opts.Timeout); err != nil {
		s.tell(s.fail(ctx, logbase.CodeReadFailed, "look at the log base", err))
		return
	}
	if err := s.turn.take(ctx); err != nil {
		return
	}
	defer s.turn.give()
	if s.trouble.Load() != nil { // nobody could publish, so nobody was silent
		for id, v := range s.versions {
			v.since = time.Now()
			s.versions[id] = v
		}
	}
	err := s.publish(ctx, false)
	if err == nil {
		err = s.keepLane(ctx)
	}
	s.tell(s.fail(ctx, logbase.CodeWriteFailed, "publish sums", err))
}

// mend is one round of ending what others left unfinished, and of comparing.
func (s *Store) mend(ctx context.Context) {
	if s.trouble.Load() != nil || !s.ready.Load() {
		return
	}
	for _, work := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"count what an instance left open", func(ctx context.Context) error { return s.recountOpen(ctx, s.silence()) }},
		{"end a deletion", s.resumeDeletions},
		{"compare records with sums", s.check},
	} {
		if err := work.do(ctx); err != nil && ctx.Err() == nil {
			s.opts.Logger.Warn("log base: work is put off", "work", work.what, "err", scrub(err, s.secrets))
		}
	}
}

// tell keeps why the base cannot be used, for those who ask, and says so in one
// line of the log when that changes.
func (s *Store) tell(err error) {
	if s.closing.Err() != nil {
		return
	}
	var was error
	if p := s.trouble.Load(); p != nil {
		was = *p
	}
	if err == nil {
		s.trouble.Store(nil)
		if was != nil {
			s.opts.Logger.Info("log base is there")
		}
		return
	}
	s.trouble.Store(&err)
	code, _ := logbase.CodeOf(err)
	if before, ok := logbase.CodeOf(was); ok && before == code {
		return
	}
	say := s.opts.Logger.With("code", code.String(), "means", code.Text(logbase.English), "advice", code.Advice(logbase.English), "err", err)
	if s.ready.Load() {
		say.Error("log base is lost")
	} else {
		say.Error("log base cannot be opened")
	}
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
	if err := s.trouble.Load(); err != nil {
		return *err
	}
	return nil
}

// ask returns what f does, unless the base is away. Errors say what was being
// done.
func ask[T any](ctx context.Context, s *Store, doing string, f func() (T, error)) (T, error) {
	err := s.alive(ctx)
	if err == nil {
		var answer T
		if answer, err = f(); err == nil {
			return answer, nil
		}
	}
	var none T
	return none, s.fail(ctx, logbase.CodeReadFailed, doing, err)
}

// writable is alive for calls that had better try: the base may be back.
func (s *Store) writable(ctx context.Context) error {
	if s.ready.Load() && !s.closed.Load() {
		return nil
	}
	return s.alive(ctx)
}

// Close publishes the sums and disconnects. Every later call of another method
// gives [logbase.ErrClosed]; a second Close does nothing. When the server is
// away, it gives up after four times [Options.Timeout] with an error; nothing
// that [Store.Append] has kept is lost by that, another instance or the next
// Open counts it. A Store that never reached its base has nothing to lose, and
// closes without an error.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*s.opts.Timeout)
	defer cancel()
	s.stop()
	s.loops.Wait()
	if !s.ready.Load() {
		_ = s.disconnect() // why it was not there has been said
		return nil
	}
	return s.fail(ctx, logbase.CodeWriteFailed, "close", errors.Join(s.leave(ctx), s.disconnect()))
}

// leave publishes what is left to publish and gives the lane back.
func (s *Store) leave(ctx context.Context) error {
	if err := s.turn.take(ctx); err != nil {
		return err
	}
	defer s.turn.give()
	err := s.publish(ctx, true)
	if err == nil && len(s.own) > 0 { // somebody else changed some; they are counted now
		err = s.publish(ctx, true)
	}
	return errors.Join(err, s.renewLane(ctx, time.Now()))
}

// lock is a mutex whose waiting can be given up.
type lock chan struct{}

func (l lock) take(ctx context.Context) error {
	select {
	case l <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l lock) give() { <-l }

// Location implements [logbase.Store]: it is [Options.Location].
func (s *Store) Location() *time.Location { return s.opts.Location }
