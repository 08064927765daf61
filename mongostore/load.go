package mongostore

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
)

// load fills the cube with all sums.
func (s *Store) load(ctx context.Context) error {
	var day aggregate.Day
	var sums []aggregate.Sum
	o := options.Find().SetSort(bson.D{{Key: fieldDay, Value: 1}})
	err := s.each(ctx, s.ledgers, bson.D{}, o, func(raw bson.Raw) error {
		p, err := decodePart(raw)
		if err != nil {
			return err
		}
		if p.day != day {
			s.cube.Replace(day, sums)
			day, sums = p.day, sums[:0]
		}
		for _, sum := range p.sums {
			sums = append(sums, sum)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.cube.Replace(day, sums)
	return nil
}

// reload takes the sums of some days from the base, except for those of our
// own that are in memory. The caller holds upkeep.
func (s *Store) reload(ctx context.Context, days []aggregate.Day) error {
	for chunk := range slices.Chunk(days, daysAtOnce) {
		found := make(map[aggregate.Day][]part)
		err := s.each(ctx, s.ledgers, onDays(chunk), nil, func(raw bson.Raw) error {
			p, err := decodePart(raw)
			found[p.day] = append(found[p.day], p)
			return err
		})
		if err != nil {
			return err
		}
		s.mu.Lock()
		for _, d := range chunk {
			var sums []aggregate.Sum
			own := s.own[d]
			if own != nil {
				sums = append(sums, own.sums...)
			}
			for _, p := range found[d] {
				if p.writer == s.mine.Writer && own != nil {
					continue
				}
				for _, sum := range p.sums {
					sums = append(sums, sum)
				}
			}
			s.cube.Replace(d, sums)
		}
		s.mu.Unlock()
	}
	return nil
}

// ownLedgers reads our ledgers of some days from the base.
func (s *Store) ownLedgers(ctx context.Context, days []aggregate.Day) (map[aggregate.Day]*ledger, error) {
	out := make(map[aggregate.Day]*ledger)
	if len(days) == 0 {
		return out, nil
	}
	s.mu.Lock()
	w := s.mine.Writer
	s.mu.Unlock()
	filter := append(onDays(days), bson.E{Key: fieldWriter, Value: int64(w)})
	err := s.each(ctx, s.ledgers, filter, nil, func(raw bson.Raw) error {
		p, err := decodePart(raw)
		if err != nil {
			return err
		}
		l := out[p.day]
		if l == nil {
			l = newLedger()
			out[p.day] = l
		}
		l.parts = max(l.parts, p.number+1)
		for at, sum := range p.sums {
			for at >= len(l.sums) {
				l.sums = append(l.sums, aggregate.Sum{})
			}
			l.sums[at] = sum
			l.places[sum.Key] = at
		}
		return nil
	})
	return out, err
}
