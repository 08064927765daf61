package mongostore

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"
)

// takeOver makes the days dirty that instances left unfinished which died. So
// that not all do it at once, the one that is longest there does. The caller
// holds upkeep.
func (s *Store) takeOver(ctx context.Context) error {
	s.mu.Lock()
	me := s.mine.Writer
	var dead []*sight
	eldest := true
	for w, o := range s.others {
		switch {
		case o.alive():
			eldest = eldest && me < w
		case !o.Gone || o.unfinished():
			dead = append(dead, o)
		}
	}
	s.mu.Unlock()
	if !eldest {
		return nil
	}
	for _, o := range dead {
		if err := s.bury(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// bury makes what an instance left unfinished our own business, and then says
// that it is gone. Should it live after all, it finds that out from its entry.
func (s *Store) bury(ctx context.Context, o *sight) error {
	days := append(daysOf(o.Open), daysOf(o.Dirty)...)
	if err := s.setDirty(ctx, days); err != nil {
		return err
	}
	bounded, cancel := s.short(ctx)
	defer cancel()
	_, err := s.instances.UpdateByID(bounded, o.Writer, bson.D{{Key: "$set", Value: bson.D{
		{Key: "gone", Value: true}, {Key: "open", Value: bson.A{}}, {Key: "dirty", Value: bson.A{}},
	}}})
	if err != nil {
		return err
	}
	s.log().Info("log base: took over from an instance that is gone",
		"instance", o.Number, "host", o.Host, "days", len(days))
	s.mu.Lock()
	o.Gone, o.Open, o.Dirty = true, nil, nil
	s.mu.Unlock()
	s.deleting.Store(true) // it may have left a deletion as well
	return nil
}

// meet learns at the start which other instances live. One that has left days
// open and gives no sign for some polls is taken for dead: after a crash and
// a restart its records must be counted before the first answer.
func (s *Store) meet(ctx context.Context) error {
	if err := s.upkeep.take(ctx); err != nil {
		return err
	}
	defer s.upkeep.give()
	first := make(map[writer]int64) // beats at the second look
	for n := 0; ; n++ {
		all, err := s.entries(ctx)
		if err != nil {
			return err
		}
		if n <= 1 { // a last sign of somebody who died may still have been on its way
			for _, e := range all {
				first[e.Writer] = e.Beat
			}
		}
		silent, waiting := s.meetAll(all, first)
		if !waiting || n > meetLooks {
			for _, o := range silent {
				if err := s.bury(ctx, o); err != nil {
					return err
				}
			}
			return s.prune(ctx, all)
		}
		select {
		case <-time.After(s.opts.Poll):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// meetLooks is how many polls an instance that left days open has at a start
// of another to give a sign.
const meetLooks = 3

// meetAll takes in the entries at the start, when nothing is loaded yet. It
// returns those who left days open and have given no sign since the second
// look, and whether one of them may still.
func (s *Store) meetAll(all []entry, first map[writer]int64) (silent []*sight, waiting bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range all {
		if e.Writer == s.mine.Writer {
			continue
		}
		o := &sight{entry: e, loaded: e.Revision}
		s.others[e.Writer] = o
		s.sawID(e.LastID)
		if beat, ok := first[e.Writer]; o.unfinished() && (o.Gone || (ok && beat == e.Beat)) {
			silent = append(silent, o)
			waiting = waiting || !o.Gone
		}
	}
	return silent, waiting
}

// keptEntries is how many entries of instances that are gone stay in the base.
const keptEntries = 64

// prune removes entries of instances that are long gone.
func (s *Store) prune(ctx context.Context, all []entry) error {
	s.mu.Lock()
	oldest := s.mine.Writer - keptEntries
	s.mu.Unlock()
	var ids bson.A
	for _, e := range all {
		if e.Gone && e.Writer < oldest && len(e.Open)+len(e.Dirty) == 0 {
			ids = append(ids, e.Writer)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	ctx, cancel := s.short(ctx)
	defer cancel()
	_, err := s.instances.DeleteMany(ctx, bson.D{{Key: fieldID, Value: bson.D{{Key: "$in", Value: ids}}}})
	return err
}
