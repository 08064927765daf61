package httpui

import (
	"fmt"
	"time"

	"github.com/e-gov/tarastat/httpui/internal/chart"
)

// showHours is the value of paramShow that asks for the pattern of weekdays
// and hours. It is shown only when asked for, since hours are counted from the
// records themselves.
const showHours = "hours"

// patternDays is the longest period that is counted by hour.
const patternDays = 31

func patternAllowed(s *scope) bool {
	first, last, ok := s.shown.Days()
	return ok && last-first < patternDays
}

// patternWidget is the heat map of weekdays by hours, or the link that asks
// for it.
func (r *request) patternWidget(v *view, s *scope, a *answer) widget {
	w := widget{ID: "pattern", Title: r.text.T("client.pattern")}
	switch {
	case !patternAllowed(s):
		w.Note = r.text.T("client.patternLong", int64(patternDays))
		return w
	case a == nil:
		w.More = &link{Text: r.text.T("clients.showPattern"), URL: v.here(param{paramShow, showHours}) + "#" + w.ID}
		return w
	}
	if w.Fault = r.fault(a.err); w.Fault != nil {
		return w
	}
	const week = 7
	var counts [week][24]int64
	for _, row := range a.rows {
		counts[weekdayIndex(row.Start.Weekday())][row.Start.Hour()] += row.Count
	}
	m := chart.HeatMap{
		Frame:  chart.Frame{ID: w.ID, Title: w.Title, Desc: r.patternDesc(s, counts), Format: r.text.Int},
		Corner: r.text.T("chart.hour"), Total: r.text.T("table.total"), Less: r.text.T("chart.less"), More: r.text.T("chart.moreOf"),
	}
	for d := range week {
		weekday := time.Weekday((d + 1) % week)
		m.Rows = append(m.Rows, r.text.Weekday(weekday))
		m.Short = append(m.Short, r.text.WeekdayShort(weekday))
		cells := make([]chart.Cell, 24)
		for h := range cells {
			cells[h].N = counts[d][h]
		}
		m.Cells = append(m.Cells, cells)
	}
	for h := range 24 {
		m.Columns = append(m.Columns, fmt.Sprintf("%d–%d", h, h+1))
		label := ""
		if h%3 == 0 {
			label = fmt.Sprint(h)
		}
		m.Labels = append(m.Labels, label)
	}
	return r.drawn(w, s, m, m.Table())
}

// weekdayIndex counts from 0 for Monday.
func weekdayIndex(d time.Weekday) int { return (int(d) + 6) % 7 }

func (r *request) patternDesc(s *scope, counts [7][24]int64) string {
	day, hour := 0, 0
	for d := range counts {
		for h := range counts[d] {
			if counts[d][h] > counts[day][hour] {
				day, hour = d, h
			}
		}
	}
	period := r.text.Period(s.period, s.bounds)
	if counts[day][hour] == 0 {
		return r.text.T("overview.trendDescEmpty", period)
	}
	return r.text.T("chart.weekdayHourDesc", period, r.text.Weekday(time.Weekday((day+1)%7)), fmt.Sprint(hour), fmt.Sprint(hour+1))
}
