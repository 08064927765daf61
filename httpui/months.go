package httpui

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/export"
)

// Bounds of what is shown month by month.
const (
	fewestMonths = 12
	mostMonths   = 24
)

// monthsOf is the stretch of whole months around a period: one of fewer months
// is lengthened backwards to a year, one of more is cut to its end.
func monthsOf(p aggregate.Period) (aggregate.Period, bool) {
	if !p.Bounded() || !p.From().Before(p.To()) {
		return p, false
	}
	end := aggregate.Month.Add(p.To().Add(-1), 1)
	from := aggregate.Month.Start(p.From())
	if least := aggregate.Month.Add(end, -fewestMonths); from.After(least) {
		from = least
	}
	if most := aggregate.Month.Add(end, -mostMonths); from.Before(most) {
		from = most
	}
	return aggregate.Between(from, end, p.Location()), true
}

// matrixOf is what the table of clients by month shows for p: p itself, so that
// its sums are those of every other page. A period within one month, of which
// there would be a single column, is lengthened backwards to a year, and one of
// very many months is cut to its end; then note says so.
func (r *request) matrixOf(p aggregate.Period) (shown aggregate.Period, note string, ok bool) {
	months, ok := monthsOf(p)
	if !ok {
		return p, "", false
	}
	switch last := p.To().Add(-1); {
	case aggregate.Month.Start(p.From()).Equal(aggregate.Month.Start(last)):
		end := aggregate.EachDay.Add(aggregate.EachDay.Start(last), 1)
		return aggregate.Between(months.From(), end, p.Location()), r.text.T("clients.monthsBefore", int64(fewestMonths)), true
	case p.From().Before(months.From()):
		return aggregate.Between(months.From(), p.To(), p.Location()), r.text.T("clients.monthsLast", int64(mostMonths)), true
	}
	return p, "", true
}

// clientMonths is the table of successful authentications by client and
// month.
func (h *Handler) clientMonths(w http.ResponseWriter, r *request, v view, search string) error {
	s := r.scope(&v)
	data := r.clientsPage(&v, search)
	data.List = widget{ID: "months", Title: r.text.T("clients.matrix")}
	months, note, ok := r.matrixOf(s.shown)
	if data.List.Note = note; !ok {
		data.List.Note = r.text.T("state.exprNoTrend")
	} else {
		f := v.filter
		f.Operation = successOperation
		rows, err := r.sums(aggregate.Query{Period: months, Filter: f, By: aggregate.ByClient, Step: aggregate.Month})
		if data.List.Fault = r.fault(err); err == nil {
			data.List.Grid = r.monthGrid(&v, s, months, rows, search)
			data.Count = r.text.T("clients.count", int64(len(data.List.Grid.Rows)))
			if note != "" {
				data.List.Grid.Notes = append(data.List.Grid.Notes, note)
			}
			r.paginate(&v, data.List.Grid, pageRows)
		}
	}
	return r.render(w, &page{
		name: "clients", title: r.text.T("clients.title"), view: v, bar: true, scope: s, data: data,
		grids: []*grid{data.List.Grid},
	})
}

func (r *request) monthGrid(v *view, s *scope, months aggregate.Period, rows []aggregate.Row, search string) *grid {
	g := &grid{ID: "months", Caption: r.text.T("clients.matrix"), Period: r.text.Period(months, s.bounds)}
	g.Columns = []gridColumn{{Name: r.text.T("table.client")}}
	points := aggregate.Series(nil, months, aggregate.Month)
	at := make(map[int64]int, len(points))
	for i, p := range points {
		at[aggregate.Month.Start(p.Start).Unix()] = i
		first, last := aggregate.DayOf(p.Start, r.h.loc), aggregate.DayOf(p.End.Add(-1), r.h.loc)
		g.Columns = append(g.Columns, gridColumn{Name: r.text.MonthPart(first, last), Kind: export.Int})
	}
	g.Columns = append(g.Columns, gridColumn{Name: r.text.T("table.total"), Kind: export.Int, Chart: true})

	type line struct {
		entry
		counts []int64
		total  int64
	}
	var lines []*line
	index := make(map[string]*line)
	sums := line{counts: make([]int64, len(points))}
	for _, row := range rows {
		id := row.Key.ClientID
		l := index[id]
		if l == nil {
			l = &line{entry: r.newEntry(id, aggregate.ByClient), counts: make([]int64, len(points))}
			if !matches(search, l.Name, l.ID, l.Institution) {
				continue
			}
			index[id] = l
			lines = append(lines, l)
		}
		i := at[row.Start.Unix()]
		l.counts[i] += row.Count
		l.total += row.Count
		sums.counts[i] += row.Count
		sums.total += row.Count
	}
	byName := r.text.Compare()
	slices.SortStableFunc(lines, func(a, b *line) int { return cmp.Or(cmp.Compare(b.total, a.total), byName(a.Name, b.Name)) })
	cells := func(first cell, l *line) []cell {
		out := []cell{first}
		for i, n := range l.counts {
			if n == 0 && points[i].Start.After(r.now) {
				out = append(out, r.missing())
				continue
			}
			out = append(out, r.intCell(n))
		}
		return append(out, r.intCell(l.total))
	}
	for _, l := range lines {
		name := textCell(l.Name)
		name.URL = clientLink(v, l.ID)
		g.Rows = append(g.Rows, gridRow{Cells: cells(name, l)})
	}
	g.Total = cells(textCell(r.text.T("table.total")), &sums)
	return g
}
