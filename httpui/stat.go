package httpui

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/export"
	"github.com/e-gov/tarastat/httpui/internal/web"
)

// statData is the specification's statistics: how many, by client application,
// method and bank, and what became of them.
type statData struct {
	State *emptyState
	List  widget
	Group []widget // the same events by one field each
}

// statRows is how many rows of the table stand on one page.
const statRows = 200

func (h *Handler) stat(w http.ResponseWriter, r *request) error {
	w.Header().Add("Vary", "Accept")
	if !web.WantsHTML(r.Request) && !r.URL.Query().Has(paramFormat) {
		return h.legacyStat(w, r)
	}
	v, redirect := r.view(w)
	if redirect {
		return nil
	}
	s := r.scope(&v)
	s.compared, s.unfair, s.failed = false, "", false // this page counts, and judges nothing
	rows, err := r.sums(aggregate.Query{Period: v.period, Filter: v.filter, By: aggregate.ByStat})
	data := statData{List: widget{ID: "stat", Title: r.text.T("stat.title"), Fault: r.fault(err)}}
	var grids []*grid
	if err == nil {
		data.State = r.emptyState(&v, s, aggregate.Total(rows))
		data.List.Grid = r.statGrid(&v, s, rows)
		grids = append(grids, data.List.Grid)
		data.Group = r.statGroups(&v, s, rows)
		for _, g := range data.Group {
			grids = append(grids, g.Grid)
		}
	}
	return r.render(w, &page{name: "stat", title: r.text.T("stat.title"), view: v, bar: true, plain: true, scope: s, data: data, grids: grids})
}

// statGrid is one row for each client, method and bank, sorted by the names
// that are shown.
func (r *request) statGrid(v *view, s *scope, rows []aggregate.Row) *grid {
	type line struct {
		names [3]string
		id    string
		aggregate.Tally
	}
	var lines []*line
	index := make(map[aggregate.Key]*line)
	for _, row := range rows {
		k := row.Key.Keep(aggregate.ByClient | aggregate.ByMethod | aggregate.ByBank)
		l := index[k]
		if l == nil {
			l = &line{id: k.ClientID, names: [3]string{r.clientName(k.ClientID), r.text.Method(k.Method), r.text.Bank(k.Bank)}}
			index[k] = l
			lines = append(lines, l)
		}
		l.Add(row.Key.Operation, row.Count)
	}
	byName := r.text.Compare()
	slices.SortStableFunc(lines, func(a, b *line) int {
		return cmp.Or(byName(a.names[0], b.names[0]), cmp.Compare(a.id, b.id), byName(a.names[1], b.names[1]), byName(a.names[2], b.names[2]))
	})
	g := &grid{ID: "stat", Caption: r.text.T("stat.title"), Period: r.text.Period(s.period, s.bounds)}
	for _, key := range []string{"table.client", "table.method", "table.bank"} {
		g.Columns = append(g.Columns, gridColumn{Name: r.text.T(key)})
	}
	for _, c := range statColumns() {
		g.Columns = append(g.Columns, gridColumn{Name: r.text.T(c.key), Kind: c.kind, Chart: c.chart})
	}
	figures := func(t aggregate.Tally) []cell {
		e := entry{figures: figuresOf(t)}
		var cells []cell
		for _, c := range statColumns() {
			cells = append(cells, c.cell(r, &e, &entryTable{}))
		}
		return cells
	}
	for _, l := range lines {
		name := textCell(l.names[0])
		name.URL = clientLink(v, l.id)
		g.Rows = append(g.Rows, gridRow{Cells: append([]cell{name, textCell(l.names[1]), textCell(l.names[2])}, figures(l.Tally)...)})
	}
	g.Total = append([]cell{textCell(r.text.T("table.total")), {}, {}}, figures(aggregate.Total(rows))...)
	r.paginate(v, g, statRows)
	return g
}

// statColumns are the figures of every table on the page.
func statColumns() []entryColumn {
	return []entryColumn{
		attemptsColumn(), successesColumn(), failuresColumn(), rateColumn(),
		{key: "stat.records", kind: export.Int, cell: func(r *request, e *entry, _ *entryTable) cell {
			return r.intCell(e.tally().Events())
		}},
	}
}

// statGroups are the totals by client, by method and by bank.
func (r *request) statGroups(v *view, s *scope, rows []aggregate.Row) []widget {
	var out []widget
	for _, g := range []struct {
		by       aggregate.Dim
		id, head string
	}{
		{aggregate.ByMethod, "methods", "table.method"},
		{aggregate.ByClient, "clients", "table.client"},
		{aggregate.ByBank, "banks", "table.bank"},
	} {
		q := &breakdownQuery{by: g.by, measure: successes, now: &answer{rows: rows}}
		b := q.result(r, s)
		if g.by == aggregate.ByBank { // events without a bank are no bank's
			b = b.named(successes)
		}
		if len(b.Entries) == 0 {
			continue
		}
		w := widget{ID: g.id, Title: r.text.T("stat.by", r.text.T(g.head))}
		w.Grid = r.entryGrid(s, entryTable{
			id: g.id, caption: w.Title, by: g.by, measure: successes, columns: append([]entryColumn{nameColumn(g.head)}, statColumns()...),
		}, b)
		r.paginate(v, w.Grid, pageRows)
		out = append(out, w)
	}
	return out
}
