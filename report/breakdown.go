package report

import (
	"cmp"
	"context"
	"slices"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// Figures are the numbers of one thing in one period.
type Figures struct {
	aggregate.Tally
	Rate *float64 `json:"rate" doc:"Success rate: successes / (successes + failures), from 0 to 1; null when fewer than 20 ended."`
}

// FiguresOf adds the success rate to a tally.
func FiguresOf(t aggregate.Tally) Figures {
	f := Figures{Tally: t}
	if rate, ok := t.Rate(); ok {
		f.Rate = &rate
	}
	return f
}

// Entry is one thing that was counted: a client application, a method, a bank,
// a country or an error code, or all of them together.
type Entry struct {
	ID          string `json:"id" doc:"As the sender writes it; empty for what has none."`
	Name        string `json:"name" doc:"As people know it."`
	Institution string `json:"institution,omitempty" doc:"Of a client application, where the catalogue knows it."`
	Figures
	Share    *float64       `json:"share" doc:"Part of the total, from 0 to 1; null when the total is 0."`
	Previous *Figures       `json:"previous" doc:"In the reference period; null without one."`
	Change   *float64       `json:"change" doc:"Relative change of what is compared, such as 0.031; null when it may not be shown."`
	First    *aggregate.Day `json:"first,omitempty" doc:"Day of the first event ever."`
	Last     *aggregate.Day `json:"last,omitempty" doc:"Day of the last event ever."`
	New      bool           `json:"new,omitempty" doc:"The first event ever lies in the period."`
	Silent   bool           `json:"silent,omitempty" doc:"There were events in the reference period and none in this one."`

	Compared aggregate.Tally `json:"-"` // of the part of the period that is compared
	Trend    []int64         `json:"-"` // the measured figure by step; nil when not asked for
	Rest     int             `json:"-"` // of how many things it is the sum; 0 for one thing, or for all
}

// Breakdown is what a period comes to, by one field.
type Breakdown struct {
	Entries []Entry `json:"entries" doc:"The greatest first."`
	Total   Entry   `json:"total" doc:"The sum of the entries."`

	Measure Measure `json:"-"` // what Entries are ranked, shared and compared by
	Fair    bool    `json:"-"` // changes may be given, see Scope.NoChange
	Begun   int     `json:"-"` // how many steps of their trends have begun: the others would look like a fall to nothing
}

// Breakdown counts the period by one field. By error code, only failures count.
// Banks and countries leave out the events that have none, also from the total:
// an authentication by Smart-ID is no bank's.
func (r *Report) Breakdown(ctx context.Context, by aggregate.Dim) (Breakdown, error) {
	t, err := r.divide(ctx, by, inTotal)
	return t.Breakdown, err
}

// split is where the answers about a period stand from which a breakdown is
// made.
type split struct {
	now  *query // the period, in steps where so asked
	left *query // what of it is not compared, while it is running; nil for nothing
	then *query // the reference period; nil without one
}

// split returns the queries of a breakdown that keep some fields.
func (r *Report) split(keep aggregate.Dim, f aggregate.Key, steps bool) split {
	s := &r.plan
	q := aggregate.Query{Period: r.Period, Filter: f, By: keep | aggregate.ByOperation}
	out := split{now: &query{Query: q}}
	if steps {
		out.now.Period, out.now.Step = r.Shown, s.Step
	}
	if s.Compared == nil {
		return out
	}
	if s.Cut() { // less is left than is compared, so that is asked for
		q.Period = aggregate.Between(s.Compared.To(), r.Period.To(), r.loc)
		out.left = &query{Query: q}
	}
	q.Period = s.Reference.Period
	out.then = &query{Query: q}
	return out
}

func (s split) queries() []*query {
	return slices.DeleteFunc([]*query{s.now, s.left, s.then}, func(q *query) bool { return q == nil })
}

// tallies adds up an answer by what id makes of a key.
func tallies(q *query, id func(aggregate.Key) string) map[string]aggregate.Tally {
	out := make(map[string]aggregate.Tally)
	if q == nil {
		return out
	}
	for _, row := range q.rows {
		t := out[id(row.Key)]
		t.Add(row.Key.Operation, row.Count)
		out[id(row.Key)] = t
	}
	return out
}

// field takes the value of one field.
func field(by aggregate.Dim) func(aggregate.Key) string {
	return func(k aggregate.Key) string {
		k = k.Keep(by)
		return cmp.Or(k.ClientID, k.Method, k.Bank, k.Country, k.ErrorCode)
	}
}

// breakdown makes the breakdown of what was answered, by what id makes of each
// key: values of the field by.
func (r *Report) breakdown(s split, by aggregate.Dim, id func(aggregate.Key) string, m Measure, fair bool) Breakdown {
	now, left, then := tallies(s.now, id), tallies(s.left, id), tallies(s.then, id)
	b := Breakdown{Entries: make([]Entry, 0, len(now)), Measure: m, Fair: fair}
	var total, totalLeft, totalThen aggregate.Tally
	add := func(id string) {
		e := r.entry(by, id)
		b.fill(&e, now[id], left[id], then[id], s.then != nil)
		total, totalLeft, totalThen = total.Plus(now[id]), totalLeft.Plus(left[id]), totalThen.Plus(then[id])
		b.Entries = append(b.Entries, e)
	}
	for id := range now {
		add(id)
	}
	for id := range then {
		if _, done := now[id]; !done {
			add(id)
		}
	}
	b.Total = Entry{Name: r.Names.Name(0, "")}
	b.fill(&b.Total, total, totalLeft, totalThen, s.then != nil)
	b.share(total)
	r.rank(b.Entries, m)
	if by == aggregate.ByBank || by == aggregate.ByCountry {
		return b.named()
	}
	return b
}

// entry names a value.
func (r *Report) entry(by aggregate.Dim, id string) Entry {
	e := Entry{ID: id, Name: r.Names.Name(by, id)}
	if by == aggregate.ByClient {
		e.Institution = r.Names.Institution(id)
	}
	return e
}

// fill puts in the figures of an entry: those of the period, those of it that
// are not compared, and those of the reference period where there is one.
func (b *Breakdown) fill(e *Entry, now, left, then aggregate.Tally, compared bool) {
	e.Figures, e.Compared = FiguresOf(now), minus(now, left)
	if !compared {
		return
	}
	f := FiguresOf(then)
	e.Previous = &f
	e.Silent = then.Events() > 0 && now.Events() == 0
	if b.Fair {
		e.Change = change(b.Measure.Of(e.Compared), b.Measure.Of(then))
	}
}

// share gives every entry, and the total, its part of the total.
func (b *Breakdown) share(total aggregate.Tally) {
	whole := b.Measure.Of(total)
	for i := range b.Entries {
		b.Entries[i].Share = ratio(b.Measure.Of(b.Entries[i].Tally), whole)
	}
	b.Total.Share = ratio(whole, whole)
}

// rank sorts the greatest first, and equal ones by name.
func (r *Report) rank(entries []Entry, m Measure) {
	byName := r.Names.Compare()
	slices.SortFunc(entries, func(a, b Entry) int {
		if c := cmp.Or(cmp.Compare(m.Of(b.Tally), m.Of(a.Tally)), cmp.Compare(b.Events(), a.Events())); c != 0 {
			return c
		}
		return cmp.Or(byName(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
}

func minus(a, b aggregate.Tally) aggregate.Tally {
	return a.Plus(aggregate.Tally{Attempts: -b.Attempts, Successes: -b.Successes, Failures: -b.Failures})
}

// ratio returns part / whole, or nil when there is no whole.
func ratio(part, whole int64) *float64 {
	if whole == 0 {
		return nil
	}
	v := float64(part) / float64(whole)
	return &v
}

func change(now, then int64) *float64 { return ratio(now-then, then) }

// Change is the relative change of one figure of the total; nil when it may not
// be given.
func (b *Breakdown) Change(m Measure) *float64 {
	if !b.Fair || b.Total.Previous == nil {
		return nil
	}
	return change(m.Of(b.Total.Compared), m.Of(b.Total.Previous.Tally))
}

// RateChange is the difference of the success rates; nil when it may not be
// given or there were too few.
func (b *Breakdown) RateChange() *float64 {
	if !b.Fair || b.Total.Previous == nil || b.Total.Previous.Rate == nil {
		return nil
	}
	rate, ok := b.Total.Compared.Rate()
	if !ok {
		return nil
	}
	rate -= *b.Total.Previous.Rate
	return &rate
}

// sum adds up entries as one of that name. A change is given only where each
// of them has one, or had nothing before.
func (b *Breakdown) sum(name string, entries []Entry) Entry {
	out := Entry{Name: name, Trend: make([]int64, len(b.Total.Trend))}
	var now, then aggregate.Tally
	fair := true
	for _, e := range entries {
		now, out.Compared = now.Plus(e.Tally), out.Compared.Plus(e.Compared)
		if e.Previous != nil {
			then = then.Plus(e.Previous.Tally)
		}
		fair = fair && (e.Change != nil || e.Previous == nil || b.Measure.Of(e.Previous.Tally) == 0)
		for i, n := range e.Trend {
			out.Trend[i] += n
		}
	}
	out.Figures = FiguresOf(now)
	out.Share = ratio(b.Measure.Of(now), b.Measure.Of(b.Total.Tally))
	if b.Total.Previous == nil {
		return out
	}
	f := FiguresOf(then)
	out.Previous = &f
	if fair {
		out.Change = change(b.Measure.Of(out.Compared), b.Measure.Of(then))
	}
	return out
}

// named drops the entry of events that have no such field, and what they add
// to the total.
func (b Breakdown) named() Breakdown {
	b.Entries = slices.DeleteFunc(b.Entries, func(e Entry) bool { return e.ID == "" })
	b.Total = b.sum(b.Total.Name, b.Entries)
	b.share(b.Total.Tally)
	return b
}

// Keep returns the breakdown of those entries that keep approves of. When any
// is left out, the total is that of the others, without its share changing.
func (b Breakdown) Keep(keep func(*Entry) bool) Breakdown {
	out := b
	out.Entries = make([]Entry, 0, len(b.Entries))
	for i := range b.Entries {
		if keep(&b.Entries[i]) {
			out.Entries = append(out.Entries, b.Entries[i])
		}
	}
	if len(out.Entries) < len(b.Entries) {
		out.Total = b.sum(b.Total.Name, out.Entries)
	}
	return out
}

// Fold keeps the n greatest entries and makes one of the others, so that the
// table still adds up to its total. That one has no name, see [Entry.Rest].
func (b Breakdown) Fold(n int) Breakdown {
	if len(b.Entries) <= n+1 {
		return b
	}
	rest := b.sum("", b.Entries[n:])
	rest.Rest = len(b.Entries) - n
	b.Entries = append(b.Entries[:n:n], rest)
	return b
}

// The two sides of the border, as ids of the entries of [Countries.Border].
const (
	Home   = "EE"
	Abroad = "*"
)

// Countries is the period by country.
type Countries struct {
	Breakdown

	// Border tells authentications across the border from the others: those by
	// eIDAS, and those of another country than Estonia.
	Border Breakdown
}

// Countries counts the period by country and by side of the border.
func (r *Report) Countries(ctx context.Context) (Countries, error) {
	s := r.split(aggregate.ByCountry|aggregate.ByMethod, r.Filter, false)
	var fair bool
	err := r.ask(ctx, s.queries(), func() { fair = r.Scope(ctx).NoChange == Fair })
	if err != nil {
		return Countries{}, err
	}
	m := r.plan.Measure
	return Countries{
		Breakdown: r.breakdown(s, aggregate.ByCountry, field(aggregate.ByCountry), m, fair),
		Border:    r.breakdown(s, aggregate.ByCountry, side, m, fair),
	}, nil
}

// side is the side of the border of a key.
func side(k aggregate.Key) string {
	if k.Method == event.MethodEIDAS || k.Country != "" && k.Country != Home {
		return Abroad
	}
	return Home
}

// Stat is the specification's statistics (section 2.2): the period by client
// application, method and bank. Nothing is compared.
type Stat struct {
	Rows []StatRow `json:"rows" doc:"Sorted by client, method and bank."`

	r    *Report
	rows []aggregate.Row
}

// StatRow is one line of the statistics.
type StatRow struct {
	Client string `json:"client"`
	Method string `json:"method"`
	Bank   string `json:"bank,omitempty"`
	Figures
}

// Stat counts the period as the specification has it.
func (r *Report) Stat(ctx context.Context) (Stat, error) {
	out := Stat{Rows: []StatRow{}, r: r}
	var err error
	out.rows, err = r.src.Sums(ctx, aggregate.Query{Period: r.Period, Filter: r.Filter, By: aggregate.ByStat})
	if err != nil {
		return Stat{}, err
	}
	sums := make(map[aggregate.Key]aggregate.Tally)
	var keys []aggregate.Key
	for _, row := range out.rows {
		k := row.Key.Keep(aggregate.ByClient | aggregate.ByMethod | aggregate.ByBank)
		t, known := sums[k]
		if !known {
			keys = append(keys, k)
		}
		t.Add(row.Key.Operation, row.Count)
		sums[k] = t
	}
	slices.SortFunc(keys, aggregate.Key.Compare)
	for _, k := range keys {
		out.Rows = append(out.Rows, StatRow{Client: k.ClientID, Method: k.Method, Bank: k.Bank, Figures: FiguresOf(sums[k])})
	}
	return out, nil
}

// By are the same events by one field, by their successes.
func (s *Stat) By(by aggregate.Dim) Breakdown {
	return s.r.breakdown(split{now: &query{rows: s.rows}}, by, field(by), Successes, false)
}

// Total is what the period comes to.
func (s *Stat) Total() aggregate.Tally { return aggregate.Total(s.rows) }
