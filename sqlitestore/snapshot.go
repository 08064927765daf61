package sqlitestore

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// reader borrows a connection that reads. It goes back with s.readers.Put.
func (s *Store) reader(ctx context.Context) (*sqlite.Conn, error) {
	if err := s.alive(ctx); err != nil {
		return nil, err
	}
	c, err := s.readers.Take(ctx)
	if err != nil && s.closed.Load() {
		err = logbase.ErrClosed
	}
	return c, err
}

// snapshot is the file as it was at one moment, with what the state said then.
type snapshot struct {
	conn *sqlite.Conn
	keys []aggregate.Key // by kind
	part []section       // in the order of months
}

// section is the part of one month's table that a period may concern.
type section struct {
	month  month
	ranges []idRange // ascending, apart
}

// read gives f a snapshot of the parts of the file that look has chosen. look
// is called with the state of the same moment; it must be brief.
func (s *Store) read(ctx context.Context, look func(*state) []section, f func(*snapshot) error) error {
	c, err := s.reader(ctx)
	if err != nil {
		return err
	}
	defer s.readers.Put(c)
	defer func() {
		c.SetInterrupt(nil)
		if !c.AutocommitEnabled() {
			_ = exec(c, "ROLLBACK") // of a transaction that only reads
		}
	}()
	snap, err := s.pin(c, look)
	if err != nil {
		return err
	}
	return f(snap)
}

func (s *Store) pin(c *sqlite.Conn, look func(*state) []section) (*snapshot, error) {
	s.view.RLock()
	defer s.view.RUnlock()
	if err := exec(c, "BEGIN"); err != nil {
		return nil, err
	}
	// The snapshot is taken with the first read, not with BEGIN.
	if _, err := oneInt(c, "SELECT 1 FROM meta WHERE name = 'zone'"); err != nil {
		return nil, err
	}
	return &snapshot{conn: c, keys: s.state.keys, part: look(s.state)}, nil
}

// sections says where records of p may be, in the order of months. Hours in
// skip are left out; it may be nil.
func (s *state) sections(p aggregate.Period, loc *time.Location, skip map[int64]bool) []section {
	fromHour, toHour := int64(math.MinInt64), int64(math.MaxInt64)
	first, last := odd, month(math.MaxInt32)
	odds := p.From().IsZero() || p.To().IsZero()
	if !p.From().IsZero() {
		from := p.From().In(loc)
		fromHour, first = floorHour(from), monthOf(from)
		odds = odds || from.Year() < firstYear
	}
	if !p.To().IsZero() {
		to := p.To().Add(-1).In(loc)
		toHour = floorHour(to)
		odds = odds || to.Year() > lastYear
		if to.Year() <= lastYear {
			last = monthOf(to)
		}
	}
	var parts []section
	for m, spans := range s.spans {
		if (m == odd && !odds) || (m != odd && (m < first || m > last)) {
			continue
		}
		part := section{month: m}
		for h, r := range spans {
			if m == odd || (fromHour <= h && h <= toHour && !skip[h]) {
				part.ranges = append(part.ranges, r)
			}
		}
		if part.ranges = join(part.ranges); len(part.ranges) > 0 {
			parts = append(parts, part)
		}
	}
	slices.SortFunc(parts, func(a, b section) int { return cmp.Compare(a.month, b.month) })
	return parts
}

// floorHour is the hour of t in spans, also for times before 1970.
func floorHour(t time.Time) int64 {
	h := t.Unix() / secondsPerHour
	if t.Unix()%secondsPerHour < 0 {
		h--
	}
	return h
}

// join sorts ranges and makes one of those that touch.
func join(ranges []idRange) []idRange {
	slices.SortFunc(ranges, func(a, b idRange) int { return cmp.Compare(a.first, b.first) })
	out := ranges[:0]
	for _, r := range ranges {
		if n := len(out); n > 0 && r.first <= out[n-1].last+1 {
			out[n-1].last = max(out[n-1].last, r.last)
			continue
		}
		out = append(out, r)
	}
	return out
}
