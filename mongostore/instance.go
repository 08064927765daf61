package mongostore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// A writer is one Store from Open to Close. Its number is never given again.
// Writer 0 stands for whoever wrote records without us: the old service, and
// people at the shell.
type writer int64

// maxInstances is how many instance numbers there are: one for each lane of ids.
const maxInstances = logbase.Lanes

// deadAfter is how many looks, with no sign of life between them, make an
// instance dead. A look that fails does not count: when the server was away,
// nobody could give a sign.
const deadAfter = 10

// entry is what an instance tells the others: its document in the base.
type entry struct {
	Writer   writer `bson:"_id"`
	Number   int    `bson:"number"`
	Host     string `bson:"host"`     // for people only
	Beat     int64  `bson:"beat"`     // grows as long as it lives
	Revision int64  `bson:"revision"` // of the last parts of ledgers it wrote
	LastID   int64  `bson:"lastID"`   // the greatest record ID it knows of
	Gone     bool   `bson:"gone"`     // it ended, or was found dead

	// Open are the days whose ledgers it may not have published: when it
	// dies, its own records of these days are counted again.
	Open []dayNumber `bson:"open"`

	// Dirty are the days on which it removes records or found the sums wrong:
	// all records of these days are counted again.
	Dirty []dayNumber `bson:"dirty"`

	// Ask wants each other instance to count its own records of these days
	// again, since records were removed. Answers tells which requests of the
	// others it has served, by their writer.
	Ask     request          `bson:"ask"`
	Answers map[string]int64 `bson:"answers"`
}

type request struct {
	Number int64       `bson:"number"`
	Days   []dayNumber `bson:"days"`
}

func (e entry) answered(w writer) int64 { return e.Answers[strconv.FormatInt(int64(w), 10)] }

// sight is what we have seen of another instance.
type sight struct {
	entry
	looks  int   // since its beat last changed
	loaded int64 // the revision up to which we have loaded what it wrote
}

func (o *sight) alive() bool { return !o.Gone && o.looks < deadAfter }

// unfinished reports whether it left days that must be counted again.
func (o *sight) unfinished() bool { return len(o.Open)+len(o.Dirty) > 0 }

// entries reads the documents of all instances, ours included.
func (s *Store) entries(ctx context.Context) ([]entry, error) {
	ctx, cancel := s.short(ctx)
	defer cancel()
	cur, err := s.instances.Find(ctx, bson.D{})
	if err != nil {
		return nil, err
	}
	var all []entry
	err = cur.All(ctx, &all)
	return all, err
}

// enrol gives the Store a writer of its own and, the first time, an instance
// number. Only the insert decides, so that two who enrol at once differ.
func (s *Store) enrol(ctx context.Context) error {
	for {
		all, err := s.entries(ctx)
		if err != nil {
			return err
		}
		w, err := s.lastWriter(ctx)
		if err != nil {
			return err
		}
		taken := make(map[int]bool)
		for _, e := range all {
			w = max(w, e.Writer)
			if !e.Gone {
				taken[e.Number] = true
			}
		}
		w++
		number := s.number
		if number < 0 { // numbers come round after all others, so that none is used again soon
			if number = int(w % maxInstances); len(taken) >= maxInstances {
				return fmt.Errorf("all %d instance numbers are taken", maxInstances)
			}
			for taken[number] {
				number = (number + 1) % maxInstances
			}
		}
		mine := entry{Writer: w, Number: number, Host: s.host, LastID: s.lastID.Load(), Answers: map[string]int64{}}
		if done, err := s.register(ctx, mine); done || err != nil {
			return err
		}
	}
}

// register inserts an entry. It reports false when another came first.
func (s *Store) register(ctx context.Context, mine entry) (bool, error) {
	ctx, cancel := s.short(ctx)
	defer cancel()
	_, err := s.instances.InsertOne(ctx, mine)
	if mongo.IsDuplicateKeyError(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if s.number < 0 {
		// Two that enrolled with different writers may have passed over the
		// same taken number; the later one tries again.
		all, err := s.entries(ctx)
		if err != nil {
			return false, err
		}
		for _, e := range all {
			if e.Number == mine.Number && !e.Gone && e.Writer < mine.Writer {
				_, err := s.instances.UpdateByID(ctx, mine.Writer, bson.D{{Key: "$set", Value: bson.D{{Key: "gone", Value: true}}}})
				return false, err
			}
		}
		s.number = mine.Number
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mine = mine
	return true, nil
}

// lastWriter is the greatest writer that has left sums.
func (s *Store) lastWriter(ctx context.Context) (writer, error) {
	ctx, cancel := s.short(ctx)
	defer cancel()
	n, err := greatest(ctx, s.ledgers, bson.D{}, fieldWriter)
	return writer(n), err
}

// tell writes our entry. It finds out as well whether others took us for dead.
// Whoever changes what the entry says changes it under s.mu before, so that no
// entry written later says less.
func (s *Store) tell(ctx context.Context) error {
	ctx, cancel := s.short(ctx)
	defer cancel()
	if err := s.telling.take(ctx); err != nil {
		return err
	}
	defer s.telling.give()
	s.mu.Lock()
	s.mine.Beat++
	s.mine.LastID = s.lastID.Load()
	e := s.mine
	e.Open = numbersOf(slices.Sorted(maps.Keys(s.open)))
	e.Dirty = numbersOf(slices.Sorted(maps.Keys(s.dirty)))
	e.Answers = maps.Clone(e.Answers)
	s.mu.Unlock()
	r, err := s.instances.ReplaceOne(ctx, bson.D{{Key: fieldID, Value: e.Writer}, {Key: "gone", Value: false}}, e)
	if err == nil && r.MatchedCount == 0 {
		s.expelled.Store(true)
	}
	return err
}

// comeBack enrols anew after others took us for dead. What we had counted may
// have been counted again by them; all of it is counted once more.
func (s *Store) comeBack(ctx context.Context) error {
	if err := s.turn.take(ctx); err != nil {
		return err
	}
	defer s.turn.give()
	s.mu.Lock()
	left := s.mine
	s.mu.Unlock()
	if err := s.enrol(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	days := slices.Sorted(maps.Keys(s.open))
	for _, d := range days {
		s.dirty[d] = struct{}{}
	}
	clear(s.open)
	clear(s.own)
	clear(s.touched)
	s.others[left.Writer] = &sight{entry: entry{Writer: left.Writer, Gone: true, Revision: left.Revision}, loaded: left.Revision}
	s.mu.Unlock()
	s.expelled.Store(false)
	s.opts.Logger.Warn("log base: enrolled again after a silence", "instance", s.number, "days", len(days))
	return s.tell(ctx)
}

// setDirty makes it known that all records of the days must be counted again.
// Nothing may be removed before this has succeeded.
func (s *Store) setDirty(ctx context.Context, days []aggregate.Day) error {
	s.mu.Lock()
	for _, d := range days {
		s.dirty[d] = struct{}{}
	}
	s.mu.Unlock()
	return s.tell(ctx)
}
