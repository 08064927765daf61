package httpui

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/e-gov/tarastat/aggregate"
)

// statData is the specification's statistics: how many, by client application,
// method and bank, and what became of them.
type statData struct {
	Period string
	Rows   []statRow
	Total  statRow
	Groups []statGroup // the same events by one field each
	Fault  *fault
}

type statGroup struct {
	Caption, Head string
	Rows          []statRow
	Total         statRow
}

// statRow is one row of figures. The fields that the table does not count by
// are empty.
type statRow struct {
	Client, ClientURL string
	Name              string // of a group
	Method, Bank      string
	aggregate.Tally
	Rate string
}

func (h *Handler) stat(w http.ResponseWriter, r *request) error {
	if !wantsHTML(r.Request) {
		return h.legacyStat(w, r)
	}
	v, redirect := r.view(w)
	if redirect {
		return nil
	}
	rows, err := r.sums(aggregate.Query{Period: v.period, Filter: v.filter, By: aggregate.ByStat})
	data := statData{Fault: r.fault(err)}
	bounds, _ := r.bounds() // when it is unknown, the frame says why
	data.Period = r.text.Period(v.period, bounds)
	data.Total = r.statRow(aggregate.Key{}, aggregate.Total(rows))
	data.Rows = r.statRows(rows, aggregate.ByClient|aggregate.ByMethod|aggregate.ByBank)
	for _, g := range []struct {
		dim  aggregate.Dim
		head string
		name func(statRow) string
	}{
		{aggregate.ByClient, "table.client", func(s statRow) string { return s.Client }},
		{aggregate.ByMethod, "table.method", func(s statRow) string { return s.Method }},
		{aggregate.ByBank, "table.bank", func(s statRow) string { return s.Bank }},
	} {
		group := statGroup{Head: r.text.T(g.head), Caption: r.text.T("filter.chip", r.text.T(g.head), data.Period)}
		for _, row := range r.statRows(rows, g.dim) {
			if row.Name = g.name(row); row.Name != "" { // events without a bank are no bank's
				group.Rows = append(group.Rows, row)
				group.Total.Tally = group.Total.Plus(row.Tally)
			}
		}
		group.Total.Rate = r.rate(group.Total.Tally)
		slices.SortStableFunc(group.Rows, func(a, b statRow) int { return cmp.Compare(b.Successes, a.Successes) })
		data.Groups = append(data.Groups, group)
	}
	w.Header().Add("Vary", "Accept")
	return r.render(w, &page{name: "stat", title: r.text.T("stat.title"), view: v, bar: true, data: data})
}

// statRows counts rows by the given fields and sorts them by the names that
// are shown.
func (r *request) statRows(rows []aggregate.Row, by aggregate.Dim) []statRow {
	var order []aggregate.Key
	tallies := make(map[aggregate.Key]aggregate.Tally)
	for _, row := range rows {
		k := row.Key.Keep(by)
		t, seen := tallies[k]
		if !seen {
			order = append(order, k)
		}
		t.Add(row.Key.Operation, row.Count)
		tallies[k] = t
	}
	out := make([]statRow, len(order))
	for i, k := range order {
		out[i] = r.statRow(k, tallies[k])
	}
	byName := r.text.Compare()
	slices.SortStableFunc(out, func(a, b statRow) int {
		return cmp.Or(byName(a.Client, b.Client), byName(a.Method, b.Method), byName(a.Bank, b.Bank))
	})
	return out
}

func (r *request) statRow(k aggregate.Key, t aggregate.Tally) statRow {
	row := statRow{Tally: t, Rate: r.rate(t)}
	if k.ClientID != "" {
		row.Client = r.clientName(k.ClientID)
	}
	if k.Method != "" {
		row.Method = r.text.Method(k.Method)
	}
	if k.Bank != "" {
		row.Bank = r.text.Bank(k.Bank)
	}
	return row
}
