package httpui

import (
	"net/url"
	"slices"
	"strings"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/export"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/report"
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
	Keep   []address.Param // hidden fields of the search form
	Path   string
	Note   string // what the chosen list means
	Count  string
	List   widget
}

// clientLink is the address of the page of one client application.
func (v *visit) clientLink(id string) string {
	if id == "" {
		return ""
	}
	return v.view.Link(clientsPath+"/"+url.PathEscape(id), address.Without(address.Client))
}

func fillClients(v *visit) (content, error) {
	show := v.view.Keep(paramShow, showActive, showNew, showSilent, showMonths)
	search := strings.TrimSpace(v.view.Query.Get(paramSearch))
	if len(search) > address.MaxValueBytes {
		search = ""
	}
	if search != "" {
		v.view.Own = append(v.view.Own, address.Set(paramSearch, search))
	}
	data := v.clientsData(search)
	if show == showMonths {
		v.listMonths(&data)
	} else {
		v.listClients(&data, show)
	}
	return content{data: data, widgets: []widget{data.List}}, nil
}

// clientsData is what stands over every list of clients.
func (v *visit) clientsData(search string) clientsData {
	data := clientsData{Search: search, Path: v.view.Path}
	for _, p := range append(v.view.Params(), v.view.Own...) {
		if p.Name != paramSearch {
			data.Keep = append(data.Keep, p)
		}
	}
	chosen := v.view.Query.Get(paramShow)
	data.Shows = []link{{Text: v.text.T("clients.all"), URL: v.view.Here(address.Without(paramShow)), Current: chosen == ""}}
	for _, s := range []struct{ value, key string }{
		{showNew, "clients.new"}, {showSilent, "clients.silent"}, {showMonths, "clients.byMonth"},
	} {
		url := v.view.Here(address.Set(paramShow, s.value))
		data.Shows = append(data.Shows, link{Text: v.text.T(s.key), URL: url, Current: chosen == s.value})
	}
	return data
}

// matches says whether a client is searched for: whether its name, its id or its
// institution holds the text, whatever its case.
func matches(search string) func(*report.Entry) bool {
	search = strings.ToLower(search)
	return func(e *report.Entry) bool {
		return slices.ContainsFunc([]string{e.Name, e.ID, e.Institution}, func(t string) bool {
			return strings.Contains(strings.ToLower(t), search)
		})
	}
}

// listClients lists all clients, or those that are new or fell silent.
func (v *visit) listClients(data *clientsData, show string) {
	clients, err := v.report.ClientsInSteps(v.Context())
	s := v.scope()
	data.List = v.widget("clients", v.text.T("clients.title"), err)
	switch {
	case show == showSilent && s.Compared == nil:
		data.Note = v.text.T("clients.silentNeedsComparison")
	case show == showSilent:
		data.Note = v.text.T("clients.silentHint")
	case show == showNew:
		data.Note = v.text.T("clients.newHint")
	}
	if err != nil {
		return
	}
	if clients.Incomplete != nil {
		v.note(clients.Incomplete)
	}
	data.State = v.emptyState(clients.Total.Tally)
	if show == showSilent && clients.Total.Previous != nil {
		data.State = nil // nobody is there, which is what was asked
	}
	found := matches(data.Search)
	v.fillList(data, clients.Keep(func(e *report.Entry) bool {
		return (show != showNew || e.New) && (show != showSilent || e.Silent) && found(e)
	}))
}

