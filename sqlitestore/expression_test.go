package sqlitestore_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/sqlitestore"
)

// Days on which the time of day is all one are answered from sums, the others from
// records: whichever it is, the answer is what counting the records gives.
func FuzzExpression(f *testing.F) {
	for _, expr := range []string{
		"2018-0[1-3]", "^2018", "2018$", "-28T", "T1[0-5]:", "T2[4-9]", "2018-04-28$", "04-0|05-0", ":59", ".*", "()", "$", "^$",
		"^", "T", `\b04\b`, `\b4`, `8T\b`, `8T\B`, `(?i)t0`, `(?m)^2018-04-0.T`, `(?m)$`, `\A2018`, `\z`, "[^0-9]04", "[[:alpha:]]1",
		"2018-04-..T..:..:..", "(.)1", "x", `\d{4}-\d\d-0[13579]`, `^....-..-..T(0|1).{7}$`, "2018-04-2?", "-0[^4]", `\pL`, "2018|T00:0",
		"(2018-04-01T00:0)?$", "T00:00:0[0-9]", ".{19}", ".{20}", "2099", "1950",
	} {
		f.Add(expr)
	}
	s := open(f, filepath.Join(f.TempDir(), "events.db"), sqlitestore.Options{})
	records := numbered(1, 900)
	for i := range records { // three times a day, over most of a year, and some in other years
		records[i].Time = time.Date(2018, 4, 1, 0, 0, i*29_347, 0, event.DefaultLocation())
		if i%100 == 0 {
			records[i].Time = records[i].Time.AddDate(-68, 0, 0)
		}
	}
	if err := s.Append(f.Context(), records); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		p, err := aggregate.ParsePeriod(expr, nil)
		if err != nil {
			return
		}
		for _, step := range []aggregate.Unit{aggregate.Whole, aggregate.Hour, aggregate.Month} {
			q := aggregate.Query{Period: p, Step: step}
			got, err := s.Sums(t.Context(), q)
			if diff := cmp.Diff(aggregate.Count(events(records), q), got); err != nil || diff != "" {
				t.Errorf("%q by %v: %v (-want +got):\n%s", expr, step, err, diff)
			}
		}
	})
}
