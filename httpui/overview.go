package httpui

import (
	"net/http"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// overviewData is the front page: the specification's standard figures, then
// what the chosen period came to.
type overviewData struct {
	Standard []tile
	State    *emptyState // in the place of everything below it
	Tiles    []tile
	Fault    *fault // of the tiles
	Trend    widget
	Shares   widget
	Methods  widget
	Clients  widget
	Errors   widget
}

// topClients and topErrors are how many of each the front page shows.
const (
	topClients = 10
	topErrors  = 5
)

func (h *Handler) overview(w http.ResponseWriter, r *request) error {
	v, redirect := r.view(w)
	if redirect {
		return nil
	}
	s := r.scope(&v)
	var q questions
	standard := r.askStandard(&q)
	trend := q.askSeries(s, v.filter, aggregate.ByMethod)
	clients := q.askBreakdown(s, v.filter, aggregate.ByClient, 0, s.measure(), nil)
	methods := q.askBreakdown(s, v.filter, aggregate.ByMethod, 0, s.measure(), trend.answer())
	failed := v.filter
	failed.Operation = event.Failed
	errors := q.askBreakdown(s, failed, aggregate.ByErrorCode, 0, failures, nil)
	r.ask(&q)

	data := overviewData{Standard: r.standardTiles(&v, s, standard)}
	byClient := clients.result(r, s)
	byMethod := methods.result(r, s)
	if data.Fault = r.fault(clients.err()); data.Fault == nil {
		data.State = r.emptyState(&v, s, byClient.Total.tally())
		if err := r.fillSeen(byClient.Entries, s); err != nil {
			r.note(err)
		}
		data.Tiles = r.tiles(&v, s, byClient)
	}
	data.Trend = r.trendWidget(&v, s, trend, r.text.T("overview.trend"))
	if !s.failed {
		data.Shares = r.shareWidget(&v, s, trend, byMethod.Entries)
	}
	data.Methods = r.methodShares(&v, s, methods, byMethod)
	data.Clients = r.topClients(&v, s, clients, byClient)
	data.Errors = r.topErrors(&v, s, errors)
	return r.render(w, &page{
		name: "overview", title: r.text.T("overview.title"), view: v, bar: true, scope: s, data: data,
		grids: []*grid{data.Trend.Grid, data.Shares.Grid, data.Methods.Grid, data.Clients.Grid, data.Errors.Grid},
	})
}

// standardQuery are the specification's standard figures (section 2.2): the
// successful authentications of this day and this month.
type standardQuery struct{ today, month *answer }

func (r *request) askStandard(q *questions) standardQuery {
	ask := func(u aggregate.Unit) *answer {
		return q.add(aggregate.Query{
			Period: aggregate.Of(u, r.now, r.h.loc), Filter: aggregate.Key{Operation: successOperation},
		})
	}
	return standardQuery{ask(aggregate.EachDay), ask(aggregate.Month)}
}

func (r *request) standardTiles(v *view, s *scope, q standardQuery) []tile {
	figure := func(key string, a *answer) tile {
		t := tile{Label: r.text.T(key), Value: r.text.T("common.notCounted"), URL: v.here(param{paramPeriod, a.query.Period.String()})}
		if a.err == nil {
			t.Value = r.text.Int(count(a.rows))
		} else {
			r.note(a.err)
		}
		return t
	}
	tiles := []tile{
		figure("overview.today", q.today),
		figure("overview.thisMonth", q.month),
		{Label: r.text.T("stat.records"), Value: r.text.Int(s.bounds.Records)},
		{Label: r.text.T("data.oldest"), Value: r.text.T("common.notCounted")},
	}
	if s.bounds.Records > 0 {
		tiles[3].Value = r.text.Day(s.bounds.First)
	}
	if r.h.receives() {
		tiles = append(tiles, r.receptionTiles(s.bounds)...)
	}
	return tiles
}

// tiles are the figures of the period that decide.
func (r *request) tiles(v *view, s *scope, clients breakdown) []tile {
	total := clients.Total
	period := r.text.Period(s.period, s.bounds)
	out := []tile{
		{
			Label: r.text.T("figure.successes"), Value: r.text.Int(total.Successes), Of: period, Term: "success",
			Change: r.changeText(s, total.compared.Successes, total.Previous, successes),
		},
		{Label: r.text.T("figure.rate"), Value: r.rateCell(total.figures).Text, Of: period, Term: "rate", Change: r.pointsText(s, total)},
		{
			Label: r.text.T("figure.failures"), Value: r.text.Int(total.Failures), Of: period, Term: "failure",
			Change: r.changeText(s, total.compared.Failures, total.Previous, failures), URL: v.link(methodsPath) + "#errors",
		},
	}
	active, fresh, silent := census(clients.Entries)
	tile := tile{Label: r.text.T("figure.active"), Value: r.text.Int(int64(active)), Of: period, Term: "active", URL: v.link(clientsPath)}
	if s.compared {
		tile.Detail = r.text.T("figure.newAndSilent", fresh, silent)
	}
	if s.failed {
		out = out[2:]
	}
	return append(out, tile)
}

// census counts clients: those with events, those that began, those that fell
// silent.
func census(clients []entry) (active, fresh, silent int) {
	for _, e := range clients {
		if e.tally().Events() > 0 {
			active++
		}
		if e.New {
			fresh++
		}
		if e.Silent {
			silent++
		}
	}
	return active, fresh, silent
}

// changeText says how a figure changed against the reference period, or
// nothing when that may not be said.
func (r *request) changeText(s *scope, now int64, then *figures, m measure) string {
	if then == nil || s.unfair != "" {
		return ""
	}
	old := m(then.tally())
	if old == 0 {
		return ""
	}
	return r.text.T("figure.changeFrom", r.text.Change(float64(now-old)/float64(old)), r.shortPeriod(s))
}

// pointsText says how the success rate changed, in percentage points.
func (r *request) pointsText(s *scope, e entry) string {
	if e.Previous == nil || e.Previous.Rate == nil || s.unfair != "" {
		return ""
	}
	rate, ok := e.compared.Rate()
	if !ok {
		return ""
	}
	return r.text.T("figure.changeFrom", r.text.Points(rate-*e.Previous.Rate), r.shortPeriod(s))
}

func (r *request) shortPeriod(s *scope) string {
	if first, last, ok := s.reference.Days(); ok && s.reference.WholeDays() {
		return r.text.Days(first, last)
	}
	return r.text.Period(s.reference, s.bounds)
}

func (r *request) topClients(v *view, s *scope, q *breakdownQuery, b breakdown) widget {
	w := widget{ID: "clients", Title: r.text.T("overview.topClients"), Fault: r.fault(q.err())}
	if w.Fault != nil {
		return w
	}
	b = b.fold(r, topClients, s.measure())
	w.Grid = r.entryGrid(s, entryTable{
		id: w.ID, caption: w.Title, by: aggregate.ByClient, measure: s.measure(),
		columns: shortColumns(s, "table.client"),
		link: func(e *entry) string {
			if e.rest {
				return ""
			}
			return clientLink(v, e.ID)
		},
	}, b)
	w.More = &link{Text: r.text.T("common.more"), URL: v.link(clientsPath)}
	return w
}

// shortColumns are those of a table of half the width.
func shortColumns(s *scope, head string) []entryColumn {
	counts := successesColumn()
	if s.failed {
		counts = failuresColumn()
	}
	return []entryColumn{nameColumn(head), counts, shareColumn(), changeColumn(), rateColumn()}
}

// methodShares is the table of methods in short; each leads to who uses it.
func (r *request) methodShares(v *view, s *scope, q *breakdownQuery, b breakdown) widget {
	w := widget{ID: "methods", Title: r.text.T("methods.methods"), Fault: r.fault(q.err())}
	if w.Fault != nil {
		return w
	}
	w.Grid = r.entryGrid(s, entryTable{
		id: w.ID, caption: w.Title, by: aggregate.ByMethod, measure: s.measure(),
		columns: shortColumns(s, "table.method"),
		link:    func(e *entry) string { return methodLink(v, e.ID) },
	}, b)
	return w
}

func (r *request) topErrors(v *view, s *scope, q *breakdownQuery) widget {
	w := widget{ID: "errors", Title: r.text.T("overview.topErrors"), Fault: r.fault(q.err())}
	if w.Fault != nil {
		return w
	}
	b := q.result(r, s)
	if b.Total.Failures == 0 {
		w.Note = r.text.T("methods.noErrors")
		return w
	}
	b = b.fold(r, topErrors, failures)
	w.Grid = r.entryGrid(s, errorTable(v, w.ID, w.Title), b)
	w.More = &link{Text: r.text.T("common.more"), URL: v.link(methodsPath) + "#errors"}
	return w
}

// errorTable is the table of error codes, without their trend.
func errorTable(v *view, id, caption string) entryTable {
	return entryTable{
		id: id, caption: caption, by: aggregate.ByErrorCode, measure: failures,
		columns: []entryColumn{nameColumn("table.errorCode"), failuresColumn(), shareColumn(), changeColumn()},
		link: func(e *entry) string {
			if e.ID == "" || e.rest {
				return "" // an empty filter asks for nothing
			}
			return v.link(methodsPath, param{paramError, e.ID})
		},
	}
}
