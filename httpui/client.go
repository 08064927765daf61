package httpui

import (
	"net/http"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/web"
)

// clientData is the page of one client application.
type clientData struct {
	ID, Name    string
	Institution string
	Seen        string // first and last event
	BackURL     string
	MethodsURL  string
	State       *emptyState
	Fault       *fault
	Tiles       []tile
	Trend       widget
	Methods     widget
	Errors      widget
	Pattern     widget
}

func (h *Handler) client(w http.ResponseWriter, r *request) error {
	v, redirect := r.view(w)
	if redirect {
		return nil
	}
	id := r.PathValue("id")
	if len(id) > maxFilterBytes {
		return web.Fail(http.StatusNotFound, 0, nil)
	}
	hours := v.keep(paramShow, showHours) != ""
	s := r.scope(&v)
	f := v.filter
	f.ClientID = id
	failed := f
	failed.Operation = event.Failed
	var q questions
	trend := q.askSeries(s, f, aggregate.ByMethod)
	methods := q.askBreakdown(s, f, aggregate.ByMethod, 0, s.measure(), trend.answer())
	errors := q.askBreakdown(s, failed, aggregate.ByErrorCode, 0, failures, nil)
	var pattern *answer
	if hours && patternAllowed(s) {
		pattern = q.add(aggregate.Query{Period: s.shown, Filter: f, Step: aggregate.Hour})
	}
	r.ask(&q)

	e := r.newEntry(id, aggregate.ByClient)
	data := clientData{
		ID: id, Name: e.Name, Institution: e.Institution, BackURL: v.link(clientsPath),
		MethodsURL: v.link(methodsPath, param{paramClient, id}),
	}
	known, err := r.clientSeen(&data)
	if err != nil {
		r.note(err)
	}
	byMethod := methods.result(r, s)
	if data.Fault = r.fault(methods.err()); data.Fault == nil {
		data.State = r.emptyState(&v, s, byMethod.Total.tally())
		data.Tiles = r.tiles(&v, s, byMethod)
		data.Tiles = data.Tiles[:len(data.Tiles)-1] // a client has no number of active clients
		data.Tiles[len(data.Tiles)-1].URL = ""
	}
	if !known && err == nil && data.State != nil && data.State.Connect == nil {
		return web.Fail(http.StatusNotFound, 0, nil)
	}
	data.Trend = r.trendWidget(&v, s, trend, r.text.T("client.trend"))
	data.Methods = r.methodTable(&v, s, methods)
	if data.Methods.Grid != nil {
		data.Methods.Note = ""
		for i := range data.Methods.Grid.Rows {
			data.Methods.Grid.Rows[i].Cells[0].URL = v.link(methodsPath, param{paramClient, id}, param{paramMethod, byMethod.Entries[i].ID})
		}
	}
	data.Errors = r.errorTrends(&v, s, errors)
	data.Pattern = r.patternWidget(&v, s, pattern)
	return r.render(w, &page{
		name: "client", title: e.Name, view: v, bar: true, scope: s, data: data,
		grids: []*grid{data.Trend.Grid, data.Methods.Grid, data.Errors.Grid, data.Pattern.Grid},
	})
}

// clientSeen says when the client was first and last seen, and reports whether
// it ever was.
func (r *request) clientSeen(data *clientData) (bool, error) {
	seen, err := r.seen()
	c, ok := seen[data.ID]
	if ok {
		data.Seen = r.text.T("client.seen", r.text.Day(c.First), r.text.Day(c.Last))
	}
	return ok, err
}
