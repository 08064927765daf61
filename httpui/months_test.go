package httpui_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui"
)

// TestMonthsAreOfThePeriod holds the table of clients by month against the
// events: its total is that of the period it names, which is the one asked for
// unless that has a single month or very many.
func TestMonthsAreOfThePeriod(t *testing.T) {
	tests := []struct {
		period, shown string
		first, last   string // heads
		note          string // part of it; "" for none
	}{
		{"2017-11-22/2018-04-21", "2017-11-22/2018-04-21", "nov 2017 (22.–30.)", "apr 2018 (1.–21.)", ""},
		{"2018-Q1", "2018-Q1", "jaan 2018", "märts 2018", ""},
		{"2018-02-28/2018-03-01", "2018-02-28/2018-03-01", "veebr 2018 (28.)", "märts 2018 (1.)", ""},
		{"2018-04", "2017-05/2018-04", "mai 2017", "apr 2018", "ühe kuu sisse"},
		{"2018-04-21", "2017-05-01/2018-04-21", "mai 2017", "apr 2018 (1.–21.)", "ühe kuu sisse"},
		{"2018-04-21T10", "2017-05-01/2018-04-21", "mai 2017", "apr 2018 (1.–21.)", "ühe kuu sisse"},
		{"2016/2018", "2017/2018", "jaan 2017", "dets 2018", "viimast 24 kuud"},
	}
	s := spring(t)
	b := browse(t, httpui.New(s, options()))
	for _, tt := range tests {
		t.Run(tt.period, func(t *testing.T) {
			is := is.New(t)
			url := "/kliendid?show=months&p=" + escape(tt.period)
			var file struct {
				Columns []struct{ Name string }
				Total   []any
			}
			is.NoErr(json.Unmarshal(b.get(url+"&table=months&format=json").Body.Bytes(), &file))
			want := aggregate.Total(aggregate.Count(s.events, aggregate.Query{Period: mustPeriod(t, tt.shown), By: aggregate.ByOperation})).Successes
			is.Equal(file.Total[len(file.Total)-1], float64(want))
			heads := []string{file.Columns[1].Name, file.Columns[len(file.Columns)-2].Name}
			if diff := cmp.Diff([]string{tt.first, tt.last}, heads); diff != "" {
				t.Error(diff)
			}
			doc, _ := b.page(url)
			hints := ""
			for _, n := range doc.all("#months .hint") {
				hints += n.text()
			}
			is.True(strings.Contains(hints, tt.note) && (hints == "") == (tt.note == ""))
		})
	}
}
