package chart_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/httpui/internal/chart"
)

// grid returns the numbers on the axis of a chart whose highest column is n.
func grid(t *testing.T, n int64) []string {
	t.Helper()
	c := chart.Columns{
		Frame: frame("c"), Series: outcomes[:1], Columns: []chart.Column{{Values: []int64{n}}},
		Tick: func(v int64) string { return "tick " + strconv.FormatInt(v, 10) },
	}
	var texts []string
	for _, e := range find(parse(t, draw(t, c)), "text") {
		if tick, ok := strings.CutPrefix(e.text, "tick "); ok {
			texts = append(texts, tick)
		}
	}
	return texts
}

func TestTheAxisHasRoundNumbersUpToTheHighest(t *testing.T) {
	for n, want := range map[int64]string{
		0:      "0 1",
		1:      "0 1",
		3:      "0 1 2 3",
		7:      "0 2 4 6 8",
		100:    "0 25 50 75 100",
		101:    "0 50 100 150",
		58_854: "0 20000 40000 60000",
	} {
		if diff := cmp.Diff(want, strings.Join(grid(t, n), " ")); diff != "" {
			t.Errorf("%d:\n%s", n, diff)
		}
	}
	is := is.New(t)
	for _, n := range []int64{9, 10, 11, 99, 12_345, 1<<40 + 7, math.MaxInt64 / 4, math.MaxInt64} {
		ticks := grid(t, n)
		is.True(len(ticks) >= 3 && len(ticks) <= 6) // neither bare nor crowded
		last := int64(-1)
		for _, s := range ticks {
			v, err := strconv.ParseInt(s, 10, 64)
			is.NoErr(err)
			is.True(v > last) // no overflow
			last = v
		}
		is.True(last >= n || n > math.MaxInt64/2)
	}
}

func TestTheAxisIsNeverCrowded(t *testing.T) {
	for _, n := range []int{1, 7, 12, 24, 31, 53, 90, 366, 4400} {
		columns := days(n)
		for i := range columns {
			columns[i].Label = "label"
		}
		all := parse(t, draw(t, chart.Share{Frame: frame("s"), Series: outcomes, Columns: columns}))
		wide, narrow := 0, 0
		for _, e := range find(all, "text") {
			if e.text == "label" {
				wide++
				if e.attrs["class"] == "" {
					narrow++
				}
			}
		}
		if wide == 0 || wide > 13 || narrow == 0 || narrow > 5 {
			t.Errorf("%d columns: %d labels on a wide screen, %d on a narrow one", n, wide, narrow)
		}
	}
}
