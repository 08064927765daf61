package mongostore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// Fields of the sums that queries name.
const (
	fieldRev  = "rev"
	fieldOpen = "open"
	fieldAt   = "at"
	fieldSums = "sums"
)

// nobody stands for whoever wrote records without a Store: the old service, and
// people at the shell.
var nobody primitive.ObjectID

// daySums is the sums of one writer on one day: one document, which is replaced
// as a whole, and only by who knows its revision.
type daySums struct {
	ID     string             `bson:"_id"`
	Day    dayNumber          `bson:"day"`
	Writer primitive.ObjectID `bson:"writer"`
	Rev    int64              `bson:"rev"` // grows with every change; 0: not there

	// Open says that the sums may not be those of the records: its writer is
	// adding some, or somebody removed some. Nobody believes an open document
	// but its writer, and that only as long as the revision is the one it wrote.
	Open bool               `bson:"open"`
	At   primitive.DateTime `bson:"at"` // of the last change, by the server's clock
	Sums []daySum           `bson:"sums"`
}

type daySum struct {
	Key sumKey `bson:",inline"`
	N   int64  `bson:"n"`
}

// sumKey is an [aggregate.Key] under the names of the base.
type sumKey struct {
	ClientID  string          `bson:"clientID"`
	Method    string          `bson:"method"`
	Operation event.Operation `bson:"operation"`
	Bank      string          `bson:"bank,omitempty"`
	Country   string          `bson:"country,omitempty"`
	ErrorCode string          `bson:"error,omitempty"`
}

// counts are numbers of records by key.
type counts map[aggregate.Key]int64

func (c counts) encode() []daySum {
	out := make([]daySum, 0, len(c))
	for k, n := range c {
		out = append(out, daySum{sumKey(k), n})
	}
	return out
}

func (d daySums) counts() counts {
	out := make(counts, len(d.Sums))
	for _, s := range d.Sums {
		out[aggregate.Key(s.Key)] += s.N
	}
	return out
}

func (c counts) appendTo(sums []aggregate.Sum) []aggregate.Sum {
	for k, n := range c {
		sums = append(sums, aggregate.Sum{Key: k, Count: n})
	}
	return sums
}

// blank is the document of a day that is not there yet.
func blank(d aggregate.Day, writer primitive.ObjectID) daySums {
	return daySums{ID: fmt.Sprintf("%d-%s", numberOf(d), writer.Hex()), Day: numberOf(d), Writer: writer, Sums: []daySum{}}
}

// findSums reads documents of sums.
func (s *Store) findSums(ctx context.Context, filter bson.D, o *options.FindOptions) ([]daySums, error) {
	return find[daySums](ctx, s, s.sums, filter, o)
}

// withoutSums leaves out what makes documents of sums large.
func withoutSums() *options.FindOptions {
	return options.Find().SetProjection(bson.D{{Key: fieldSums, Value: 0}})
}

// errRaced says that the document is not at the revision that was to be replaced.
var errRaced = errors.New("somebody else changed these sums")

// replace writes the next revision of a document. It is [errRaced] when d.Rev is
// not the revision in the base.
func (s *Store) replace(ctx context.Context, d daySums) error {
	ctx, cancel := s.short(ctx)
	defer cancel()
	r, err := s.sums.UpdateOne(ctx, bson.D{{Key: fieldID, Value: d.ID}, {Key: fieldRev, Value: d.Rev}}, bson.D{
		{Key: "$set", Value: bson.D{
			{Key: fieldDay, Value: d.Day},
			{Key: fieldWriter, Value: d.Writer},
			{Key: fieldRev, Value: d.Rev + 1},
			{Key: fieldOpen, Value: d.Open},
			{Key: fieldSums, Value: d.Sums},
		}},
		changedNow(),
	}, options.Update().SetUpsert(d.Rev == 0))
	if mongo.IsDuplicateKeyError(err) || (err == nil && r.MatchedCount+r.UpsertedCount == 0) {
		return errRaced
	}
	if err != nil {
		err = fmt.Errorf("write the sums of %s: %w", d.Day.day(), err)
	}
	return err
}

// changedNow sets the time of a change by the server's clock.
func changedNow() bson.E {
	return bson.E{Key: "$currentDate", Value: bson.D{{Key: fieldAt, Value: true}}}
}

// ledger is what this Store counts on a day to which it adds records. Its
// document in the base is open as long as the ledger is in memory.
type ledger struct {
	counts  counts
	rev     int64 // of the document as we wrote it
	changed bool  // since it was published
	doubt   bool  // the records are to be counted: somebody changed the document, or an outcome is unknown
	idle    int   // rounds in which nothing came
}

// idlePolls is for how many polls nothing must come for a day before its
// document is closed and its ledger leaves the memory.
const idlePolls = 10

// silentPolls is how many polls of silence make an open document, or a deletion
// that is not done, everybody's business. It is well above idlePolls: a living
// writer closes its documents in time, or changes them. Who is taken for dead
// and lives loses nothing, since its next change does not find its revision.
const silentPolls = 30

func (s *Store) silence() time.Duration { return silentPolls * s.opts.Poll }

