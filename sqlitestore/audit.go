package sqlitestore

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Deletions returns every deletion that was ever begun, the newest first.
// Nothing removes an entry. Errors carry ERR-02.
func (s *Store) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	c, err := s.reader(ctx)
	if err != nil {
		return nil, fail(ctx, logbase.ReadFailed, "deletions", err)
	}
	defer s.readers.Put(c)
	jobs, err := deletions(c, s.opts.Location, "SELECT * FROM deletions ORDER BY id DESC")
	if err != nil {
		return nil, fail(ctx, logbase.ReadFailed, "deletions", err)
	}
	list := make([]logbase.Deletion, len(jobs))
	for i, j := range jobs {
		list[i] = j.Deletion
	}
	return list, nil
}

// deletion is one line of the audit.
type deletion struct {
	id int64
	logbase.Deletion
}

func deletions(c *sqlite.Conn, loc *time.Location, query string) ([]deletion, error) {
	var list []deletion
	err := each(c, query, func(row *sqlite.Stmt) error {
		at := func(sec, nano string) time.Time {
			return instant{row.GetInt64(sec), row.GetInt64(nano)}.time().In(loc)
		}
		list = append(list, deletion{row.GetInt64("id"), logbase.Deletion{
			Period:  writtenPeriod(row.GetText("period"), at("from_sec", "from_nano"), at("to_sec", "to_nano"), loc),
			UpTo:    row.GetInt64("up_to"),
			By:      row.GetText("by"),
			At:      at("at_sec", "at_nano"),
			Records: row.GetInt64("records"),
			Done:    row.GetBool("done"),
		}})
		return nil
	})
	return list, err
}

// writtenPeriod returns the period between two instants under the text it was
// written with, if that still means the same: it does not after a change of zone.
func writtenPeriod(text string, from, to time.Time, loc *time.Location) aggregate.Period {
	p, err := aggregate.ParsePeriod(text, loc)
	if err == nil && p.Bounded() && p.From().Equal(from) && p.To().Equal(to) {
		return p
	}
	return aggregate.Between(from, to, loc)
}

// record writes the first line about a deletion and returns its number.
func record(c *sqlite.Conn, d logbase.Deletion) (int64, error) {
	const q = `INSERT INTO deletions (period, from_sec, from_nano, to_sec, to_nano, up_to, by, at_sec, at_nano, records, done)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0) RETURNING id`
	p := d.Period
	return oneInt(c, q, p.String(), p.From().Unix(), p.From().Nanosecond(), p.To().Unix(), p.To().Nanosecond(),
		d.UpTo, d.By, d.At.Unix(), d.At.Nanosecond())
}
