package httpui

import (
	"cmp"
	"context"
	"slices"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// valueOf is the value of the one field that rows were counted by.
func valueOf(k aggregate.Key, by aggregate.Dim) string {
	switch by {
	case aggregate.ByClient:
		return k.ClientID
	case aggregate.ByMethod:
		return k.Method
	case aggregate.ByBank:
		return k.Bank
	case aggregate.ByCountry:
		return k.Country
	case aggregate.ByErrorCode:
		return k.ErrorCode
	}
	return ""
}

// filterOf is the parameter that filters by a field.
func filterOf(by aggregate.Dim) string {
	switch by {
	case aggregate.ByClient:
		return paramClient
	case aggregate.ByMethod:
		return paramMethod
	case aggregate.ByBank:
		return paramBank
	case aggregate.ByCountry:
		return paramCountry
	case aggregate.ByErrorCode:
		return paramError
	}
	return ""
}

// newEntry names a value.
func (r *request) newEntry(id string, by aggregate.Dim) entry {
	e := entry{ID: id, Name: r.valueName(filterOf(by), id)}
	if by == aggregate.ByClient {
		c, _ := r.h.catalogue.Client(id)
		e.Institution = c.Institution
	}
	if id == "" {
		e.Name = r.text.T("common.notCounted")
		if by == aggregate.ByErrorCode {
			e.Name = r.text.T("methods.noCode")
		}
	}
	return e
}

// rank sorts the greatest first, and equal ones by name.
func (r *request) rank(entries []entry, m measure) {
	byName := r.text.Compare()
	slices.SortStableFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(m(b.tally()), m(a.tally())), cmp.Compare(b.tally().Events(), a.tally().Events()),
			byName(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
}

// seen returns first and last day of every client.
func (r *request) seen() (map[string]logbase.Seen, error) {
	var list []logbase.Seen
	err := r.h.slots.Do(r.ctx, func(ctx context.Context) (err error) {
		list, err = r.h.store.Clients(ctx)
		return err
	})
	seen := make(map[string]logbase.Seen, len(list))
	for _, s := range list {
		seen[s.ClientID] = s
	}
	return seen, err
}

// fillSeen adds first and last days to clients, and marks those that are new
// in the period: whose first event ever lies in it. While the log base begins
// within the period, everybody would be new, so nobody is.
func (r *request) fillSeen(entries []entry, s *scope) error {
	seen, err := r.seen()
	if err != nil || seen == nil {
		return err
	}
	first, last, bounded := s.period.Days()
	for i := range entries {
		e := &entries[i]
		c, ok := seen[e.ID]
		if !ok {
			continue
		}
		from, to := date(c.First), date(c.Last)
		e.First, e.Last = &from, &to
		e.New = bounded && first <= c.First && c.First <= last && s.bounds.First < first
	}
	return nil
}

// fillTrends adds the course of one operation to each entry, from an answer in
// steps that was counted by the field of the entries and by operation. What is
// still to come has no steps: it would look like a fall to nothing.
func (r *request) fillTrends(entries []entry, a *answer, o event.Operation, p aggregate.Period) {
	by, step := a.query.By&^aggregate.ByOperation, a.query.Step
	points := slices.DeleteFunc(aggregate.Series(nil, p, step), func(pt aggregate.Point) bool { return pt.Start.After(r.now) })
	at := make(map[int64]int, len(points))
	for i, pt := range points {
		at[step.Start(pt.Start).Unix()] = i
	}
	index := make(map[string]int, len(entries))
	for i := range entries {
		index[entries[i].ID] = i
		entries[i].trend = make([]int64, len(points))
	}
	for _, row := range a.rows {
		i, known := index[valueOf(row.Key, by)]
		j, inside := at[row.Start.Unix()]
		if known && inside && row.Key.Operation == o {
			entries[i].trend[j] += row.Count
		}
	}
}

// trendStep is the step of a sparkline: some ten to thirty points.
func trendStep(p aggregate.Period) aggregate.Unit {
	first, last, ok := p.Days()
	if !ok {
		return aggregate.Whole
	}
	switch days := last - first + 1; {
	case days <= 2:
		return aggregate.Whole // hours would be counted from the records themselves
	case days <= 31:
		return aggregate.EachDay
	case days <= 31*7:
		return aggregate.Week
	default:
		return aggregate.Month
	}
}