// openDays takes the ledgers of some days into memory and marks their documents
// open. No record may be written before: from the mark on, the records are
// counted again should we die. The caller holds turn.
func (s *Store) openDays(ctx context.Context, days []aggregate.Day) error {
	missing := make(map[string]daySums)
	for _, d := range days {
		if s.own[d] == nil {
			b := blank(d, s.writer)
			missing[b.ID] = b
		}
	}
	if len(missing) == 0 {
		return nil
	}
	found, err := s.findSums(ctx, in(fieldID, slices.Collect(maps.Keys(missing))), nil)
	if err != nil {
		return err
	}
	for _, d := range found {
		missing[d.ID] = d
	}
	for id, d := range missing {
		// One that was open is not to be believed; one that is not in the cube
		// as it is now is to be taken there.
		l := &ledger{counts: d.counts(), rev: d.Rev + 1, doubt: d.Open || d.Rev != s.versions[id].rev}
		d.Open = true
		err := s.replace(ctx, d)
		if errors.Is(err, errRaced) {
			return s.openDays(ctx, days) // as it is now
		}
		if err != nil {
			return err
		}
		delete(s.versions, id)
		s.own[d.Day.day()] = l
	}
	return s.recountOwn(ctx)
}

// publish writes the ledgers that have changed to the base, and closes those of
// days to which nothing is added any more: all of them when leaving. The caller
// holds turn.
func (s *Store) publish(ctx context.Context, leaving bool) error {
	if err := s.recountOwn(ctx); err != nil {
		return err
	}
	for _, day := range sorted(s.own) {
		l := s.own[day]
		closing := leaving || (!l.changed && l.idle >= idlePolls)
		if !l.changed && !closing {
			l.idle++
			continue
		}
		d := blank(day, s.writer)
		d.Rev, d.Open, d.Sums = l.rev, !closing, l.counts.encode()
		err := s.replace(ctx, d)
		if errors.Is(err, errRaced) {
			l.doubt = true // counted in the next round; until then the document stays open
			continue
		}
		if err != nil {
			return err // perhaps it was written; then the revision tells
		}
		l.rev++
		l.changed, l.idle = false, 0
		if closing {
			delete(s.own, day)
			d.Rev = l.rev
			s.note(d)
		}
	}
	return nil
}

// recountOwn counts the records of the ledgers that are in doubt. The caller
// holds turn, so that none is added meanwhile.
func (s *Store) recountOwn(ctx context.Context) error {
	doubtful := slices.DeleteFunc(sorted(s.own), func(d aggregate.Day) bool { return !s.own[d].doubt })
	for days := range slices.Chunk(doubtful, daysAtOnce) {
		filter := append(onDays(days), bson.E{Key: fieldWriter, Value: s.writer})
		// The revision is read before the records: who changes it after has
		// removed some, or will.
		found, err := s.findSums(ctx, filter, withoutSums())
		if err != nil {
			return err
		}
		fresh, err := s.tally(ctx, filter)
		if err != nil {
			return err
		}
		for _, d := range days {
			s.own[d] = &ledger{counts: make(counts), changed: true, doubt: true}
			if c := fresh[owner{d, s.writer}]; c != nil {
				s.own[d].counts = c
			}
		}
		for _, d := range found {
			s.own[d.Day.day()].rev = d.Rev
		}
		if err := s.reload(ctx, days); err != nil {
			return err
		}
		for _, d := range days {
			s.own[d].doubt = false
		}
	}
	return nil
}

// version is what is known of a document of sums whose sums are in the cube.
type version struct {
	day   aggregate.Day
	rev   int64
	at    primitive.DateTime
	open  bool
	since time.Time // when we saw it change last
}

func (s *Store) note(d daySums) {
	s.versions[d.ID] = version{d.Day.day(), d.Rev, d.At, d.Open, time.Now()}
	s.newest = max(s.newest, d.At)
}

// clockMargin is how far the clocks of the servers of a replica set may be
// apart.
const clockMargin = time.Minute

// look takes what others have changed, the first time everything, into the
// cube.
func (s *Store) look(ctx context.Context, patience time.Duration) error {
	if err := s.turn.take(ctx); err != nil {
		return err
	}
	since := primitive.NewDateTimeFromTime(s.newest.Time().Add(-clockMargin))
	s.turn.give() // nobody need wait for the server
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found, err := s.findSums(bounded, bson.D{{Key: fieldAt, Value: bson.D{{Key: "$gte", Value: since}}}}, withoutSums())
	if err != nil {
		return err
	}
	if err := s.turn.take(ctx); err != nil {
		return err
	}
	defer s.turn.give()
	changed := make(map[aggregate.Day]struct{})
	for _, d := range found {
		v, l := s.versions[d.ID], s.own[d.Day.day()]
		switch {
		case l != nil && d.Writer == s.writer:
			l.doubt = l.doubt || d.Rev > l.rev
		case v.rev != d.Rev || v.at != d.At:
			changed[d.Day.day()] = struct{}{}
		}
	}
	return s.reload(ctx, sorted(changed))
}

// reload takes the sums of some days from the base, except for those of our
// own that are in memory. The caller holds turn.
func (s *Store) reload(ctx context.Context, days []aggregate.Day) error {
	for chunk := range slices.Chunk(days, daysAtOnce) {
		found, err := s.findSums(ctx, onDays(chunk), nil)
		if err != nil {
			return err
		}
		sums := make(map[aggregate.Day][]aggregate.Sum)
		for _, d := range found {
			day := d.Day.day()
			if d.Writer != s.writer || s.own[day] == nil {
				s.note(d)
				sums[day] = d.counts().appendTo(sums[day])
			}
		}
		for _, day := range chunk {
			if l := s.own[day]; l != nil {
				sums[day] = l.counts.appendTo(sums[day])
			}
			s.cube.Replace(day, sums[day])
		}
	}
	return nil
}

// sorted returns the keys of m in order.
func sorted[V any](m map[aggregate.Day]V) []aggregate.Day {
	return slices.Sorted(maps.Keys(m))
}
