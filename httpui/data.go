package httpui

import (
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/chart"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/report"
)

// dataPath is the page about the data itself.
const dataPath = "/andmed"

// dataData is the page about the data itself: what is held, how it comes in,
// what was refused and what was deleted.
type dataData struct {
	Records    string
	First      string // day of the first record; "" without records
	Last       string
	Fault      *fault
	Uncounted  string // records in no sum yet; "" for none
	Unreadable string // records that never will be; "" for none
	Version    string
	Started    string
	Zone       string
	Coverage   widget
	Reception  *receptionData // nil when nothing is known of it
	DeleteURL  string         // "" when nothing can be deleted
	Audit      []auditRow
	AuditFault *fault
}

func fillData(v *visit) (content, error) {
	h, ctx, bounds := v.h, v.Context(), v.report.Bounds
	var (
		backlog   part[logbase.Backlog]
		calendar  part[report.Calendar]
		deletions part[[]logbase.Deletion]
	)
	report.Together(
		func() { backlog.set(inTurn(ctx, h, h.store.Backlog)) },
		func() { calendar.set(v.report.Calendar(ctx)) },
		func() { deletions.set(v.report.Deletions(ctx)) },
	)
	data := dataData{
		Records: v.text.Int(bounds.Records), Fault: v.fault(v.report.BoundsErr),
		Version: h.opts.Version, Started: v.text.DateTime(h.started.In(h.zone)), Zone: h.zone.String(),
	}
	if bounds.Records > 0 {
		data.First, data.Last = v.text.Day(bounds.First), v.text.Day(bounds.Last)
		data.Coverage = v.coverageWidget(calendar)
	}
	if f := v.fault(backlog.err); f != nil {
		data.Fault = f
	}
	if backlog.value.Uncounted > 0 {
		data.Uncounted = v.text.Int(backlog.value.Uncounted)
	}
	if backlog.value.Unreadable > 0 {
		data.Unreadable = v.text.Int(backlog.value.Unreadable)
	}
	if h.receives() {
		data.Reception = v.receptionData()
	}
	if !h.opts.NoDeletion {
		data.DeleteURL = h.root.Href(deletionPath)
		data.Audit, data.AuditFault = v.audit(deletions.value), v.fault(deletions.err)
	}
	return content{data: data, widgets: []widget{data.Coverage}}, nil
}

// coverageWidget shows of which days there is data.
func (v *visit) coverageWidget(p part[report.Calendar]) widget {
	w := widget{ID: "coverage", Title: v.text.T("data.coverage")}
	if _, _, ok := v.report.Shown.Days(); !ok {
		w.Note = v.text.T("state.exprNoTrend")
		return w
	}
	if w.Fault = v.fault(p.err); p.err != nil {
		return w
	}
	calendar := p.value
	if len(calendar.Days) == 0 {
		return widget{} // all of them are still to come
	}
	first, _, _ := calendar.Period.Days()
	w.Note = v.text.T("data.coverageHint", int64(report.FewestMonths), int64(report.MostMonths))
	c := chart.Coverage{
		Frame: chart.Frame{ID: w.ID, Title: w.Title, Format: v.text.Int},
		First: first, Range: v.text.DayRange, Month: v.text.MonthOf,
		Head: [2]string{v.text.T("chart.step"), v.text.T("data.days")},
	}
	c.Names = [chart.Covers]string{v.text.T("data.full"), v.text.T("data.missing"), v.text.T("data.deleted")}
	var n [chart.Covers]int64
	d := first
	for _, cover := range calendar.Days {
		day := chart.CoverDay{Cover: chart.None}
		switch cover {
		case report.Covered:
			day = chart.CoverDay{Cover: chart.Full, Href: v.view.Link("/", address.Set(address.Period, d.String()))}
		case report.DeletedData:
			day.Cover = chart.Deleted
		}
		if cover != report.Covered {
			day.Reason = v.text.T(coverKey(cover))
		}
		n[day.Cover]++
		c.Days = append(c.Days, day)
		d++
	}
	c.Desc = v.text.T("chart.coverageDesc", v.text.DayRange(first, d-1), n[chart.Full], n[chart.None], n[chart.Deleted])
	return v.draw(w, v.text.Period(calendar.Period, v.report.Bounds), c)
}
