package httpui

import (
	"net/http"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// methodsPath is the page of methods and errors.
const methodsPath = "/meetodid"

// methodsData is the page of methods and errors. With one method chosen it
// says who still uses it.
type methodsData struct {
	State     *emptyState
	Methods   widget
	Shares    widget // how the methods share the successes over time
	Trend     widget // of what is chosen, when something is
	Users     widget // of the chosen method or bank
	Banks     widget
	Split     widget // within the country or across its border
	Countries widget
	Errors    widget
}

// methodLink is the address that says who uses a method.
func methodLink(v *view, method string) string {
	return v.link(methodsPath, param{paramMethod, method}) + "#users"
}

func (h *Handler) methods(w http.ResponseWriter, r *request) error {
	v, redirect := r.view(w)
	if redirect {
		return nil
	}
	s := r.scope(&v)
	f := v.filter
	failed := f
	failed.Operation = event.Failed
	unchosen := f
	unchosen.Method = "" // the table of methods stays whole, so that another can be chosen
	var q questions
	shares := q.askSeries(s, unchosen, aggregate.ByMethod)
	methods := q.askBreakdown(s, unchosen, aggregate.ByMethod, 0, s.measure(), shares.answer())
	banks := q.askBreakdown(s, f, aggregate.ByBank, 0, s.measure(), nil)
	countries := q.askBreakdown(s, f, aggregate.ByCountry, aggregate.ByMethod, s.measure(), nil)
	var codes *answer
	if s.divided() {
		codes = q.add(aggregate.Query{Period: s.shown, Filter: failed, By: aggregate.ByErrorCode | aggregate.ByOperation, Step: s.step})
	}
	errors := q.askBreakdown(s, failed, aggregate.ByErrorCode, 0, failures, codes)
	var trend *seriesQuery
	var users *breakdownQuery
	chosen := f.Method + f.Bank + f.Country + f.ErrorCode
	if chosen != "" {
		trend = q.askSeries(s, f, 0)
		users = q.askBreakdown(s, f, aggregate.ByClient, 0, s.measure(), nil)
	}
	r.ask(&q)

	var data methodsData
	data.Methods = r.methodTable(&v, s, methods)
	if data.Methods.Fault == nil {
		data.State = r.emptyState(&v, s, aggregate.Total(methods.now.rows))
	}
	if chosen != "" {
		data.Trend = r.trendWidget(&v, s, trend, r.text.T("methods.trendOf", r.chosenName(f)))
		data.Users = r.userTable(&v, s, users)
	}
	if f.Method == "" && f.ErrorCode == "" {
		data.Shares = r.shareWidget(&v, s, shares, methods.result(r, s).Entries)
	}
	data.Banks = r.namedTable(&v, s, banks, "banks", "methods.banks", "table.bank")
	data.Split = r.splitTable(s, countries)
	data.Countries = r.namedTable(&v, s, countries, "countries", "methods.countries", "table.country")
	data.Errors = r.errorTrends(&v, s, errors)
	return r.render(w, &page{
		name: "methods", title: r.text.T("methods.title"), view: v, bar: true, scope: s, data: data,
		grids: []*grid{
			data.Methods.Grid, data.Shares.Grid, data.Trend.Grid, data.Users.Grid, data.Banks.Grid,
			data.Split.Grid, data.Countries.Grid, data.Errors.Grid,
		},
	})
}

// chosenName names what is chosen.
func (r *request) chosenName(f aggregate.Key) string {
	name := ""
	for _, c := range []struct{ filter, value string }{
		{paramMethod, f.Method}, {paramBank, f.Bank}, {paramCountry, f.Country}, {paramError, f.ErrorCode},
	} {
		if c.value == "" {
			continue
		}
		if name != "" {
			name += ", "
		}
		name += isolated(r.valueName(c.filter, c.value))
	}
	return name
}

func (r *request) methodTable(v *view, s *scope, q *breakdownQuery) widget {
	w := widget{ID: "methods", Title: r.text.T("methods.methods"), Fault: r.fault(q.err())}
	if w.Fault != nil {
		return w
	}
	b := q.result(r, s)
	columns := []entryColumn{nameColumn("table.method"), attemptsColumn(), successesColumn(), failuresColumn(), rateColumn(), shareColumn(), changeColumn()}
	if s.divided() {
		r.fillTrends(b.Entries, q.now, s.operation(), s.shown)
		columns = append(columns, trendColumn())
	}
	w.Grid = r.entryGrid(s, entryTable{
		id: w.ID, caption: w.Title, by: aggregate.ByMethod, measure: s.measure(), columns: columns,
		link: func(e *entry) string { return methodLink(v, e.ID) },
	}, b)
	w.Note = r.text.T("methods.chooseHint")
	return w
}

// namedTable is a table of what only some events have: banks and countries.
func (r *request) namedTable(v *view, s *scope, q *breakdownQuery, id, title, head string) widget {
	w := widget{ID: id, Title: r.text.T(title), Fault: r.fault(q.err())}
	if w.Fault != nil {
		return w
	}
	b := q.result(r, s).named(s.measure())
	if len(b.Entries) == 0 {
		return widget{}
	}
	if q.by == aggregate.ByCountry {
		w.Note = r.text.T("methods.countriesHint")
	}
	w.Grid = r.entryGrid(s, entryTable{
		id: id, caption: w.Title, by: q.by, measure: s.measure(),
		columns: []entryColumn{nameColumn(head), successesColumn(), failuresColumn(), rateColumn(), shareColumn(), changeColumn()},
		link:    func(e *entry) string { return v.here(param{filterOf(q.by), e.ID}) },
	}, b)
	return w
}

func (r *request) errorTrends(v *view, s *scope, q *breakdownQuery) widget {
	w := widget{ID: "errors", Title: r.text.T("methods.errors"), Note: r.text.T("methods.errorsHint"), Fault: r.fault(q.err())}
	if w.Fault != nil {
		return w
	}
	b := q.result(r, s)
	if len(b.Entries) == 0 {
		w.Note = r.text.T("methods.noErrors")
		return w
	}
	t := errorTable(v, w.ID, w.Title)
	if q.now.query.Step != aggregate.Whole {
		r.fillTrends(b.Entries, q.now, event.Failed, s.shown)
		t.columns = append(t.columns, trendColumn())
	}
	w.Grid = r.entryGrid(s, t, b)
	return w
}
