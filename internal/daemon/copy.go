package daemon

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// copyBatch is how many records are handed over at once.
const copyBatch = 1000

// Copying is how far a copy has come.
type Copying struct {
	Day           aggregate.Day // the civil day that is done
	Records, Of   int64         // records of the days done so far, and of all days
	AlreadyCopied int64         // of Records: were there before
}

// Copy brings every record of one log base into another, day by day, keeping
// its id. A day whose sums are equal in both is passed over, so that a copy
// that was cut off goes on where it ended; a record that is there already is
// not kept twice. At the end the sums of every day must be equal in both, else
// there is an error that names the first day that differs. Records of the
// target that the source lacks are such a difference.
//
// The source must not take new events meanwhile. say, which may be nil, is
// told after each day.
func Copy(ctx context.Context, from, to Store, loc *time.Location, say func(Copying)) error {
	days, total, err := daysOf(ctx, from, loc)
	if err != nil {
		return err
	}
	c := Copying{Of: total}
	for _, d := range days {
		p := aggregate.Between(d.Start(loc), (d + 1).Start(loc), loc)
		n, copied, err := copyDay(ctx, from, to, p)
		if err != nil {
			return fmt.Errorf("copy %s: %w", d, err)
		}
		c.Day = d
		c.Records += n
		if !copied {
			c.AlreadyCopied += n
		}
		if say != nil {
			say(c)
		}
	}
	return compareStores(ctx, from, to, loc)
}

// daysOf returns the days on which s has records, and how many in all.
func daysOf(ctx context.Context, s Store, loc *time.Location) ([]aggregate.Day, int64, error) {
	rows, err := s.Sums(ctx, aggregate.Query{
		Period: aggregate.Between(time.Time{}, time.Time{}, loc), Step: aggregate.EachDay,
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

// copyDay copies one day unless both have the same sums of it. It returns the
// number of its records.
func copyDay(ctx context.Context, from, to Store, p aggregate.Period) (n int64, copied bool, err error) {
	want, err := from.Sums(ctx, aggregate.Query{Period: p, By: aggregate.ByAll})
	if err != nil {
		return 0, false, err
	}
	for _, r := range want {
		n += r.Count
	}
	have, err := to.Sums(ctx, aggregate.Query{Period: p, By: aggregate.ByAll})
	if err != nil || sameRows(want, have) {
		return n, false, err
	}
	batch := make([]event.Record, 0, copyBatch)
	for r, err := range from.Records(ctx, p) {
		if err != nil {
			return 0, false, err
		}
		if batch = append(batch, r); len(batch) == copyBatch {
			if err := to.Append(ctx, batch); err != nil {
				return 0, false, err
			}
			batch = batch[:0]
		}
	}
	if len(batch) > 0 {
		err = to.Append(ctx, batch)
	}
	return n, true, err
}

func sameRows(a, b []aggregate.Row) bool {
	return slices.EqualFunc(a, b, func(x, y aggregate.Row) bool { return x.Compare(y) == 0 && x.Count == y.Count })
}

// compareStores holds the sums of every day against each other.
func compareStores(ctx context.Context, from, to Store, loc *time.Location) error {
	q := aggregate.Query{
		Period: aggregate.Between(time.Time{}, time.Time{}, loc),
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
