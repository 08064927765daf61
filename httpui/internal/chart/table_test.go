package chart_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/httpui/internal/chart"
)

func ExampleColumns_Table() {
	c := chart.Columns{
		Words:  chart.Words{Step: "Aeg", Total: "Kokku", Gap: "andmed puuduvad"},
		Series: []chart.Series{{Name: "Edukad", Look: chart.Success}, {Name: "Ebaõnnestumised", Look: chart.Failure}},
		Columns: []chart.Column{
			{Name: "27.04.2018", Values: []int64{48213, 2101}},
			{Name: "28.04.2018", State: chart.Gap, Reason: "saatja vaikis"},
		},
	}
	t := c.Table()
	fmt.Println(t.Head)
	for _, r := range t.Rows {
		fmt.Printf("%s %v %q\n", r.Label, r.Cells, r.Note)
	}
	fmt.Println(t.Total)
	// Output:
	// [Aeg Edukad Ebaõnnestumised Kokku]
	// 27.04.2018 [{48213 false} {2101 false} {50314 false}] ""
	// 28.04.2018 [{0 true} {0 true} {0 true}] "andmed puuduvad: saatja vaikis"
	// [48213 2101 50314]
}

func ExampleBar_HTML() {
	fmt.Println(chart.Bar{Value: 25, Max: 200}.HTML())
	// Output:
	// <svg class="chart-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="chart-ink-1" width="12.5" height="10"/></svg> <nil>
}

func ExampleSparkline_HTML() {
	fmt.Println(chart.Sparkline{Values: []chart.Cell{{N: 1}, {N: 2}}}.HTML())
	// Output:
	// <svg class="chart-spark" viewBox="0 0 10 24" preserveAspectRatio="none" aria-hidden="true"><path d="M0 12h0L10 2"/><path class="chart-spark-dot" d="M10 2h0"/></svg> <nil>
}

func TestASparklineEndsWhereItsFiguresEnd(t *testing.T) {
	is := is.New(t)
	spark := chart.Sparkline{Values: []chart.Cell{{N: 2}, {N: 4}, {N: 1}, {None: true}}, Running: true}
	paths := find(parse(t, draw(t, spark)), "path")
	var got []string
	for _, p := range paths {
		got = append(got, p.attrs["class"]+" "+p.attrs["d"])
	}
	is.Equal(got, []string{
		" M0 12h0L10 2",                  // final
		"chart-spark-tail M10 2h0L20 17", // still running
		"chart-spark-dot M20 17h0",       // the last figure
	})
}

func TestTablesAddUpToTheirInput(t *testing.T) {
	is := is.New(t)
	columns := week()
	columns[2].State, columns[2].Values = chart.Gap, []int64{4, 0} // a gap that is none after all
	var good, bad, reference int64
	for _, c := range columns {
		if c.Values != nil {
			good, bad = good+c.Values[0], bad+c.Values[1]
		}
		if c.HasReference {
			reference += c.Reference
		}
	}
	c := chart.Columns{Words: words, Series: outcomes, Columns: columns, Reference: "Märts"}
	is.Equal(c.Table().Total, []int64{good, bad, good + bad, reference})
	s := chart.Share{Words: words, Series: outcomes, Columns: columns}
	is.Equal(s.Table().Total, []int64{good, bad, good + bad})

	h := charts()["heatmap"].(chart.HeatMap)
	is.Equal(h.Table().Total, []int64{15, 8, 23})
	is.Equal(h.Table().Rows[0].Cells, []chart.Cell{{N: 0}, {N: 0}, {N: 0}})

	k := charts()["coverage"].(chart.Coverage)
	is.Equal(k.Table().Total, []int64{int64(len(k.Days))})
}

func TestATableKeepsLinksNotesAndOrder(t *testing.T) {
	table := charts()["columns"].(chart.Columns).Table()
	var got []string
	for _, r := range table.Rows {
		got = append(got, fmt.Sprint(r.Label, " ", r.Href, " ", r.Cells, " ", r.Note))
	}
	want := []string{
		"01.04.2018 /?p=2018-04-01 [{1000 false} {66 false} {1066 false} {950 false}] ",
		"02.04.2018 /?p=2018-04-02 [{1037 false} {69 false} {1106 false} {0 true}] ",
		"03.04.2018 /?p=2018-04-03 [{0 true} {0 true} {0 true} {1024 false}] andmed puuduvad: saatja vaikis",
		"04.04.2018 /?p=2018-04-04 [{0 true} {0 true} {0 true} {1061 false}] andmed puuduvad: saatja vaikis",
		"05.04.2018 /?p=2018-04-05 [{1148 false} {76 false} {1224 false} {1098 false}] osaline",
		"06.04.2018 /?p=2018-04-06 [{0 false} {3 false} {3 false} {1135 false}] ",
		"07.04.2018 /?p=2018-04-07 [{1222 false} {81 false} {1303 false} {1172 false}] kestab veel",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCoverageJoinsEqualDays(t *testing.T) {
	k := charts()["coverage"].(chart.Coverage)
	var got []string
	for _, r := range k.Table().Rows {
		got = append(got, fmt.Sprint(r.Label, " ", r.Cells[0].N, " ", r.Note))
	}
	want := []string{
		"2018-04-29–2018-04-30 2 kustutatud",
		"2018-05-01 1 andmeteta: katkestus",
		"2018-05-02–2018-05-03 2 täielik",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
