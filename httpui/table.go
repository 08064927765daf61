package httpui

import (
	"cmp"
	"slices"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/chart"
	"github.com/e-gov/tarastat/httpui/internal/export"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/report"
)

// table is how a breakdown is shown as a grid.
type table struct {
	by      aggregate.Dim // of the entries; 0 for what has no field of its own
	columns []column
	link    func(id string) string // of the name; nil for none
}

// column is one column of a table.
type column struct {
	sort   string // its name in addresses; "" when it does not sort
	key    string // of its head in the catalogue
	head   string // in words, where there is no key
	kind   export.Kind
	visual bool // a picture: not in files
	chart  bool // in the chart of a file
	cell   func(r *rows, e *report.Entry) cell

	// compare orders entries as the column does; what is missing comes first.
	compare func(a, b *report.Entry, byName func(a, b string) int) int
}

// rows are what the cells of a table have in common.
type rows struct {
	*visit
	table
	measure report.Measure
	most    int64 // of the measured figure, for bars; 0 in the total
	begun   int   // steps of the trends that sparklines show; 0 in the total
	running bool  // the last of them is not over
}

// fitting leaves out the columns that would say nothing, or nothing true:
// changes where none may be shown, for which the period bar gives the reason,
// and all but failures where the filter leaves nothing else.
func fitting(columns []column, b report.Breakdown) []column {
	return slices.DeleteFunc(columns, func(c column) bool {
		switch c.sort {
		case sortChange:
			return !b.Fair
		case sortRate, sortAttempts, sortSuccesses:
			return b.Measure == report.Failures
		}
		return false
	})
}

// tableWidget is a widget of a breakdown as a table alone.
func (v *visit) tableWidget(id, title string, t table, b report.Breakdown, err error) widget {
	w := v.widget(id, title, err)
	if err == nil {
		w.Grid = v.grid(w, t, b)
	}
	return w
}

// grid shows a breakdown as the table of a widget.
func (v *visit) grid(w widget, t table, b report.Breakdown) *grid {
	t.columns = fitting(t.columns, b)
	r := &rows{visit: v, table: t, measure: b.Measure, begun: b.Begun, running: v.report.Period.Running(v.now)}
	for i := range b.Entries {
		if e := &b.Entries[i]; e.Rest == 0 {
			r.most = max(r.most, b.Measure.Of(e.Tally))
		}
	}
	g := &grid{ID: w.ID, Caption: w.Title, Period: v.period()}
	for _, c := range t.columns {
		head := c.head
		if head == "" {
			head = v.text.T(c.key)
		}
		g.Columns = append(g.Columns, gridColumn{Name: head, Kind: c.kind, Visual: c.visual, Chart: c.chart})
	}
	for i := range b.Entries {
		e := &b.Entries[i]
		row := gridRow{Quiet: e.Silent, Cells: make([]cell, 0, len(t.columns))}
		for _, c := range t.columns {
			row.Cells = append(row.Cells, c.cell(r, e))
		}
		g.Rows = append(g.Rows, row)
	}
	r.most, r.begun = 0, 0
	g.Total = []cell{textCell(b.Total.Name)}
	for _, c := range t.columns[1:] {
		g.Total = append(g.Total, c.cell(r, &b.Total))
	}
	return g
}

// Names of columns in addresses.
const (
	sortName        = "name"
	sortInstitution = "institution"
	sortChange      = "change"
	sortRate        = "rate"
	sortAttempts    = "attempts"
	sortSuccesses   = "successes"
	sortFailures    = "failures"
)

// valued is a column of a value that may be missing; then it comes first.
func valued[T cmp.Ordered](
	sort, key string, kind export.Kind, value func(*report.Entry) *T, text func(*locale.Locale, T) string,
) column {
	return column{
		sort: sort, key: key, kind: kind,
		compare: func(a, b *report.Entry, _ func(a, b string) int) int {
			switch x, y := value(a), value(b); {
			case x != nil && y != nil:
				return cmp.Compare(*x, *y)
			case x == nil && y == nil:
				return 0
			case x == nil:
				return -1
			}
			return 1
		},
		cell: func(r *rows, e *report.Entry) cell {
			x := value(e)
			if x == nil {
				return missing(r.text)
			}
			return cell{Value: *x, Text: text(r.text, *x)}
		},
	}
}

