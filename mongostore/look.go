package mongostore

import (
	"context"
	"maps"
	"strconv"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
)

// look reads what the other instances tell, loads the days they changed, and
// serves their requests.
func (s *Store) look(ctx context.Context) error {
	all, err := s.entries(ctx)
	if err != nil {
		return err
	}
	var requests []*sight
	changed := make(map[aggregate.Day]struct{})
	loaded := make(map[*sight]int64)
	s.mu.Lock()
	me := s.mine.Writer
	seen := make(map[writer]bool)
	for _, e := range all {
		if e.Writer == me {
			continue
		}
		seen[e.Writer] = true
		o := s.others[e.Writer]
		if o == nil {
			o = &sight{}
			s.others[e.Writer] = o
		}
		if o.looks++; e.Beat != o.Beat {
			o.looks = 0
		}
		o.entry = e
		s.sawID(e.LastID)
		if o.Revision > o.loaded {
			loaded[o] = o.Revision
		}
		if !o.Gone && o.Ask.Number > s.mine.answered(o.Writer) {
			requests = append(requests, o)
		}
	}
	maps.DeleteFunc(s.others, func(w writer, _ *sight) bool { return !seen[w] })
	s.mu.Unlock()
	for o, revision := range loaded {
		days, err := s.changedBy(ctx, o)
		if err != nil {
			return err
		}
		for _, d := range days {
			changed[d] = struct{}{}
		}
		loaded[o] = revision
	}
	if err := s.reload(ctx, sorted(changed)); err != nil {
		return err
	}
	for o, revision := range loaded {
		o.loaded = revision
	}
	return s.answer(ctx, requests)
}

// changedBy returns the days of which another instance wrote ledgers since we
// last loaded them.
func (s *Store) changedBy(ctx context.Context, o *sight) ([]aggregate.Day, error) {
	days := make(map[aggregate.Day]struct{})
	filter := bson.D{
		{Key: fieldBy, Value: int64(o.Writer)},
		{Key: fieldRevision, Value: bson.D{{Key: "$gt", Value: o.loaded}}},
	}
	fields := options.Find().SetProjection(bson.D{{Key: fieldDay, Value: 1}})
	err := s.each(ctx, s.ledgers, filter, fields, func(raw bson.Raw) error {
		if n, ok := raw.Lookup(fieldDay).AsInt64OK(); ok {
			days[dayNumber(n).day()] = struct{}{} //nolint:gosec // written from an int32
		}
		return nil
	})
	return sorted(days), err
}

// answer counts our own records of the days that others ask for again.
func (s *Store) answer(ctx context.Context, requests []*sight) error {
	if len(requests) == 0 {
		return nil
	}
	for _, o := range requests {
		if err := s.turn.take(ctx); err != nil {
			return err
		}
		err := s.recountOwn(ctx, daysOf(o.Ask.Days))
		s.turn.give()
		if err != nil {
			return err
		}
	}
	if err := s.publish(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	answers := maps.Clone(s.mine.Answers)
	for _, o := range requests {
		answers[strconv.FormatInt(int64(o.Writer), 10)] = o.Ask.Number
	}
	maps.DeleteFunc(answers, func(w string, _ int64) bool {
		n, _ := strconv.ParseInt(w, 10, 64)
		o := s.others[writer(n)]
		return o == nil || o.Gone
	})
	s.mine.Answers = answers
	s.mu.Unlock()
	return s.tell(ctx)
}
