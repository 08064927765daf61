package httpui

import (
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// bar is the period bar, which stands on every page that shows figures: which
// period, and how to come to another. It is plain links and GET forms.
type bar struct {
	Action       string // where its forms lead: the page itself
	Heading      string // the period in words
	Prev, Next   string // "" when the period has no neighbours
	Presets      []link
	Text         string // the period as written, or as it would be written
	Wrong        *fault // why the text is no period; beside the field
	Shown        string // what is shown in its place
	From, To     string // ISO dates of the date fields; "" when not bounded
	Steps        []option
	Comparisons  []option
	Compared     string  // in words, with what the period is compared
	Chips        []chip  // filters, to be removed
	KeepForText  []param // hidden fields of the form of the text
	KeepForDates []param // hidden fields of the form of the dates
	Bounds       string  // of the data; "" when there is none
	Running      bool    // the period is not over
	AsOf         string  // to when a running period is counted; "" for others
}

// link is a link, Current when it leads to what is shown.
type link struct {
	Text, URL string
	Current   bool
}

// option is one choice of a select field.
type option struct {
	Value, Text string
	Selected    bool
}

// chip is one filter, with the address that is free of it.
type chip struct{ Text, RemoveURL, RemoveText string }

// bar makes the period bar of the page at v. b may be zero when it is unknown;
// a plain bar has no choice of step and comparison.
func (r *request) bar(v *view, b logbase.Bounds, plain bool) *bar {
	p := v.period
	out := &bar{
		Action:  v.path,
		Heading: r.text.Period(p, b),
		Text:    v.text,
		Presets: r.presets(v),
		Bounds:  r.text.Bounds(b),
		Running: p.Running(r.now),
		Chips:   r.chips(v),
	}
	if !v.given {
		out.Text = p.String()
	}
	if out.Running {
		out.AsOf = r.text.T("period.running", r.text.DateTime(r.now))
	}
	if v.periodErr != nil {
		out.Wrong = &fault{logbase.BadPeriod.String(), logbase.BadPeriod.Text(r.lang), logbase.BadPeriod.Advice(r.lang)}
		out.Shown = r.text.T("state.wrongPeriodHint", out.Heading)
	}
	if prev, ok := p.Shift(-1); ok && (b.Records == 0 || prev.To().After(b.First.Start(r.h.loc))) {
		out.Prev = v.here(param{paramPeriod, prev.String()})
	}
	if next, ok := p.Shift(1); ok && next.From().Before(r.now) {
		out.Next = v.here(param{paramPeriod, next.String()})
	}
	if first, last, ok := p.Days(); ok {
		out.From, out.To = first.String(), last.String()
	}
	if !plain {
		r.options(v, out)
	}
	for _, p := range append(v.params(), v.own...) {
		if p.Name == paramPeriod {
			continue
		}
		out.KeepForDates = append(out.KeepForDates, p)
		if plain || p.Name != paramStep && p.Name != paramCompare { // the form has fields of its own for these
			out.KeepForText = append(out.KeepForText, p)
		}
	}
	return out
}

// presets are the periods that people ask for most.
func (r *request) presets(v *view) []link {
	unit := func(u aggregate.Unit, n int) aggregate.Period {
		return aggregate.Of(u, u.Add(r.now, n), r.h.loc)
	}
	year := aggregate.Between(aggregate.Month.Add(r.now, -11), aggregate.Month.Add(r.now, 1), r.h.loc)
	presets := []struct {
		key    string
		period aggregate.Period
	}{
		{"period.today", unit(aggregate.EachDay, 0)},
		{"period.yesterday", unit(aggregate.EachDay, -1)},
		{"period.thisWeek", unit(aggregate.Week, 0)},
		{"period.thisMonth", unit(aggregate.Month, 0)},
		{"period.lastMonth", unit(aggregate.Month, -1)},
		{"period.thisQuarter", unit(aggregate.Quarter, 0)},
		{"period.thisYear", unit(aggregate.Year, 0)},
		{"period.last12Months", year},
		{"period.everything", aggregate.Period{}},
	}
	links := make([]link, len(presets))
	for i, p := range presets {
		links[i] = link{
			Text:    r.text.T(p.key),
			URL:     v.here(param{paramPeriod, p.period.String()}),
			Current: samePeriod(p.period, v.period),
		}
	}
	return links
}

func samePeriod(a, b aggregate.Period) bool {
	return a.Expr() == nil && b.Expr() == nil && sameTime(a.From(), b.From()) && sameTime(a.To(), b.To())
}

func sameTime(a, b time.Time) bool { return a.IsZero() == b.IsZero() && a.Equal(b) }

// options are the choices of step and comparison.
func (r *request) options(v *view, out *bar) {
	out.Steps = append(out.Steps, option{Value: "", Text: r.text.T("period.stepAuto"), Selected: v.step == aggregate.Whole})
	for _, u := range []aggregate.Unit{aggregate.Hour, aggregate.EachDay, aggregate.Week, aggregate.Month} {
		out.Steps = append(out.Steps, option{u.String(), r.text.Unit(u), v.step == u})
	}
	for _, c := range []struct {
		value aggregate.Comparison
		key   string
	}{
		{aggregate.NoComparison, "period.compareNone"},
		{aggregate.PreviousPeriod, "period.comparePrevious"},
		{aggregate.SameTimeLastYear, "period.compareLastYear"},
	} {
		out.Comparisons = append(out.Comparisons, option{string(c.value), r.text.T(c.key), v.comparison == c.value})
	}
}

func (r *request) chips(v *view) []chip {
	var chips []chip
	fields := v.filterFields()
	for _, f := range filterNames() {
		value := *fields[f.param]
		if value == "" {
			continue
		}
		text := r.text.T("filter.chip", r.text.T(f.key), isolated(r.valueName(f.param, value)))
		chips = append(chips, chip{text, v.here(param{f.param, unset}), r.text.T("filter.remove", text)})
	}
	return chips
}

// valueName is what people call the value of a filter.
func (r *request) valueName(filter, value string) string {
	if value == aggregate.Other {
		return r.text.T("common.overflow")
	}
	switch filter {
	case paramClient:
		return r.clientName(value)
	case paramMethod:
		return r.text.Method(value)
	case paramBank:
		return r.text.Bank(value)
	case paramCountry:
		return r.text.Country(value)
	}
	return value
}

// clientName is the name of a client application in the catalogue, or its id.
func (r *request) clientName(id string) string {
	if c, ok := r.h.catalogue.Client(id); ok && c.Name != "" {
		return c.Name
	}
	return id
}
