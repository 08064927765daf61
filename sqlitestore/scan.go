package sqlitestore

import (
	"fmt"
	"math"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/e-gov/tarastat/aggregate"
)

// instant is the time of an event as the file keeps it.
type instant struct {
	sec  int64 // Unix time
	nano int64
}

func (i instant) time() time.Time { return time.Unix(i.sec, i.nano) }

// matcher decides which instants a period contains. Most are decided by
// comparing whole seconds, or were decided a moment ago.
type matcher struct {
	period   aggregate.Period
	from, to int64 // seconds that lie in the period beyond doubt: from ≤ sec < to
	seen     []verdict
}

type verdict struct {
	sec      int64
	contains bool
}

// rememberedSeconds is how many verdicts on an expression are kept, about half
// a day. Records come nearly in the order of time, so each second is matched once.
const rememberedSeconds = 1 << 15

func newMatcher(p aggregate.Period) *matcher {
	m := &matcher{period: p, from: math.MinInt64, to: math.MaxInt64}
	if p.Expr() != nil {
		m.seen = make([]verdict, rememberedSeconds)
		for i := range m.seen {
			m.seen[i].sec = math.MinInt64
		}
		return m
	}
	if !p.From().IsZero() {
		m.from = p.From().Unix() + 1 // the second of From itself may lie on both sides
	}
	if !p.To().IsZero() {
		m.to = p.To().Unix()
	}
	return m
}

func (m *matcher) contains(t instant) bool {
	if m.seen != nil {
		v := &m.seen[uint64(t.sec)%rememberedSeconds] //nolint:gosec // any spread will do
		if v.sec != t.sec {
			*v = verdict{t.sec, m.period.Contains(t.time())}
		}
		return v.contains
	}
	return (m.from <= t.sec && t.sec < m.to) || m.period.Contains(t.time())
}

// scan calls f for every record of the snapshot whose time m contains.
func (s *snapshot) scan(m *matcher, f func(month, instant, kind)) error {
	for _, part := range s.part {
		query := part.month.sql("SELECT sec, nano, kind FROM records_%d WHERE id BETWEEN ? AND ?")
		for _, r := range part.ranges {
			err := each(s.conn, query, func(row *sqlite.Stmt) error {
				t := instant{row.ColumnInt64(0), row.ColumnInt64(1)}
				if !m.contains(t) {
					return nil
				}
				k := row.ColumnInt64(2)
				if k < 1 || k >= int64(len(s.keys)) {
					return fmt.Errorf("%w: a record of unknown kind %d", ErrCorrupt, k)
				}
				f(part.month, t, kind(k)) //nolint:gosec // checked above
				return nil
			}, r.first, r.last)
			if err != nil {
				return err
			}
		}
	}
	return nil
}
