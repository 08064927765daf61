package httpui

import (
	"fmt"
	"net/http"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/chart"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/report"
)

// clientData is the page of one client application.
type clientData struct {
	ID, Name    string
	Institution string
	Seen        string // first and last event
	BackURL     string
	State       *emptyState
	Fault       *fault
	Tiles       []tile
	Trend       widget
	Methods     widget
	Errors      widget
	Pattern     widget
}

// showHours is the value of paramShow that asks for the weekdays and hours. They
// are shown only when asked for, since hours are counted from the records
// themselves.
const showHours = "hours"

func fillClient(v *visit) (content, error) {
	id := v.PathValue("id")
	if len(id) > address.MaxValueBytes {
		return content{}, web.Fail(http.StatusNotFound, 0, nil)
	}
	filter := v.view.Filter
	filter.ClientID = id
	r, ctx := v.report.Where(filter), v.Context()
	asked := v.view.Keep(paramShow, showHours) != ""
	var (
		methods part[report.Trend]
		codes   part[report.Breakdown]
		hours   part[report.Hours]
		seen    logbase.Seen
		known   bool
		seenErr error
	)
	report.Together(
		func() { methods.set(r.Trend(ctx, aggregate.ByMethod)) },
		func() { codes.set(r.Breakdown(ctx, aggregate.ByErrorCode)) },
		func() {
			if asked && r.HasHours() {
				hours.set(r.Hours(ctx))
			}
		},
		func() { seen, known, seenErr = r.Seen(ctx, id) },
	)
	data := clientData{
		ID: id, Name: v.names.Name(aggregate.ByClient, id), Institution: v.names.Institution(id),
		BackURL: v.view.Link(clientsPath), Fault: v.fault(methods.err),
	}
	if known {
		data.Seen = v.text.T("client.seen", v.text.Day(seen.First), v.text.Day(seen.Last))
	}
	if seenErr != nil {
		v.note(seenErr)
	}
	if b := &methods.value.Breakdown; data.Fault == nil {
		data.State = v.emptyState(b.Total.Tally)
		data.Tiles = v.tiles(b, "")
	}
	if !known && seenErr == nil && data.State != nil && data.State.Connect == nil {
		return content{}, web.Fail(http.StatusNotFound, 0, nil)
	}
	data.Trend = v.trendWidget(v.text.T("client.trend"), methods.value.Series, methods.err)
	data.Methods = v.methodTable(methods, func(method string) string {
		return v.view.Link(methodsPath, address.Set(address.Client, id), address.Set(address.Method, method))
	})
	data.Errors = v.errorWidget(codes.value, codes.err, false)
	data.Pattern = v.hoursWidget(hours, asked)
	return content{
		title: data.Name, data: data, widgets: []widget{data.Trend, data.Methods, data.Errors, data.Pattern},
	}, nil
}

// hoursWidget is the heat map of weekdays by hours, or the link that asks for
// it.
func (v *visit) hoursWidget(p part[report.Hours], asked bool) widget {
	w := widget{ID: "pattern", Title: v.text.T("client.pattern")}
	switch {
	case !v.report.HasHours():
		w.Note = v.text.T("client.patternLong", int64(report.MaxHoursDays))
		return w
	case !asked:
		w.More = &link{Text: v.text.T("clients.showPattern"), URL: v.view.Here(address.Set(paramShow, showHours)) + "#" + w.ID}
		return w
	}
	if w.Fault = v.fault(p.err); p.err != nil {
		return w
	}
	hours := p.value
	m := chart.HeatMap{
		Frame:  chart.Frame{ID: w.ID, Title: w.Title, Desc: v.hoursDesc(hours), Format: v.text.Int},
		Corner: v.text.T("chart.hour"), Total: v.text.T("table.total"), Less: v.text.T("chart.less"), More: v.text.T("chart.moreOf"),
	}
	for d := range hours {
		m.Rows = append(m.Rows, v.text.Weekday(weekday(d)))
		m.Short = append(m.Short, v.text.WeekdayShort(weekday(d)))
		m.Cells = append(m.Cells, hours[d][:])
	}
	for h := range hours[0] {
		m.Columns = append(m.Columns, fmt.Sprintf("%d–%d", h, h+1))
		label := ""
		if h%3 == 0 {
			label = fmt.Sprint(h)
		}
		m.Labels = append(m.Labels, label)
	}
	return v.draw(w, v.period(), m)
}

// weekday is the day that stands so many days after Monday.
func weekday(d int) time.Weekday { return time.Weekday((d + 1) % 7) }

// hoursDesc says in a sentence when there was most.
func (v *visit) hoursDesc(hours report.Hours) string {
	day, hour := 0, 0
	for d := range hours {
		for h, n := range hours[d] {
			if n > hours[day][hour] {
				day, hour = d, h
			}
		}
	}
	if hours[day][hour] == 0 {
		return v.text.T("overview.trendDescEmpty", v.period())
	}
	return v.text.T("chart.weekdayHourDesc", v.period(), v.text.Weekday(weekday(day)), fmt.Sprint(hour), fmt.Sprint(hour+1))
}
