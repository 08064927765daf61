package httpui

import (
	"context"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/chart"
	"github.com/e-gov/tarastat/logbase"
)

// apiSummary is what a period comes to.
type apiSummary struct {
	apiScope
	Total  entry `json:"total"`
	Active int   `json:"activeClients" doc:"Client applications with at least one event in the period."`
	New    int   `json:"newClients" doc:"Those whose first event ever lies in the period."`
	Silent int   `json:"silentClients" doc:"Those with events in the reference period and none in this one."`
}

func (r *request) apiSummary(v *view) (any, error) {
	s := r.scope(v)
	var q questions
	ask := q.askBreakdown(s, v.filter, aggregate.ByClient, 0, s.measure(), nil)
	r.ask(&q)
	if err := ask.err(); err != nil {
		return nil, err
	}
	b := ask.result(r, s)
	if err := r.fillSeen(b.Entries, s); err != nil {
		return nil, err
	}
	active, fresh, silent := census(b.Entries)
	return apiSummary{scopeOf(s), b.Total, active, fresh, silent}, nil
}

// apiSeries is a period in steps.
type apiSeries struct {
	apiScope
	series
}

func (r *request) apiSeries(v *view) (any, error) {
	s := r.scope(v)
	var q questions
	ask := q.askSeries(s, v.filter, 0)
	if ask == nil {
		return apiSeries{scopeOf(s), series{Step: s.step.String(), Points: []point{}}}, nil
	}
	r.ask(&q)
	if err := ask.err(); err != nil {
		return nil, err
	}
	return apiSeries{scopeOf(s), ask.result(r, s)}, nil
}

// apiList is a period by one field.
type apiList struct {
	apiScope
	Entries []entry `json:"entries" doc:"The greatest first."`
	Total   entry   `json:"total" doc:"The sum of the entries."`
}

func (r *request) apiList(v *view, by aggregate.Dim, m measure) (any, error) {
	s := r.scope(v)
	f := v.filter
	if by == aggregate.ByErrorCode {
		f.Operation = event.Failed
	}
	if s.failed {
		m = failures
	}
	var q questions
	ask := q.askBreakdown(s, f, by, 0, m, nil)
	r.ask(&q)
	if err := ask.err(); err != nil {
		return nil, err
	}
	b := ask.result(r, s)
	switch by {
	case aggregate.ByClient:
		if err := r.fillSeen(b.Entries, s); err != nil {
			return nil, err
		}
	case aggregate.ByBank, aggregate.ByCountry:
		b = b.named(m)
	}
	if b.Entries == nil {
		b.Entries = []entry{}
	}
	return apiList{scopeOf(s), b.Entries, b.Total}, nil
}

// apiStat is the specification's statistics.
type apiStat struct {
	apiScope
	Rows []apiStatRow `json:"rows" doc:"Sorted by client, method and bank."`
}

type apiStatRow struct {
	Client string `json:"client"`
	Method string `json:"method"`
	Bank   string `json:"bank,omitempty"`
	figures
}

func (r *request) apiStat(v *view) (any, error) {
	s := r.scope(v)
	s.compared, s.unfair = false, ""
	rows, err := r.sums(aggregate.Query{Period: v.period, Filter: v.filter, By: aggregate.ByStat})
	if err != nil {
		return nil, err
	}
	out := apiStat{scopeOf(s), []apiStatRow{}}
	var tallies []aggregate.Tally
	index := make(map[aggregate.Key]int)
	for _, row := range rows {
		k := row.Key.Keep(aggregate.ByClient | aggregate.ByMethod | aggregate.ByBank)
		i, ok := index[k]
		if !ok {
			i = len(out.Rows)
			index[k] = i
			out.Rows = append(out.Rows, apiStatRow{Client: k.ClientID, Method: k.Method, Bank: k.Bank})
			tallies = append(tallies, aggregate.Tally{})
		}
		tallies[i].Add(row.Key.Operation, row.Count)
	}
	for i := range out.Rows {
		out.Rows[i].figures = figuresOf(tallies[i])
	}
	return out, nil
}

// apiCoverage lists the stretches without data.
type apiCoverage struct {
	Period apiPeriod `json:"period"`
	Gaps   []apiGap  `json:"gaps" doc:"Days without any event, up to yesterday. A gap is no zero."`
}

type apiGap struct {
	First  date   `json:"first"`
	Last   date   `json:"last"`
	Reason string `json:"reason" doc:"none, deleted or before: no data came, it was deleted, or it is older than the log base."`
}

func (r *request) apiCoverage(v *view) (any, error) {
	b, err := r.bounds()
	if err != nil {
		return nil, err
	}
	p := r.definite(v.period, b)
	out := apiCoverage{Period: periodOf(p), Gaps: []apiGap{}}
	first, last, ok := p.Days()
	if !ok {
		return out, nil
	}
	c, err := r.coverage(first, last, b)
	if err != nil {
		return nil, err
	}
	for _, g := range c.gaps(p) {
		reason := "none"
		switch {
		case g.state == chart.Deleted:
			reason = "deleted"
		case g.first < b.First:
			reason = "before"
		}
		out.Gaps = append(out.Gaps, apiGap{date(g.first), date(g.last), reason})
	}
	return out, nil
}

// apiBounds is how much the log base holds.
type apiBounds struct {
	Records int64 `json:"records"`
	First   *date `json:"first" doc:"Day of the oldest event; null without records."`
	Last    *date `json:"last" doc:"Day of the newest event; null without records."`
}

func (r *request) apiBounds(*view) (any, error) {
	var b logbase.Bounds
	err := r.read(func(ctx context.Context) (err error) {
		b, err = r.h.store.Bounds(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := apiBounds{Records: b.Records}
	if b.Records > 0 {
		first, last := date(b.First), date(b.Last)
		out.First, out.Last = &first, &last
	}
	return out, nil
}