// fillList is the table of clients: sorted, and one page of it.
func (v *visit) fillList(data *clientsData, b report.Breakdown) {
	if len(b.Entries) == 0 {
		if data.Search != "" {
			data.List.Note = v.text.T("clients.noneMatch", data.Search)
		} else {
			data.List.Note = v.text.T("clients.none")
		}
		return
	}
	data.Count = v.text.T("clients.count", int64(len(b.Entries)))
	columns := []column{nameColumn("table.client")}
	if slices.ContainsFunc(b.Entries, func(e report.Entry) bool { return e.Institution != "" }) {
		columns = append(columns, institutionColumn())
	}
	columns = fitting(append(columns,
		attemptsColumn(), successesColumn(), failuresColumn(), rateColumn(), changeColumn(), trendColumn(),
		firstColumn(), lastColumn("table.lastSeen", (*locale.Locale).Day)), b)
	sorted := v.sort(b, columns)
	g := v.grid(data.List, table{by: aggregate.ByClient, columns: columns, link: v.clientLink}, b)
	for i, c := range columns {
		if c.sort == "" {
			continue
		}
		by := "-" + c.sort // figures are asked for from the greatest down
		if c.sort == sortName || c.sort == sortInstitution {
			by = c.sort
		}
		switch sorted {
		case c.sort:
			g.Columns[i].Sorted, by = "ascending", "-"+c.sort
		case "-" + c.sort:
			g.Columns[i].Sorted, by = "descending", c.sort
		}
		g.Columns[i].SortURL = v.view.Here(address.Set(paramSort, by))
	}
	v.paginate(g, pageRows)
	data.List.Grid = g
}

// sort sorts entries as the address asks and returns how, as a value of
// paramSort.
func (v *visit) sort(b report.Breakdown, columns []column) string {
	by := v.view.Query.Get(paramSort)
	name, descending := strings.CutPrefix(by, "-")
	i := slices.IndexFunc(columns, func(c column) bool { return c.sort != "" && c.sort == name })
	switch {
	case i >= 0:
	case b.Measure == report.Failures: // as they are ranked
		return "-" + sortFailures
	default:
		return "-" + sortSuccesses
	}
	v.view.Own = append(v.view.Own, address.Set(paramSort, by))
	byName := v.text.Compare()
	slices.SortStableFunc(b.Entries, func(x, y report.Entry) int {
		if descending {
			return columns[i].compare(&y, &x, byName)
		}
		return columns[i].compare(&x, &y, byName)
	})
	return by
}

// listMonths lists the successes of clients by month.
func (v *visit) listMonths(data *clientsData) {
	data.List = widget{ID: "months", Title: v.text.T("clients.matrix")}
	if _, _, ok := v.report.Shown.Days(); !ok {
		data.List.Note = v.text.T("state.exprNoTrend")
		return
	}
	months, err := v.report.Months(v.Context())
	switch months.Fit {
	case report.Lengthened:
		data.List.Note = v.text.T("clients.monthsBefore", int64(report.FewestMonths))
	case report.CutToEnd:
		data.List.Note = v.text.T("clients.monthsLast", int64(report.MostMonths))
	case report.AsAsked:
	}
	if data.List.Fault = v.fault(err); err != nil {
		return
	}
	months.Breakdown = months.Keep(matches(data.Search))
	g := v.monthGrid(data.List, months)
	data.Count = v.text.T("clients.count", int64(len(g.Rows)))
	v.paginate(g, pageRows)
	data.List.Grid = g
}

// monthGrid is one column for each month.
func (v *visit) monthGrid(w widget, months report.Months) *grid {
	columns := []column{nameColumn("table.client")}
	for i, p := range months.Columns {
		first, last := aggregate.DayOf(p.Start, v.h.zone), aggregate.DayOf(p.End.Add(-1), v.h.zone)
		columns = append(columns, column{head: v.text.MonthPart(first, last), kind: export.Int, cell: func(r *rows, e *report.Entry) cell {
			if i >= months.Begun && e.Trend[i] == 0 {
				return missing(r.text)
			}
			return intCell(r.text, e.Trend[i])
		}})
	}
	columns = append(columns, column{key: "table.total", kind: export.Int, chart: true, cell: func(r *rows, e *report.Entry) cell {
		return intCell(r.text, e.Successes)
	}})
	g := v.grid(w, table{columns: columns, link: v.clientLink}, months.Breakdown)
	g.Period = v.text.Period(months.Period, v.report.Bounds)
	if w.Note != "" {
		g.Notes = []string{w.Note}
	}
	return g
}
