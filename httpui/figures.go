package httpui

import (
	"github.com/e-gov/tarastat/aggregate"
)

// figures are the numbers of one thing in one period. Pages, exports and the
// API show these, so that none can differ from the others.
type figures struct {
	Attempts  int64    `json:"attempts" doc:"Authentications begun (START_AUTH)."`
	Successes int64    `json:"successes" doc:"Authentications that ended well (SUCCESSFUL_AUTH)."`
	Failures  int64    `json:"failures" doc:"Authentications that ended badly (ERROR)."`
	Rate      *float64 `json:"rate" doc:"Success rate: successes / (successes + failures), from 0 to 1; null when fewer than 20 ended."`
}

func figuresOf(t aggregate.Tally) figures {
	f := figures{Attempts: t.Attempts, Successes: t.Successes, Failures: t.Failures}
	if rate, ok := t.Rate(); ok {
		f.Rate = &rate
	}
	return f
}

func (f figures) tally() aggregate.Tally {
	return aggregate.Tally{Attempts: f.Attempts, Successes: f.Successes, Failures: f.Failures}
}

// entry is one thing that was counted: a client application, a method, a bank,
// a country or an error code, or all of them together.
type entry struct {
	ID          string `json:"id" doc:"As the sender writes it; empty for what has none."`
	Name        string `json:"name" doc:"As people know it."`
	Institution string `json:"institution,omitempty" doc:"Of a client application, where the catalogue knows it."`
	figures
	Share    *float64 `json:"share" doc:"Part of the total, from 0 to 1; null when the total is 0."`
	Previous *figures `json:"previous" doc:"In the reference period; null without one."`
	Change   *float64 `json:"change" doc:"Relative change of what is compared, such as 0.031; null when it may not be shown."`
	First    *date    `json:"first,omitempty" doc:"Day of the first event ever."`
	Last     *date    `json:"last,omitempty" doc:"Day of the last event ever."`
	New      bool     `json:"new,omitempty" doc:"The first event ever lies in the period."`
	Silent   bool     `json:"silent,omitempty" doc:"There were events in the reference period and none in this one."`

	compared aggregate.Tally // of the part of the period that is compared
	trend    []int64         // by step, for a sparkline; nil when not asked for
	rest     bool            // stands for several things that are not told apart
}

// date is a civil day that is written as ISO 8601.
type date aggregate.Day

func (d date) String() string { return aggregate.Day(d).String() }

// MarshalText is [date.String].
func (d date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// measure is the figure that things are ranked, shared and compared by.
type measure func(aggregate.Tally) int64

func successes(t aggregate.Tally) int64 { return t.Successes }

func failures(t aggregate.Tally) int64 { return t.Failures }

// breakdown is what a period comes to, by one field.
type breakdown struct {
	Entries []entry // the greatest first
	Total   entry
}

// breakdownQuery are the answers that a breakdown is made of.
type breakdownQuery struct {
	by      aggregate.Dim
	measure measure
	now     *answer // the period
	left    *answer // what of it is not compared, while it is running; nil for nothing
	then    *answer // the reference period; nil without one
}

// askBreakdown puts in the questions of a breakdown by one field. What is
// asked for beside it stays in the answers. When the same events are asked for
// anyway, in steps or not, now is that answer; otherwise it is nil.
func (q *questions) askBreakdown(s *scope, f aggregate.Key, by, beside aggregate.Dim, m measure, now *answer) *breakdownQuery {
	query := aggregate.Query{Period: s.period, Filter: f, By: by | beside | aggregate.ByOperation}
	b := &breakdownQuery{by: by, measure: m, now: now}
	if now == nil {
		b.now = q.add(query)
	}
	if !s.compared {
		return b
	}
	if s.cut() { // less is left than is compared, so that is asked for
		query.Period = aggregate.Between(s.current.To(), s.period.To(), s.period.Location())
		b.left = q.add(query)
	}
	query.Period = s.reference
	b.then = q.add(query)
	return b
}

// err is the first error of the answers.
func (b *breakdownQuery) err() error {
	for _, a := range []*answer{b.now, b.left, b.then} {
		if a != nil && a.err != nil {
			return a.err
		}
	}
	return nil
}

// tallies adds up an answer by the field.
func (b *breakdownQuery) tallies(a *answer) map[string]aggregate.Tally {
	out := make(map[string]aggregate.Tally)
	if a == nil {
		return out
	}
	for _, row := range a.rows {
		id := valueOf(row.Key, b.by)
		t := out[id]
		t.Add(row.Key.Operation, row.Count)
		out[id] = t
	}
	return out
}

// result makes the breakdown of what was answered.
func (b *breakdownQuery) result(r *request, s *scope) breakdown {
	now, left, then := b.tallies(b.now), b.tallies(b.left), b.tallies(b.then)
	var out breakdown
	var total, totalLeft, totalThen aggregate.Tally
	add := func(id string) {
		e := r.newEntry(id, b.by)
		e.figures, e.compared = figuresOf(now[id]), minus(now[id], left[id])
		total, totalLeft, totalThen = total.Plus(now[id]), totalLeft.Plus(left[id]), totalThen.Plus(then[id])
		b.compare(&e, then[id], s)
		out.Entries = append(out.Entries, e)
	}
	for id := range now {
		add(id)
	}
	for id := range then {
		if _, done := now[id]; !done {
			add(id)
		}
	}
	for i := range out.Entries {
		e := &out.Entries[i]
		e.Share = ratio(b.measure(e.tally()), b.measure(total))
	}
	out.Total = entry{
		Name: r.text.T("table.total"), figures: figuresOf(total), compared: minus(total, totalLeft),
		Share: ratio(b.measure(total), b.measure(total)),
	}
	b.compare(&out.Total, totalThen, s)
	r.rank(out.Entries, b.measure)
	return out
}

func minus(a, b aggregate.Tally) aggregate.Tally {
	return a.Plus(aggregate.Tally{Attempts: -b.Attempts, Successes: -b.Successes, Failures: -b.Failures})
}

// compare holds e against the reference period.
func (b *breakdownQuery) compare(e *entry, then aggregate.Tally, s *scope) {
	if b.then == nil {
		return
	}
	f := figuresOf(then)
	e.Previous = &f
	e.Silent = then.Events() > 0 && e.tally().Events() == 0
	if old := b.measure(then); s.unfair == "" && old > 0 {
		change := float64(b.measure(e.compared)-old) / float64(old)
		e.Change = &change
	}
}

// ratio returns part / whole, or nil when there is no whole.
func ratio(part, whole int64) *float64 {
	if whole == 0 {
		return nil
	}
	v := float64(part) / float64(whole)
	return &v
}
