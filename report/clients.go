package report

import (
	"cmp"
	"context"
	"slices"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Clients is the period by client application, with the days on which each was
// first and last seen.
type Clients struct {
	Breakdown

	// Incomplete is why the days, and so who is new, or the trends are left out.
	Incomplete error `json:"-"`
}

// Clients counts the period by client application.
func (r *Report) Clients(ctx context.Context) (Clients, error) { return r.clients(ctx, nil) }

// ClientsInSteps is [Report.Clients] with the trend of each, in some ten to
// thirty steps. Very short periods have none.
func (r *Report) ClientsInSteps(ctx context.Context) (Clients, error) {
	step := trendStep(r.Shown)
	if step == aggregate.Whole {
		return r.clients(ctx, nil)
	}
	f := r.Filter
	f.Operation = r.plan.Measure.Operation()
	by := aggregate.ByClient | aggregate.ByOperation
	return r.clients(ctx, &query{Query: aggregate.Query{Period: r.Shown, Filter: f, By: by, Step: step}})
}

func (r *Report) clients(ctx context.Context, trends *query) (out Clients, err error) {
	var list []logbase.Seen
	var seenErr, trendErr error
	Together(
		func() { out.Breakdown, err = r.Breakdown(ctx, aggregate.ByClient) },
		func() { list, seenErr = r.src.Clients(ctx) },
		func() {
			if trends != nil {
				trends.rows, trendErr = r.src.Sums(ctx, trends.Query)
			}
		},
	)
	if err != nil {
		return out, err
	}
	r.fillSeen(out.Entries, list)
	if trends != nil && trendErr == nil {
		r.fillTrends(&out.Breakdown, trends, aggregate.ByClient)
	}
	out.Incomplete = cmp.Or(seenErr, trendErr)
	return out, nil
}

// fillSeen adds first and last days to clients, and marks those that are new
// in the period: whose first event ever lies in it. While the log base begins
// within the period, everybody would be new, so nobody is.
func (r *Report) fillSeen(entries []Entry, list []logbase.Seen) {
	seen := make(map[string]logbase.Seen, len(list))
	for _, s := range list {
		seen[s.ClientID] = s
	}
	first, last, bounded := r.Period.Days()
	for i := range entries {
		e := &entries[i]
		if c, ok := seen[e.ID]; ok {
			e.First, e.Last = &c.First, &c.Last
			e.New = bounded && first <= c.First && c.First <= last && r.Bounds.First < first
		}
	}
}

// trendStep is the step of the trends of clients.
func trendStep(p aggregate.Period) aggregate.Unit {
	first, last, ok := p.Days()
	if !ok {
		return aggregate.Whole
	}
	switch days := last - first + 1; {
	case days <= 2:
		return aggregate.Whole // hours would be counted from the records themselves
	case days <= 31:
		return aggregate.DayUnit
	case days <= 31*7:
		return aggregate.Week
	default:
		return aggregate.Month
	}
}

// Seen says when a client application had its first and its last event. It
// reports false for one that never had any.
func (r *Report) Seen(ctx context.Context, client string) (logbase.Seen, bool, error) {
	list, err := r.src.Clients(ctx)
	i := slices.IndexFunc(list, func(s logbase.Seen) bool { return s.ClientID == client })
	if err != nil || i < 0 {
		return logbase.Seen{}, false, err
	}
	return list[i], true, nil
}

// Summary is what a period comes to.
type Summary struct {
	Total  Entry `json:"total"`
	Active int   `json:"activeClients" doc:"Client applications with at least one event in the period."`
	New    int   `json:"newClients" doc:"Those whose first event ever lies in the period."`
	Silent int   `json:"silentClients" doc:"Those with events in the reference period and none in this one."`
}

// Summary counts those that are there, that are new and that fell silent.
func (b *Breakdown) Summary() Summary {
	out := Summary{Total: b.Total}
	for i := range b.Entries {
		e := &b.Entries[i]
		if e.Events() > 0 {
			out.Active++
		}
		if e.New {
			out.New++
		}
		if e.Silent {
			out.Silent++
		}
	}
	return out
}

// mostLastRows bounds what is read to find when each client last used
// something: a common method is asked for in longer steps.
const mostLastRows = 60_000

// LastUse fills in, as the last day of each client of b, the beginning of the
// last step of the period in which it used what the question filters by, and
// sorts those that did so last of all first: when something is to be closed,
// these are whom to talk to. It returns the step, which is Whole when the
// period does not consist of days.
func (r *Report) LastUse(ctx context.Context, b *Breakdown) (aggregate.Unit, error) {
	first, last, ok := r.Shown.Days()
	if !ok || !r.Shown.WholeDays() {
		return aggregate.Whole, nil
	}
	step := aggregate.DayUnit
	if b.Summary().Active*int(last-first+1) > mostLastRows {
		step = aggregate.Month
	}
	rows, err := r.src.Sums(ctx, aggregate.Query{Period: r.Shown, Filter: r.Filter, By: aggregate.ByClient, Step: step})
	if err != nil {
		return aggregate.Whole, err
	}
	latest := make(map[string]aggregate.Day)
	for _, row := range rows { // sorted by step
		latest[row.Key.ClientID] = aggregate.DayOf(row.Start, r.loc)
	}
	for i := range b.Entries {
		if d, ok := latest[b.Entries[i].ID]; ok {
			b.Entries[i].Last = &d
		}
	}
	slices.SortStableFunc(b.Entries, func(a, b Entry) int { return cmp.Compare(latest[b.ID], latest[a.ID]) })
	return step, nil
}

// Bounds of what is shown month by month.
const (
	FewestMonths = 12
	MostMonths   = 24
)

// monthsAround is the stretch of whole months around a period: one of fewer
// months is lengthened backwards to a year, one of more is cut to its end.
func monthsAround(p aggregate.Period) (aggregate.Period, bool) {
	if _, _, ok := p.Days(); !ok {
		return p, false
	}
	end := aggregate.Month.Add(p.To().Add(-1), 1)
	from := aggregate.Month.Start(p.From())
	if least := aggregate.Month.Add(end, -FewestMonths); from.After(least) {
		from = least
	}
	if most := aggregate.Month.Add(end, -MostMonths); from.Before(most) {
		from = most
	}
	return aggregate.Between(from, end, p.Location()), true
}

// Fit says how the months shown differ from the period asked for.
type Fit uint8

// The ways to fit a period.
const (
	AsAsked    Fit = iota
	Lengthened     // one within a month, of which there would be a single column, to [FewestMonths]
	CutToEnd       // one of very many months, to the last [MostMonths]
)

// Months are the successes by client application, whose trends are by month.
// Their period is that of the question where that fits, so that their sums are
// those of every other page.
type Months struct {
	Breakdown
	Period  aggregate.Period // what is shown
	Fit     Fit
	Columns []aggregate.Point // the months, cut to Period; none when it cannot be divided into months
}

// fitMonths is what is shown by month for a period.
func fitMonths(p aggregate.Period) (aggregate.Period, Fit) {
	months, ok := monthsAround(p)
	if !ok {
		return p, AsAsked
	}
	switch last := p.To().Add(-1); {
	case aggregate.Month.Start(p.From()).Equal(aggregate.Month.Start(last)):
		end := aggregate.DayUnit.Add(aggregate.DayUnit.Start(last), 1)
		return aggregate.Between(months.From(), end, p.Location()), Lengthened
	case p.From().Before(months.From()):
		return aggregate.Between(months.From(), p.To(), p.Location()), CutToEnd
	}
	return p, AsAsked
}

// Months counts successes by client application and month. After an error, it
// still says what would be shown.
func (r *Report) Months(ctx context.Context) (out Months, err error) {
	out.Period, out.Fit = fitMonths(r.Shown)
	columns := aggregate.Series(nil, out.Period, aggregate.Month)
	if columns == nil {
		return out, nil
	}
	f := r.Filter
	f.Operation = Successes.Operation()
	by := aggregate.ByClient | aggregate.ByOperation
	q := &query{Query: aggregate.Query{Period: out.Period, Filter: f, By: by, Step: aggregate.Month}}
	if err := r.ask(ctx, []*query{q}); err != nil {
		return out, err
	}
	out.Columns = columns
	out.Breakdown = r.breakdown(split{now: q}, aggregate.ByClient, field(aggregate.ByClient), Successes, false)
	r.fillTrends(&out.Breakdown, q, aggregate.ByClient)
	return out, nil
}
