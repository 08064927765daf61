package httpui

import (
	"context"
	"net/http"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/chart"
	"github.com/e-gov/tarastat/logbase"
)

// dataPath is the page about the data itself.
const dataPath = "/andmed"

// dataData is the page about the data itself: what is held, how it comes in,
// what was refused and what was deleted.
type dataData struct {
	Records    string
	First      string
	Last       string
	HasRecords bool
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

func (h *Handler) data(w http.ResponseWriter, r *request) error {
	v, redirect := r.view(w)
	if redirect {
		return nil
	}
	s := r.scope(&v)
	s.compared, s.unfair = false, "" // nothing is compared here
	data := dataData{Version: h.version, Started: r.text.DateTime(h.started.In(h.loc)), Zone: h.loc.String()}
	var bounds logbase.Bounds
	err := r.read(func(ctx context.Context) (err error) {
		bounds, err = h.store.Bounds(ctx)
		return err
	})
	data.Fault = r.fault(err)
	data.Records = r.text.Int(bounds.Records)
	if data.HasRecords = bounds.Records > 0; data.HasRecords {
		data.First, data.Last = r.text.Day(bounds.First), r.text.Day(bounds.Last)
		data.Coverage = r.coverageWidget(&v, s, bounds)
	}
	if err := r.backlog(&data); err != nil {
		data.Fault = r.fault(err)
	}
	if h.receives() {
		data.Reception = r.receptionData()
	}
	if !h.noDeletion {
		data.DeleteURL = h.root.Href(deletionPath)
		data.Audit, err = r.audit()
		data.AuditFault = r.fault(err)
	}
	return r.render(w, &page{
		name: "data", title: r.text.T("data.title"), view: v, bar: true, plain: true, alone: true, scope: s, data: data, grids: []*grid{data.Coverage.Grid},
	})
}

// backlog tells of records that the figures leave out.
func (r *request) backlog(data *dataData) error {
	var b logbase.Backlog
	err := r.read(func(ctx context.Context) (err error) {
		b, err = r.h.store.Backlog(ctx)
		return err
	})
	if b.Uncounted > 0 {
		data.Uncounted = r.text.Int(b.Uncounted)
	}
	if b.Unreadable > 0 {
		data.Unreadable = r.text.Int(b.Unreadable)
	}
	return err
}

// coverageWidget shows of which days there is data, for the year that ends
// with the period, or for the period when it is longer.
func (r *request) coverageWidget(v *view, s *scope, b logbase.Bounds) widget {
	w := widget{ID: "coverage", Title: r.text.T("data.coverage")}
	months, ok := monthsOf(s.shown)
	if !ok {
		w.Note = r.text.T("state.exprNoTrend")
		return w
	}
	first, last, _ := months.Days()
	last = min(last, aggregate.DayOf(r.now, r.h.loc))
	if first > last {
		return widget{}
	}
	cover, err := r.coverage(first, last, b)
	if w.Fault = r.fault(err); err != nil {
		return w
	}
	w.Note = r.text.T("data.coverageHint", int64(fewestMonths), int64(mostMonths))
	c := chart.Coverage{
		Frame: chart.Frame{ID: w.ID, Title: w.Title, Format: r.text.Int},
		First: first, Day: r.text.Day, Range: r.text.DayRange, Month: r.text.MonthOf,
		Head: [2]string{r.text.T("chart.step"), r.text.T("data.days")},
	}
	c.Names[chart.Full], c.Names[chart.Part] = r.text.T("data.full"), r.text.T("data.partial")
	c.Names[chart.None], c.Names[chart.Deleted] = r.text.T("data.missing"), r.text.T("data.deleted")
	var n [chart.Covers]int64
	for d := first; d <= last; d++ {
		state, why := cover.state(d)
		day := chart.CoverDay{Cover: state}
		if why != "" {
			day.Reason = r.text.T(why)
		}
		if state == chart.Full {
			day.Href = v.link("/", param{paramPeriod, d.String()})
		}
		n[state]++
		c.Days = append(c.Days, day)
	}
	c.Desc = r.text.T("chart.coverageDesc", r.text.DayRange(first, last), n[chart.Full], n[chart.Part], n[chart.None], n[chart.Deleted])
	shown := *s
	shown.period = aggregate.Between(first.Start(r.h.loc), (last + 1).Start(r.h.loc), r.h.loc)
	return r.drawn(w, &shown, c, c.Table())
}
