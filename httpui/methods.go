package httpui

import (
	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/report"
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
	Users     widget // of what is chosen
	Banks     widget
	Split     widget // within the country or across its border
	Countries widget
	Errors    widget
}

// methodLink is the address that says who uses a method.
func (v *visit) methodLink(method string) string {
	return v.view.Link(methodsPath, address.Set(address.Method, method)) + "#users"
}

func fillMethods(v *visit) (content, error) {
	r, ctx := v.report, v.Context()
	unchosen := v.view.Filter
	unchosen.Method = "" // the table of methods stays whole, so that another can be chosen
	chosen := v.chosen()
	var (
		methods, codes part[report.Trend]
		banks, users   part[report.Breakdown]
		countries      part[report.Countries]
		trend          part[report.Series]
	)
	ask := []func(){
		func() { methods.set(r.Where(unchosen).InSteps(ctx, aggregate.ByMethod)) },
		func() { codes.set(r.InSteps(ctx, aggregate.ByErrorCode)) },
		func() { banks.set(r.Breakdown(ctx, aggregate.ByBank)) },
		func() { countries.set(r.Countries(ctx)) },
	}
	if chosen != "" {
		ask = append(ask,
			func() { trend.set(r.Series(ctx)) },
			func() { users.set(r.Breakdown(ctx, aggregate.ByClient)) },
		)
	}
	report.Together(ask...)
	var data methodsData
	data.Methods = v.methodTable(methods, v.methodLink)
	if methods.err == nil {
		data.Methods.Note = v.text.T("methods.chooseHint")
		data.State = v.emptyState(methods.value.Breakdown.Total.Tally)
	}
	if chosen != "" {
		data.Trend = v.trendWidget(v.text.T("methods.trendOf", chosen), trend.value, trend.err)
		data.Users = v.userTable(users, chosen)
	}
	if v.view.Filter.Method == "" && v.view.Filter.ErrorCode == "" {
		data.Shares = v.shareWidget(methods)
	}
	data.Banks = v.namedTable("banks", "methods.banks", "table.bank", aggregate.ByBank, banks.value, banks.err)
	data.Split = v.splitTable(countries.value.Border, countries.err)
	data.Countries = v.namedTable("countries", "methods.countries", "table.country", aggregate.ByCountry, countries.value.Breakdown, countries.err)
	if data.Countries.Grid != nil {
		data.Countries.Note = v.text.T("methods.countriesHint")
	}
	data.Errors = v.errorWidget(codes.value.Breakdown, codes.err, v.scope().Divided())
	return content{data: data, widgets: []widget{
		data.Methods, data.Shares, data.Trend, data.Users, data.Banks, data.Split, data.Countries, data.Errors,
	}}, nil
}

// chosen names what the address filters by, but for the client.
func (v *visit) chosen() string {
	name := ""
	for _, f := range address.Filters() {
		value := *f.Value(&v.view.Filter)
		if value == "" || f.By == aggregate.ByClient {
			continue
		}
		if name != "" {
			name += ", "
		}
		name += isolated(v.names.Name(f.By, value))
	}
	return name
}

// methodTable is the table of methods, with their trends where there are steps.
func (v *visit) methodTable(methods part[report.Trend], link func(id string) string) widget {
	columns := []column{nameColumn("table.method"), attemptsColumn(), successesColumn(), failuresColumn(), rateColumn(), shareColumn(), changeColumn()}
	if v.scope().Divided() {
		columns = append(columns, trendColumn())
	}
	t := table{by: aggregate.ByMethod, columns: columns, link: link}
	return v.tableWidget("methods", v.text.T("methods.methods"), t, methods.value.Breakdown, methods.err)
}

// namedTable is a table of what only some events have: banks and countries.
func (v *visit) namedTable(id, title, head string, by aggregate.Dim, b report.Breakdown, err error) widget {
	if err == nil && len(b.Entries) == 0 {
		return widget{}
	}
	link := func(id string) string { return v.view.Here(address.Set(address.FilterBy(by), id)) }
	return v.tableWidget(id, v.text.T(title), table{by: by, columns: endedColumns(head), link: link}, b, err)
}

// endedColumns are the columns of what only has events that ended.
func endedColumns(head string) []column {
	return []column{nameColumn(head), successesColumn(), failuresColumn(), rateColumn(), shareColumn(), changeColumn()}
}

// splitTable tells authentications across the border from the others.
func (v *visit) splitTable(b report.Breakdown, err error) widget {
	if err == nil && len(b.Entries) < 2 {
		return widget{} // one side is no split
	}
	for i := range b.Entries {
		key := "methods.domestic"
		if b.Entries[i].ID == report.Abroad {
			key = "methods.crossBorder"
		}
		b.Entries[i].Name = v.text.T(key)
	}
	return v.tableWidget("split", v.text.T("methods.split"), table{columns: endedColumns("table.country")}, b, err)
}

// errorWidget is the table of error codes.
func (v *visit) errorWidget(b report.Breakdown, err error, trends bool) widget {
	w := v.widget("errors", v.text.T("methods.errors"), err)
	w.Note = v.text.T("methods.errorsHint")
	if err != nil {
		return w
	}
	if len(b.Entries) == 0 {
		w.Note = v.text.T("methods.noErrors")
		return w
	}
	t := v.errorTable()
	if trends {
		t.columns = append(t.columns, trendColumn())
	}
	w.Grid = v.grid(w, t, b)
	return w
}

// userTable is who uses what is chosen, those who did so last of all first.
func (v *visit) userTable(users part[report.Breakdown], chosen string) widget {
	title, note, last := "clients.users", "methods.usersNote", "table.lastUse"
	if v.scope().Measure == report.Failures {
		title, note, last = "methods.affected", "methods.affectedNote", "table.lastTime"
	}
	w := v.widget("users", v.text.T(title, chosen), users.err)
	if w.Fault != nil {
		return w
	}
	b := users.value
	w.Note = v.text.T(note, int64(b.Summary().Active))
	columns := []column{nameColumn("table.client"), successesColumn(), failuresColumn(), shareColumn(), changeColumn()}
	step, err := v.report.LastUse(v.Context(), &b)
	if err != nil {
		v.note(err)
	}
	switch step {
	case aggregate.DayUnit:
		columns = append(columns, lastColumn(last, (*locale.Locale).Day))
	case aggregate.Month:
		columns = append(columns, lastColumn(last, (*locale.Locale).MonthOf))
	}
	w.Grid = v.grid(w, table{by: aggregate.ByClient, columns: columns, link: v.clientLink}, b)
	v.paginate(w.Grid, pageRows)
	return w
}
