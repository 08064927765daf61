package httpui

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/e-gov/tarastat/aggregate"
)

// clientsPath is the page of all client applications; the page of one lies
// under it.
const clientsPath = "/kliendid"

// Parameters of the page of client applications.
const (
	paramShow   = "show" // which clients: see the constants below
	paramSearch = "q"
	paramSort   = "sort" // name of a column, a hyphen before it for descending

	showNew    = "new"
	showSilent = "silent"
	showMonths = "months"
	showActive = "active"
)

// clientsData is the page of all client applications.
type clientsData struct {
	State  *emptyState
	Shows  []link
	Search string
	Keep   []param // hidden fields of the search form
	Path   string
	Note   string // what the chosen list means
	Count  string
	List   widget
}

// clientLink is the address of the page of one client application.
func clientLink(v *view, id string) string {
	if id == "" {
		return ""
	}
	return v.link(clientsPath+"/"+url.PathEscape(id), param{paramClient, unset})
}

func (h *Handler) allClients(w http.ResponseWriter, r *request) error {
	v, redirect := r.view(w)
	if redirect {
		return nil
	}
	show := v.keep(paramShow, showActive, showNew, showSilent, showMonths)
	search := strings.TrimSpace(v.query.Get(paramSearch))
	if len(search) > maxFilterBytes {
		search = ""
	}
	if search != "" {
		v.own = append(v.own, param{paramSearch, search})
	}
	if show == showMonths {
		return h.clientMonths(w, r, v, search)
	}
	s := r.scope(&v)
	var q questions
	ask := q.askBreakdown(s, v.filter, aggregate.ByClient, 0, s.measure(), nil)
	step := trendStep(s.shown)
	var trends *answer
	if step != aggregate.Whole {
		f := v.filter
		f.Operation = s.operation()
		trends = q.add(aggregate.Query{Period: s.shown, Filter: f, By: aggregate.ByClient | aggregate.ByOperation, Step: step})
	}
	r.ask(&q)

	data := r.clientsPage(&v, search)
	data.List = widget{ID: "clients", Title: r.text.T("clients.title"), Fault: r.fault(ask.err())}
	if data.List.Fault == nil {
		b := ask.result(r, s)
		data.State = r.emptyState(&v, s, b.Total.tally())
		if data.State != nil && show == showSilent && b.Total.Previous != nil {
			data.State = nil // nobody is there, which is what was asked
		}
		if err := r.fillSeen(b.Entries, s); err != nil {
			r.note(err)
		}
		b = r.chosenClients(b, s.measure(), show, search)
		if trends != nil && trends.err == nil {
			r.fillTrends(b.Entries, trends, s.operation(), s.shown)
		}
		r.clientList(&v, s, &data, b)
	}
	switch {
	case show == showSilent && !s.compared:
		data.Note = r.text.T("clients.silentNeedsComparison")
	case show == showSilent:
		data.Note = r.text.T("clients.silentHint")
	case show == showNew:
		data.Note = r.text.T("clients.newHint")
	}
	return r.render(w, &page{
		name: "clients", title: r.text.T("clients.title"), view: v, bar: true, scope: s, data: data,
		grids: []*grid{data.List.Grid},
	})
}

// clientsPage is what stands over every list of clients.
func (r *request) clientsPage(v *view, search string) clientsData {
	data := clientsData{Search: search, Path: v.path}
	for _, p := range append(v.params(), v.own...) {
		if p.Name != paramSearch {
			data.Keep = append(data.Keep, p)
		}
	}
	for _, s := range []struct{ value, key string }{
		{unset, "clients.all"}, {showNew, "clients.new"}, {showSilent, "clients.silent"}, {showMonths, "clients.byMonth"},
	} {
		chosen := v.query.Get(paramShow)
		data.Shows = append(data.Shows, link{
			Text: r.text.T(s.key), URL: v.here(param{paramShow, s.value}),
			Current: chosen == s.value || chosen == "" && s.value == unset,
		})
	}
	return data
}