// The columns that tables are made of.

func nameColumn(key string) column {
	return column{
		sort: sortName, key: key,
		compare: func(a, b *report.Entry, byName func(a, b string) int) int { return byName(a.Name, b.Name) },
		cell: func(r *rows, e *report.Entry) cell {
			if e.Rest > 0 {
				return textCell(r.text.T("common.rest", int64(e.Rest)))
			}
			c := textCell(e.Name)
			if r.link != nil {
				c.URL = r.link(e.ID)
			}
			if e.Name != e.ID && (r.by == aggregate.ByClient || r.by == aggregate.ByCountry) {
				c.Code = e.ID
			}
			if r.by == aggregate.ByErrorCode {
				c.Sub = r.text.Fault(e.ID)
			}
			switch {
			case e.New:
				c.Note = r.text.T("clients.isNew")
			case e.Silent && r.by == aggregate.ByClient:
				c.Note = r.text.T("clients.isSilent")
			}
			return c
		},
	}
}

// institutionColumn is shown where the catalogue knows institutions.
func institutionColumn() column {
	return column{
		sort: sortInstitution, key: "table.institution",
		compare: func(a, b *report.Entry, byName func(a, b string) int) int {
			return byName(a.Institution, b.Institution)
		},
		cell: func(_ *rows, e *report.Entry) cell { return textCell(e.Institution) },
	}
}

func attemptsColumn() column {
	value := func(e *report.Entry) *int64 { return &e.Attempts }
	return valued(sortAttempts, "figure.attempts", export.Int, value, (*locale.Locale).Int)
}

func successesColumn() column {
	return measureColumn(report.Successes, sortSuccesses, "figure.successes", chart.Success)
}

func failuresColumn() column {
	return measureColumn(report.Failures, sortFailures, "figure.failures", chart.Failure)
}

// measureColumn shows a figure, with a bar where it is the one measured.
func measureColumn(m report.Measure, sort, key string, look chart.Look) column {
	value := func(e *report.Entry) *int64 { n := m.Of(e.Tally); return &n }
	c := valued(sort, key, export.Int, value, (*locale.Locale).Int)
	c.chart = true
	number := c.cell
	c.cell = func(r *rows, e *report.Entry) cell {
		out := number(r, e)
		if r.measure == m && r.most > 0 && e.Rest == 0 {
			out.Image = inlineBar(m.Of(e.Tally), r.most, look)
		}
		return out
	}
	return c
}

func rateColumn() column {
	value := func(e *report.Entry) *float64 { return e.Rate }
	c := valued(sortRate, "figure.rate", export.Percent, value, (*locale.Locale).Percent)
	c.cell = func(r *rows, e *report.Entry) cell { return rateCell(r.text, e.Figures) }
	return c
}

func shareColumn() column {
	value := func(e *report.Entry) *float64 { return e.Share }
	return valued("share", "figure.share", export.Percent, value, (*locale.Locale).Percent)
}

func changeColumn() column {
	value := func(e *report.Entry) *float64 { return e.Change }
	return valued(sortChange, "figure.change", export.Percent, value, (*locale.Locale).Change)
}

func firstColumn() column {
	value := func(e *report.Entry) *aggregate.Day { return e.First }
	return valued("first", "table.firstSeen", export.Date, value, (*locale.Locale).Day)
}

// lastColumn writes the last day, or only its month, as far as that is known.
func lastColumn(key string, write func(*locale.Locale, aggregate.Day) string) column {
	value := func(e *report.Entry) *aggregate.Day { return e.Last }
	return valued("last", key, export.Date, value, write)
}

func trendColumn() column {
	return column{key: "table.trend", visual: true, cell: func(r *rows, e *report.Entry) cell {
		return cell{Image: sparkline(r.text, e.Name, e.Trend[:min(r.begun, len(e.Trend))], r.running)}
	}}
}
