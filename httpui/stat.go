package httpui

import (
	"cmp"
	"slices"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/export"
	"github.com/e-gov/tarastat/report"
)

// statPath is the page of the specification's statistics, and an old endpoint.
const statPath = "/stat"

// statData is the specification's statistics: how many, by client application,
// method and bank, and what became of them.
type statData struct {
	State *emptyState
	List  widget
	Group []widget // the same events by one field each
}

// statRows is how many rows of the table stand on one page.
const statRows = 200

func fillStat(v *visit) (content, error) {
	stat, err := v.report.Stat(v.Context())
	data := statData{List: v.widget("stat", v.text.T("stat.title"), err)}
	if err == nil {
		data.State = v.emptyState(stat.Total())
		data.List.Grid = v.statGrid(data.List, stat)
		data.Group = v.statGroups(stat)
	}
	return content{data: data, widgets: append([]widget{data.List}, data.Group...)}, nil
}

// statGrid is one row for each client, method and bank, sorted by the names
// that are shown.
func (v *visit) statGrid(w widget, stat report.Stat) *grid {
	type line struct {
		client, method, bank string
		report.StatRow
	}
	lines := make([]line, len(stat.Rows))
	for i, row := range stat.Rows {
		lines[i] = line{v.names.client(row.Client), v.text.Method(row.Method), v.text.Bank(row.Bank), row}
	}
	byName := v.text.Compare()
	slices.SortStableFunc(lines, func(a, b line) int {
		return cmp.Or(byName(a.client, b.client), cmp.Compare(a.Client, b.Client), byName(a.method, b.method), byName(a.bank, b.bank))
	})
	g := &grid{ID: w.ID, Caption: w.Title, Period: v.period()}
	for _, key := range []string{"table.client", "table.method", "table.bank"} {
		g.Columns = append(g.Columns, gridColumn{Name: v.text.T(key)})
	}
	columns, r := statColumns(), &rows{visit: v}
	for _, c := range columns {
		g.Columns = append(g.Columns, gridColumn{Name: v.text.T(c.key), Kind: c.kind, Chart: c.chart})
	}
	cells := func(figures report.Figures, names ...cell) []cell {
		for _, c := range columns {
			names = append(names, c.cell(r, &report.Entry{Figures: figures}))
		}
		return names
	}
	for _, l := range lines {
		name := textCell(l.client)
		name.URL = v.clientLink(l.Client)
		g.Rows = append(g.Rows, gridRow{Cells: cells(l.Figures, name, textCell(l.method), textCell(l.bank))})
	}
	g.Total = cells(report.FiguresOf(stat.Total()), textCell(v.text.T("table.total")), cell{}, cell{})
	v.paginate(g, statRows)
	return g
}

// statColumns are the figures of every table on the page.
func statColumns() []column {
	return []column{
		attemptsColumn(), successesColumn(), failuresColumn(), rateColumn(),
		{key: "stat.records", kind: export.Int, cell: func(r *rows, e *report.Entry) cell { return intCell(r.text, e.Events()) }},
	}
}

// statGroups are the totals by client, by method and by bank.
func (v *visit) statGroups(stat report.Stat) []widget {
	var out []widget
	for _, g := range []struct {
		by       aggregate.Dim
		id, head string
	}{
		{aggregate.ByMethod, "methods", "table.method"},
		{aggregate.ByClient, "clients", "table.client"},
		{aggregate.ByBank, "banks", "table.bank"},
	} {
		b := stat.By(g.by)
		if len(b.Entries) == 0 {
			continue
		}
		w := widget{ID: g.id, Title: v.text.T("stat.by", v.text.T(g.head))}
		w.Grid = v.grid(w, table{by: g.by, columns: append([]column{nameColumn(g.head)}, statColumns()...)}, b)
		v.paginate(w.Grid, pageRows)
		out = append(out, w)
	}
	return out
}
