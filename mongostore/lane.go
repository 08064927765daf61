package mongostore

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/logbase"
)

// A lane of ids is held by a lease, which is renewed long before it ends:
// clocks that are minutes apart, and a server that is away for a while, do no
// harm. Of the leases that ended, the one that ended first is given next, so
// that a holder who was frozen for longer hardly ever meets another.
const (
	leaseTime    = time.Hour
	leaseRenewal = 5 * time.Minute
)

// lane is the lane that this Store holds.
type lane struct {
	number  int // -1 for none
	renewed time.Time
}

const fieldUntil = "until"

// IDs implements [logbase.Store]. Last is the greatest record ID there is or
// was. The lane is taken with the first call and held until Close.
func (s *Store) IDs(ctx context.Context) (logbase.IDs, error) {
	return ask(ctx, s, "ids", func() (ids logbase.IDs, err error) {
		if ids.Last, err = s.lastAppended(ctx); err == nil {
			ids.Lane, err = s.holdLane(ctx)
		}
		return ids, err
	})
}

// lastAppended is the greatest ID that was ever given: of a record that is
// there, or that a deletion removed.
func (s *Store) lastAppended(ctx context.Context) (int64, error) {
	there, err := s.greatest(ctx, s.records, fieldID)
	if err != nil {
		return 0, err
	}
	removed, err := s.greatest(ctx, s.deletions, fieldLastID)
	s.sawID(max(there, removed))
	return s.lastID.Load(), err
}

func (s *Store) holdLane(ctx context.Context) (int, error) {
	if err := s.turn.take(ctx); err != nil {
		return 0, err
	}
	defer s.turn.give()
	if s.lane.number >= 0 {
		return s.lane.number, nil
	}
	ctx, cancel := s.short(ctx)
	defer cancel()
	now := time.Now()
	lease := bson.D{{Key: fieldWriter, Value: s.writer}, {Key: fieldUntil, Value: now.Add(leaseTime)}}
	var ended struct {
		Lane int `bson:"_id"`
	}
	err := s.lanes.FindOneAndUpdate(ctx,
		bson.D{{Key: fieldUntil, Value: bson.D{{Key: "$lt", Value: now}}}},
		bson.D{{Key: "$set", Value: lease}},
		options.FindOneAndUpdate().SetSort(bson.D{{Key: fieldUntil, Value: 1}}),
	).Decode(&ended)
	for errors.Is(err, mongo.ErrNoDocuments) || mongo.IsDuplicateKeyError(err) { // another took the same new lane
		var n int64
		if n, err = s.count(ctx, s.lanes, bson.D{}); err != nil {
			return 0, err
		}
		if ended.Lane = int(n); n >= logbase.Lanes {
			return 0, errors.New("all lanes of ids are taken")
		}
		_, err = s.lanes.InsertOne(ctx, append(bson.D{{Key: fieldID, Value: n}}, lease...))
	}
	if err == nil {
		s.lane = lane{ended.Lane, now}
	}
	return ended.Lane, err
}

// keepLane renews the lease in time. Should it be lost, the next call of IDs
// takes another. The caller holds turn.
func (s *Store) keepLane(ctx context.Context) error {
	if time.Since(s.lane.renewed) < leaseRenewal {
		return nil
	}
	return s.renewLane(ctx, time.Now().Add(leaseTime))
}

// renewLane moves the end of the lease. The caller holds turn.
func (s *Store) renewLane(ctx context.Context, until time.Time) error {
	if s.lane.number < 0 {
		return nil
	}
	ctx, cancel := s.short(ctx)
	defer cancel()
	r, err := s.lanes.UpdateOne(ctx,
		bson.D{{Key: fieldID, Value: s.lane.number}, {Key: fieldWriter, Value: s.writer}},
		bson.D{{Key: "$set", Value: bson.D{{Key: fieldUntil, Value: until}}}})
	if err != nil {
		return err
	}
	if s.lane.renewed = time.Now(); r.MatchedCount == 0 {
		s.opts.Logger.Warn("log base: the lease of a lane of ids was lost", "lane", s.lane.number)
		s.lane.number = -1
	}
	return nil
}
