package httpui

import (
	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/report"
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

func fillOverview(v *visit) (content, error) {
	r, ctx := v.report, v.Context()
	var (
		today, month standard
		methods      part[report.Trend]
		clients      part[report.Clients]
		codes        part[report.Breakdown]
	)
	report.Together(
		func() { today.period, today.n, today.err = r.Standard(ctx, aggregate.DayUnit) },
		func() { month.period, month.n, month.err = r.Standard(ctx, aggregate.Month) },
		func() { methods.set(r.Trend(ctx, aggregate.ByMethod)) },
		func() { clients.set(r.Clients(ctx)) },
		func() { codes.set(r.Breakdown(ctx, aggregate.ByErrorCode)) },
	)
	data := overviewData{Standard: v.standardTiles(today, month), Fault: v.fault(clients.err)}
	if data.Fault == nil {
		b := &clients.value.Breakdown
		data.State = v.emptyState(b.Total.Tally)
		if err := clients.value.Incomplete; err != nil {
			v.note(err)
		}
		data.Tiles = append(v.tiles(b, v.view.Link(methodsPath)+"#errors"), v.activeTile(b))
	}
	data.Trend = v.trendWidget(v.text.T("overview.trend"), methods.value.Series, methods.err)
	if v.scope().Measure == report.Successes {
		data.Shares = v.shareWidget(methods)
	}
	byMethod := v.shortTable(aggregate.ByMethod, v.methodLink)
	data.Methods = v.tableWidget("methods", v.text.T("methods.methods"), byMethod, methods.value.Breakdown, methods.err)
	byClient := v.shortTable(aggregate.ByClient, v.clientLink)
	data.Clients = v.tableWidget("clients", v.text.T("overview.topClients"), byClient, clients.value.Fold(topClients), clients.err)
	if clients.err == nil {
		data.Clients.More = &link{Text: v.text.T("common.more"), URL: v.view.Link(clientsPath)}
	}
	data.Errors = v.widget("errors", v.text.T("overview.topErrors"), codes.err)
	switch {
	case codes.err != nil:
	case codes.value.Total.Failures == 0:
		data.Errors.Note = v.text.T("methods.noErrors")
	default:
		data.Errors.Grid = v.grid(data.Errors, v.errorTable(), codes.value.Fold(topErrors))
		data.Errors.More = &link{Text: v.text.T("common.more"), URL: v.view.Link(methodsPath) + "#errors"}
	}
	return content{data: data, widgets: []widget{data.Trend, data.Shares, data.Methods, data.Clients, data.Errors}}, nil
}

// standard is one of the specification's standard figures (section 2.2).
type standard struct {
	period aggregate.Period
	n      int64
	err    error
}

func (v *visit) standardTiles(today, month standard) []tile {
	figure := func(key string, s standard) tile {
		url := v.view.Here(address.Set(address.Period, s.period.String()))
		t := tile{Label: v.text.T(key), Value: v.text.T("common.notCounted"), URL: url}
		if v.fault(s.err) == nil {
			t.Value = v.text.Int(s.n)
		}
		return t
	}
	bounds := v.report.Bounds
	tiles := []tile{
		figure("overview.today", today),
		figure("overview.thisMonth", month),
		{Label: v.text.T("stat.records"), Value: v.text.Int(bounds.Records)},
		{Label: v.text.T("data.oldest"), Value: v.text.T("common.notCounted")},
	}
	if bounds.Records > 0 {
		tiles[3].Value = v.text.Day(bounds.First)
	}
	if v.h.receives() {
		tiles = append(tiles, v.receptionTiles()...)
	}
	return tiles
}

// tiles are the figures of the period that decide. The failures lead to
// errorsURL, where it is not "".
func (v *visit) tiles(b *report.Breakdown, errorsURL string) []tile {
	period := v.period()
	change := func(m report.Measure) string { return v.changeText(b.Change(m), v.text.Change) }
	failures := tile{
		Label: v.text.T("figure.failures"), Value: v.text.Int(b.Total.Failures), Of: period, Term: "failure",
		Change: change(report.Failures), URL: errorsURL,
	}
	if v.scope().Measure == report.Failures {
		return []tile{failures}
	}
	return []tile{
		{
			Label: v.text.T("figure.successes"), Value: v.text.Int(b.Total.Successes), Of: period, Term: "success",
			Change: change(report.Successes),
		},
		{
			Label: v.text.T("figure.rate"), Value: rateCell(v.text, b.Total.Figures).Text, Of: period, Term: "rate",
			Change: v.changeText(b.RateChange(), v.text.Points),
		},
		failures,
	}
}

// activeTile is how many client applications there were.
func (v *visit) activeTile(clients *report.Breakdown) tile {
	sum := clients.Summary()
	t := tile{
		Label: v.text.T("figure.active"), Value: v.text.Int(int64(sum.Active)), Of: v.period(), Term: "active",
		URL: v.view.Link(clientsPath),
	}
	if v.scope().Compared != nil {
		t.Detail = v.text.T("figure.newAndSilent", sum.New, sum.Silent)
	}
	return t
}

// changeText says how a figure changed against the reference period, or
// nothing when that may not be said.
func (v *visit) changeText(change *float64, write func(float64) string) string {
	if change == nil {
		return ""
	}
	reference := v.scope().Reference
	name := v.text.Period(reference.Period, v.report.Bounds)
	if first, last, ok := reference.Days(); ok && reference.WholeDays() {
		name = v.text.Days(first, last)
	}
	return v.text.T("figure.changeFrom", write(*change), name)
}

// shortTable is a table of half the width.
func (v *visit) shortTable(by aggregate.Dim, link func(id string) string) table {
	head, counts := "table.method", successesColumn()
	if by == aggregate.ByClient {
		head = "table.client"
	}
	if v.scope().Measure == report.Failures {
		counts = failuresColumn()
	}
	return table{by: by, columns: []column{nameColumn(head), counts, shareColumn(), changeColumn(), rateColumn()}, link: link}
}

// errorTable is the table of error codes, without their trend.
func (v *visit) errorTable() table {
	return table{
		by:      aggregate.ByErrorCode,
		columns: []column{nameColumn("table.errorCode"), failuresColumn(), shareColumn(), changeColumn()},
		link: func(code string) string {
			if code == "" {
				return "" // an empty filter asks for nothing
			}
			return v.view.Link(methodsPath, address.Set(address.Error, code))
		},
	}
}
