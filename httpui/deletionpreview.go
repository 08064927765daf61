package httpui

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// deletionPreview is what a deletion would remove.
type deletionPreview struct {
	Period      string // as it must be typed
	Heading     string
	Records     int64
	First, Last string
	Months      []partCount
	Clients     []partCount // those with the most, and the others as one
	Open        bool        // the period has not ended
	Exports     []link      // to load what would be removed
	Token       string
}

// partCount is how many records there are of one part: a month or a client.
type partCount struct {
	Name  string
	Count int64
}

// fillPreview previews the deletion of the period in data.Text. It returns the
// status of the page, 0 for the usual one.
func (r *request) fillPreview(data *deletionData) int {
	p, why := r.deletable(data.Text)
	if why != "" {
		data.Wrong = &fault{logbase.BadPeriod.String(), logbase.BadPeriod.Text(r.lang), logbase.BadPeriod.Advice(r.lang)}
		data.WrongWhy = why
		return http.StatusBadRequest
	}
	extent, err := r.extent(p)
	var q questions
	months := q.add(aggregate.Query{Period: p, Step: aggregate.Month})
	clients := q.add(aggregate.Query{Period: p, By: aggregate.ByClient})
	if err == nil {
		r.ask(&q)
		err = cmp.Or(months.err, clients.err)
	}
	if data.Fault = r.fault(err); err != nil {
		return http.StatusServiceUnavailable
	}
	pre := &deletionPreview{
		Period:  p.String(),
		Heading: r.text.Period(p, logbase.Bounds{}),
		Records: extent.Records,
		Open:    p.To().After(r.now),
		Token:   r.h.tokens.Issue(p.String(), r.now, extent.Records, extent.UpTo),
		Clients: r.topCounts(clients.rows),
	}
	if extent.Records > 0 {
		pre.First = r.text.DateTime(extent.First.In(r.h.loc))
		pre.Last = r.text.DateTime(extent.Last.In(r.h.loc))
	}
	for _, format := range []string{"csv", "xlsx"} {
		pre.Exports = append(pre.Exports, link{
			Text: strings.ToUpper(format),
			URL:  address(r.h.root.Href("/stat"), []param{{paramPeriod, p.String()}, {paramTable, "stat"}, {paramFormat, format}}),
		})
	}
	for _, row := range months.rows {
		pre.Months = append(pre.Months, partCount{r.text.Step(aggregate.Month, row.Start), row.Count})
	}
	data.Preview = pre
	return 0
}

// topCounts are the clients with the most records. What is left is one row, so
// that the table adds up.
func (r *request) topCounts(rows []aggregate.Row) []partCount {
	slices.SortStableFunc(rows, func(a, b aggregate.Row) int { return cmp.Compare(b.Count, a.Count) })
	var out []partCount
	var rest int64
	for i, row := range rows {
		if len(rows) > topClients+1 && i >= topClients {
			rest += row.Count
			continue
		}
		out = append(out, partCount{r.clientName(row.Key.ClientID), row.Count})
	}
	if rest > 0 {
		out = append(out, partCount{r.text.T("common.rest", int64(len(rows)-topClients)), rest})
	}
	return out
}

// deletable reads a period that may be deleted, or says why it may not.
func (r *request) deletable(text string) (p aggregate.Period, why string) {
	if text == "" {
		return p, r.text.T("delete.needPeriod")
	}
	p, err := aggregate.ParsePeriod(text, r.h.loc)
	switch {
	case err != nil:
		return p, r.text.T("delete.hint")
	case p.Expr() != nil:
		return p, r.text.T("delete.notExpression")
	}
	return p, ""
}
