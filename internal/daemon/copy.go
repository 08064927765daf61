package daemon

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// copyBatch is how many records are handed over at once.
const copyBatch = 1000

// Copying is how far a copy has come.
type Copying struct {
	Day     aggregate.Day // of the event that was copied last
	Copied  int64         // records handed over
	Present int64         // records of days that were equal in both already
	Of      int64         // records of the source
}

// Copy brings every record of one log base into another, keeping its id. Days
// whose sums are equal in both are passed over, so that a copy that was cut off
// goes on about where it ended; a record that is there already is not kept
// twice. At the end the sums of every day must be equal in both, else there is
// an error that names the first day that differs. Records of the target that
// the source lacks are such a difference.
//
// The source must not take new events meanwhile. say, which may be nil, is
// told after each batch. It returns how far it came.
func Copy(ctx context.Context, from, to logbase.Store, loc *time.Location, say func(Copying)) (Copying, error) {
	var c Copying
	days, total, err := daysOf(ctx, from, loc)
	if err != nil {
		return c, err
	}
	c.Of = total
	var run []aggregate.Day // days in a row that differ
	for _, d := range days {
		n, equal, err := sameDay(ctx, from, to, d, loc)
		if err != nil {
			return c, err
		}
		if !equal {
			run = append(run, d)
			continue
		}
		c.Present += n
		if err := copyDays(ctx, from, to, run, loc, &c, say); err != nil {
			return c, err
		}
		run = run[:0]
	}
	if err := copyDays(ctx, from, to, run, loc, &c, say); err != nil {
		return c, err
	}
	return c, compareStores(ctx, from, to, loc)
}

// daysOf returns the days on which s has records, and how many in all.
func daysOf(ctx context.Context, s logbase.Store, loc *time.Location) ([]aggregate.Day, int64, error) {
	rows, err := s.Sums(ctx, aggregate.Query{
		Period: aggregate.Everything(loc), Step: aggregate.EachDay,
	})
	if err != nil {
		return nil, 0, err
	}
	var days []aggregate.Day
	var total int64
	for _, r := range rows {
		days = append(days, aggregate.DayOf(r.Start, loc))
		total += r.Count
	}
	return days, total, nil
}

// sameDay reports whether both have the same sums of a day, and how many
// records the source has of it.
func sameDay(ctx context.Context, from, to logbase.Store, d aggregate.Day, loc *time.Location) (n int64, same bool, err error) {
	q := aggregate.Query{Period: aggregate.Between(d.Start(loc), (d + 1).Start(loc), loc), By: aggregate.ByAll}
	want, err := from.Sums(ctx, q)
	if err != nil {
		return 0, false, err
	}
	have, err := to.Sums(ctx, q)
	if err != nil {
		return 0, false, err
	}
	for _, r := range want {
		n += r.Count
	}
	return n, sameRows(want, have), nil
}

// copyDays copies all records from the first of the days to the last.
func copyDays(ctx context.Context, from, to logbase.Store, days []aggregate.Day, loc *time.Location, c *Copying, say func(Copying)) error {
	if len(days) == 0 {
		return nil
	}
	flush := func(batch []logbase.Record) error {
		if len(batch) == 0 {
			return nil
		}
		if err := to.Append(ctx, batch); err != nil {
			return fmt.Errorf("copy to the target: %w", err)
		}
		c.Copied += int64(len(batch))
		c.Day = aggregate.DayOf(batch[len(batch)-1].Time, loc)
		if say != nil {
			say(*c)
		}
		return nil
	}
	batch := make([]logbase.Record, 0, copyBatch)
	for r, err := range from.Records(ctx, aggregate.Between(days[0].Start(loc), (days[len(days)-1]+1).Start(loc), loc)) {
		if err != nil {
			return fmt.Errorf("copy from the source: %w", err)
		}
		if batch = append(batch, r); len(batch) == copyBatch {
			if err := flush(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return flush(batch)
}

func sameRows(a, b []aggregate.Row) bool {
	return slices.EqualFunc(a, b, func(x, y aggregate.Row) bool { return x.Compare(y) == 0 && x.Count == y.Count })
}

// compareStores holds the sums of every day against each other.
func compareStores(ctx context.Context, from, to logbase.Store, loc *time.Location) error {
	q := aggregate.Query{
		Period: aggregate.Everything(loc),
		By:     aggregate.ByAll, Step: aggregate.EachDay,
	}
	want, err := from.Sums(ctx, q)
	if err != nil {
		return err
	}
	got, err := to.Sums(ctx, q)
	if err != nil {
		return err
	}
	if d, differ := firstDifference(want, got, loc); differ {
		return fmt.Errorf("the two log bases differ on %s", d)
	}
	return nil
}

// firstDifference returns the first day whose rows, divided by days, differ.
func firstDifference(want, got []aggregate.Row, loc *time.Location) (aggregate.Day, bool) {
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(want):
			return aggregate.DayOf(got[i].Start, loc), true
		case i >= len(got):
			return aggregate.DayOf(want[i].Start, loc), true
		case want[i].Compare(got[i]) != 0 || want[i].Count != got[i].Count:
			return min(aggregate.DayOf(want[i].Start, loc), aggregate.DayOf(got[i].Start, loc)), true
		}
	}
	return 0, false
}
