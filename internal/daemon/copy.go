package daemon

import (
	"context"
	"fmt"
	"maps"
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
	want, err := sumsByDay(ctx, from, loc)
	if err != nil {
		return c, err
	}
	have, err := sumsByDay(ctx, to, loc)
	if err != nil {
		return c, err
	}
	var spans [][2]aggregate.Day // the first and the last of days in a row that differ
	equal := true                // the day before
	for _, d := range slices.Sorted(maps.Keys(want)) {
		var n int64
		for _, r := range want[d] {
			n += r.Count
		}
		c.Of += n
		switch {
		case sameRows(want[d], have[d]):
			c.Present += n
			equal = true
		case equal:
			spans = append(spans, [2]aggregate.Day{d, d})
			equal = false
		default:
			spans[len(spans)-1][1] = d
		}
	}
	for _, days := range spans {
		if err := copyDays(ctx, from, to, days, loc, &c, say); err != nil {
			return c, err
		}
	}
	return c, compareStores(ctx, from, to, loc)
}

// copyDays copies all records from the first of the days to the last.
func copyDays(ctx context.Context, from, to logbase.Store, days [2]aggregate.Day, loc *time.Location, c *Copying, say func(Copying)) error {
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
	for r, err := range from.Records(ctx, aggregate.Between(days[0].Start(loc), (days[1]+1).Start(loc), loc)) {
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

// compareStores holds the sums of every day against each other.
func compareStores(ctx context.Context, from, to logbase.Store, loc *time.Location) error {
	want, err := sumsByDay(ctx, from, loc)
	if err != nil {
		return err
	}
	got, err := sumsByDay(ctx, to, loc)
	if err != nil {
		return err
	}
	if d, differ := firstDifference(want, got); differ {
		return fmt.Errorf("the two log bases differ on %s", d)
	}
	return nil
}

// everyDay asks for all sums of every day.
func everyDay(loc *time.Location) aggregate.Query {
	return aggregate.Query{Period: aggregate.Everything(loc), By: aggregate.ByAll, Step: aggregate.DayUnit}
}

func sumsByDay(ctx context.Context, s logbase.Store, loc *time.Location) (map[aggregate.Day][]aggregate.Row, error) {
	rows, err := s.Sums(ctx, everyDay(loc))
	return byDay(rows, loc), err
}

func byDay(rows []aggregate.Row, loc *time.Location) map[aggregate.Day][]aggregate.Row {
	days := make(map[aggregate.Day][]aggregate.Row)
	for _, r := range rows {
		d := aggregate.DayOf(r.Start, loc)
		days[d] = append(days[d], r)
	}
	return days
}

func sameRows(a, b []aggregate.Row) bool {
	return slices.EqualFunc(a, b, func(x, y aggregate.Row) bool { return x.Compare(y) == 0 && x.Count == y.Count })
}

// firstDifference returns the first day whose rows differ.
func firstDifference(want, got map[aggregate.Day][]aggregate.Row) (first aggregate.Day, differ bool) {
	days := maps.Clone(want)
	maps.Copy(days, got)
	for _, d := range slices.Sorted(maps.Keys(days)) {
		if !sameRows(want[d], got[d]) {
			return d, true
		}
	}
	return 0, false
}
