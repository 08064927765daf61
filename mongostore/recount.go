package mongostore

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// daysAtOnce bounds how many days are counted again in one go, and with it
// the memory that takes.
const daysAtOnce = 31

// Recount counts the records of the days that p touches again and puts the
// sums right; of an expression or a period without an end, those of all days.
// It returns how many sums changed in what this instance shows. Other
// instances take their part in it. Errors carry ERR-02, ERR-05, ERR-01 or
// ERR-04.
func (s *Store) Recount(ctx context.Context, p aggregate.Period) (changed int64, err error) {
	if s.closed.Load() {
		return 0, s.fail(ctx, logbase.ReadFailed, "recount", logbase.ErrClosed)
	}
	changed, err = s.recount(ctx, p)
	return changed, s.fail(ctx, logbase.ReadFailed, "recount", err)
}

func (s *Store) recount(ctx context.Context, p aggregate.Period) (int64, error) {
	if err := s.upkeep.take(ctx); err != nil {
		return 0, err
	}
	defer s.upkeep.give()
	if err := s.adoptAll(ctx); err != nil {
		return 0, err
	}
	days, err := s.daysIn(ctx, p)
	if err != nil {
		return 0, err
	}
	before := s.rowsOf(days)
	if err := s.settle(ctx, days); err != nil {
		return 0, err
	}
	return differences(before, s.rowsOf(days)), nil
}

// rowsOf returns every sum of some days.
func (s *Store) rowsOf(days []aggregate.Day) []aggregate.Row {
	if len(days) == 0 {
		return nil
	}
	loc := s.opts.Location
	p := aggregate.Between(days[0].Start(loc), (days[len(days)-1] + 1).Start(loc), loc)
	rows := s.cube.Rows(aggregate.Query{Period: p, By: aggregate.ByAll, Step: aggregate.EachDay})
	return rows
}

// differences counts the rows that are not in both lists alike.
func differences(a, b []aggregate.Row) int64 {
	var n int64
	for len(a) > 0 && len(b) > 0 {
		switch c := a[0].Compare(b[0]); {
		case c < 0:
			a, n = a[1:], n+1
		case c > 0:
			b, n = b[1:], n+1
		default:
			if a[0].Count != b[0].Count {
				n++
			}
			a, b = a[1:], b[1:]
		}
	}
	return n + int64(len(a)+len(b))
}

// recountOwn counts the records of this writer on some days again. The caller
// holds turn, so that none is added meanwhile.
func (s *Store) recountOwn(ctx context.Context, days []aggregate.Day) error {
	s.mu.Lock()
	days = slices.DeleteFunc(slices.Clone(days), func(d aggregate.Day) bool {
		_, touched := s.touched[d]
		return !touched
	})
	w := s.mine.Writer
	s.mu.Unlock()
	for chunk := range slices.Chunk(days, daysAtOnce) {
		if err := s.openDays(ctx, chunk); err != nil {
			return err
		}
		filter := append(onDays(chunk), bson.E{Key: fieldBatch, Value: bson.D{
			{Key: "$gte", Value: int64(batchOf(w, 0))}, {Key: "$lt", Value: int64(batchOf(w+1, 0))},
		}})
		fresh, err := s.tally(ctx, filter)
		if err != nil {
			return err
		}
		s.mu.Lock()
		for _, d := range chunk {
			l := fresh[d][w]
			if l == nil {
				l = newLedger()
			}
			was := s.own[d]
			for _, sum := range was.sums {
				s.cube.Add(d, sum.Key, -sum.Count)
			}
			for _, sum := range l.sums {
				s.cube.Add(d, sum.Key, sum.Count)
			}
			l.whole, l.parts, l.used = true, was.parts, time.Now()
			s.own[d] = l
			delete(s.unsure, d)
		}
		s.mu.Unlock()
	}
	return nil
}

// recountOthers counts the records again that no living instance writes: those
// of the dead, and those that no instance wrote. The caller holds upkeep.
func (s *Store) recountOthers(ctx context.Context, days []aggregate.Day) error {
	fresh, err := s.tally(ctx, onDays(days))
	if err != nil {
		return err
	}
	fields := options.Find().SetProjection(bson.D{{Key: fieldDay, Value: 1}, {Key: fieldWriter, Value: 1}, {Key: fieldPart, Value: 1}})
	err = s.each(ctx, s.ledgers, onDays(days), fields, func(raw bson.Raw) error {
		p, err := decodePart(raw)
		if err != nil {
			return err
		}
		if fresh[p.day] == nil {
			fresh[p.day] = make(map[writer]*ledger)
		}
		l := fresh[p.day][p.writer]
		if l == nil {
			l = newLedger()
			l.whole = true
			fresh[p.day][p.writer] = l
		}
		l.parts = max(l.parts, p.number+1)
		return nil
	})
	if err != nil {
		return err
	}
	var out publication
	s.mu.Lock()
	newest := s.mine.Writer // who came after our last look lives
	for w := range s.others {
		newest = max(newest, w)
	}
	for d, byWriter := range fresh {
		for w, l := range byWriter {
			o := s.others[w]
			if w == s.mine.Writer || w > newest || (o != nil && o.alive()) {
				continue
			}
			out.models = append(out.models, l.writes(d, w, s.mine.Writer, s.revision+1)...)
		}
	}
	s.mu.Unlock()
	return s.writeParts(ctx, out)
}
