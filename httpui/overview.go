package httpui

import (
	"net/http"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// overviewData is the front page: the specification's standard figures, then
// what the chosen period came to.
type overviewData struct {
	Today, Month figure
	Records      figure
	Oldest       string
	OldestFault  *fault
	Total        aggregate.Tally
	Rate         string
	TotalFault   *fault
	StatURL      string
}

// figure is one number with the period it is of.
type figure struct {
	Value  string
	Period string
	URL    string
	Fault  *fault
}

func (h *Handler) overview(w http.ResponseWriter, r *request) error {
	v, redirect := r.view(w)
	if redirect {
		return nil
	}
	data := overviewData{
		Today:   r.successes(&v, aggregate.Of(aggregate.EachDay, r.now, h.loc)),
		Month:   r.successes(&v, aggregate.Of(aggregate.Month, r.now, h.loc)),
		StatURL: v.link("/stat"),
	}
	bounds, err := r.bounds()
	data.OldestFault = r.fault(err)
	data.Records = figure{Value: r.text.Int(bounds.Records), Period: r.text.T("period.allEmpty"), Fault: data.OldestFault}
	if bounds.Records > 0 {
		data.Oldest = r.text.Day(bounds.First)
	}
	rows, err := r.sums(aggregate.Query{Period: v.period, Filter: v.filter, By: aggregate.ByOperation})
	data.TotalFault = r.fault(err)
	data.Total = aggregate.Total(rows)
	data.Rate = r.rate(data.Total)
	return r.render(w, &page{name: "overview", title: r.text.T("overview.title"), view: v, bar: true, data: data})
}

// successes is the number of successful authentications of one period.
func (r *request) successes(v *view, p aggregate.Period) figure {
	rows, err := r.sums(aggregate.Query{Period: p, Filter: aggregate.Filter{Operation: event.SuccessfulAuth}})
	return figure{
		Value:  r.text.Int(count(rows)),
		Period: r.text.Period(p, aggregate.Bounds{}),
		URL:    v.link("/stat", param{paramPeriod, p.String()}),
		Fault:  r.fault(err),
	}
}

// rate is the success rate in words; with too few authentications it says how
// few they were.
func (r *request) rate(t aggregate.Tally) string {
	if rate, ok := t.Rate(); ok {
		return r.text.Percent(rate)
	}
	return r.text.T("figure.rateSmallShort", t.Ended())
}