// chosenClients keeps those that were asked for. The total becomes theirs.
func (r *request) chosenClients(b breakdown, m measure, show, search string) breakdown {
	keep := func(e *entry) bool {
		switch show {
		case showNew:
			return e.New
		case showSilent:
			return e.Silent
		}
		return true
	}
	out := breakdown{Total: b.Total}
	for i := range b.Entries {
		if e := &b.Entries[i]; keep(e) && matches(search, e.Name, e.ID, e.Institution) {
			out.Entries = append(out.Entries, *e)
		}
	}
	if len(out.Entries) < len(b.Entries) {
		out.Total = b.sum(b.Total.Name, out.Entries, m)
	}
	return out
}

// matches reports whether any of the texts holds what is searched for,
// whatever its case.
func matches(search string, texts ...string) bool {
	search = strings.ToLower(search)
	return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ToLower(t), search) })
}

// clientList is the table of clients: sorted, and one page of it.
func (r *request) clientList(v *view, s *scope, data *clientsData, b breakdown) {
	if len(b.Entries) == 0 {
		if data.Search != "" {
			data.List.Note = r.text.T("clients.noneMatch", data.Search)
		} else {
			data.List.Note = r.text.T("clients.none")
		}
		return
	}
	data.Count = r.text.T("clients.count", int64(len(b.Entries)))
	columns := []entryColumn{nameColumn("table.client")}
	if slices.ContainsFunc(b.Entries, func(e entry) bool { return e.Institution != "" }) {
		columns = append(columns, institutionColumn())
	}
	columns = append(columns, attemptsColumn(), successesColumn(), failuresColumn(), rateColumn(), changeColumn(), trendColumn(), firstColumn(), lastColumn())
	columns = fairColumns(s, columns)
	sorted := r.sortEntries(v, b.Entries, columns)
	g := r.entryGrid(s, entryTable{
		id: data.List.ID, caption: data.List.Title, by: aggregate.ByClient, measure: s.measure(), columns: columns,
		link: func(e *entry) string { return clientLink(v, e.ID) },
	}, b)
	for i, c := range columns {
		if c.sort == "" {
			continue
		}
		by := "-" + c.sort // figures are asked for from the greatest down
		if c.sort == "name" || c.sort == "institution" {
			by = c.sort
		}
		switch sorted {
		case c.sort:
			g.Columns[i].Sorted, by = "ascending", "-"+c.sort
		case "-" + c.sort:
			g.Columns[i].Sorted, by = "descending", c.sort
		}
		g.Columns[i].SortURL = v.here(param{paramSort, by})
	}
	r.paginate(v, g, pageRows)
	data.List.Grid = g
}

// sortEntries sorts as the address asks and returns how, as a value of
// paramSort.
func (r *request) sortEntries(v *view, entries []entry, columns []entryColumn) string {
	by := v.query.Get(paramSort)
	name := strings.TrimPrefix(by, "-")
	i := slices.IndexFunc(columns, func(c entryColumn) bool { return c.sort != "" && c.sort == name })
	if i < 0 {
		if slices.ContainsFunc(columns, func(c entryColumn) bool { return c.sort == sortSuccesses }) {
			return "-" + sortSuccesses
		}
		return "-" + sortFailures
	}
	v.own = append(v.own, param{paramSort, by})
	byName := r.text.Compare()
	t := entryTable{by: aggregate.ByClient}
	compare := func(a, b *entry) int {
		return compareValues(columns[i].cell(r, a, &t).Value, columns[i].cell(r, b, &t).Value, byName)
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		if strings.HasPrefix(by, "-") {
			return compare(&b, &a)
		}
		return compare(&a, &b)
	})
	return by
}

// compareValues orders the values of one column; what is missing comes first.
func compareValues(a, b any, byName func(a, b string) int) int {
	if a == nil || b == nil {
		return cmp.Compare(boolInt(a != nil), boolInt(b != nil))
	}
	switch a := a.(type) {
	case int64:
		return cmp.Compare(a, b.(int64))
	case float64:
		return cmp.Compare(a, b.(float64))
	case aggregate.Day:
		return cmp.Compare(a, b.(aggregate.Day))
	case string:
		return byName(a, b.(string))
	}
	return 0
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
