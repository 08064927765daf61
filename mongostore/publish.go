package mongostore

import (
	"context"
	"maps"

	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
)

// publication is ledgers on their way to the base.
type publication struct {
	models []mongo.WriteModel
	sent   []sent
}

type sent struct {
	ledger  *ledger
	changed map[int]struct{}
	whole   bool
}

// writeParts writes parts of ledgers, which carry the next revision, and tells
// the others. The caller holds upkeep.
func (s *Store) writeParts(ctx context.Context, p publication) error {
	if len(p.models) == 0 {
		return nil
	}
	s.revision++ // never used again, also when the write fails halfway
	bounded, cancel := s.long(ctx)
	defer cancel()
	if _, err := s.ledgers.BulkWrite(bounded, p.models, options.BulkWrite().SetOrdered(false)); err != nil {
		return err
	}
	s.mu.Lock()
	s.mine.Revision = s.revision
	s.mu.Unlock()
	return s.tell(ctx)
}

// publish writes what changed in our ledgers to the base.
func (s *Store) publish(ctx context.Context) error {
	s.mu.Lock()
	var out publication
	for _, d := range sorted(s.own) {
		l := s.own[d]
		if !l.pending() {
			continue
		}
		out.models = append(out.models, l.writes(d, s.mine.Writer, s.mine.Writer, s.revision+1)...)
		out.sent = append(out.sent, sent{l, l.changed, l.whole})
		l.changed, l.whole = make(map[int]struct{}), false
		l.parts = max(l.parts, (len(l.sums)+sumsPerPart-1)/sumsPerPart)
	}
	s.mu.Unlock()
	err := s.writeParts(ctx, out)
	if err != nil {
		s.mu.Lock()
		for _, o := range out.sent {
			maps.Copy(o.ledger.changed, o.changed)
			o.ledger.whole = o.ledger.whole || o.whole
		}
		s.mu.Unlock()
	}
	return err
}
