package httpui

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/bidi"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/address"
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
	Compared     string          // in words, with what the period is compared
	Chips        []chip          // filters, to be removed
	KeepForText  []address.Param // hidden fields of the form of the text
	KeepForDates []address.Param // hidden fields of the form of the dates
	Bounds       string          // of the data; "" when there is none
	Running      bool            // the period is not over
	AsOf         string          // to when a running period is counted; "" for others
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

// bar makes the period bar. Without a comparison, it has no choice of step
// either.
func (v *visit) bar(compared bool) *bar {
	a, b := &v.view, v.report.Bounds
	p := a.Period
	out := &bar{
		Action:  a.Path,
		Heading: v.period(),
		Text:    a.Text,
		Presets: v.presets(),
		Bounds:  v.text.Bounds(b),
		Running: p.Running(v.now),
		Chips:   v.chips(),
	}
	if !a.Given {
		out.Text = p.String()
	}
	if out.Running {
		out.AsOf = v.text.T("period.running", v.text.DateTime(v.now))
	}
	if a.PeriodErr != nil {
		out.Wrong = faultOf(logbase.CodeBadPeriod, v.text.Lang())
		out.Shown = v.text.T("state.wrongPeriodHint", out.Heading)
	}
	if prev, ok := p.Shift(-1); ok && (b.Records == 0 || prev.To().After(b.First.Start(v.h.zone))) {
		out.Prev = a.Here(address.Set(address.Period, prev.String()))
	}
	if next, ok := p.Shift(1); ok && next.From().Before(v.now) {
		out.Next = a.Here(address.Set(address.Period, next.String()))
	}
	if first, last, ok := p.Days(); ok {
		out.From, out.To = first.String(), last.String()
	}
	if compared {
		v.options(out)
		out.Compared = v.compared()
	}
	for _, p := range append(a.Params(), a.Own...) {
		if p.Name == address.Period {
			continue
		}
		out.KeepForDates = append(out.KeepForDates, p)
		if !compared || p.Name != address.Step && p.Name != address.Compare { // the form has fields of its own for these
			out.KeepForText = append(out.KeepForText, p)
		}
	}
	return out
}

// compared says in words what the period is compared with, or why it is not.
func (v *visit) compared() string {
	s, t := v.scope(), v.text.T
	var out []string
	if s.Compared != nil {
		out = append(out, t("period.comparedWith", v.text.Period(s.Reference.Period, v.report.Bounds))+".")
		if s.Cut() {
			out = append(out, t("period.comparedPart", v.text.Period(s.Compared.Period, v.report.Bounds)))
		}
	}
	if why := v.text.NoChange(s); why != "" && v.report.Comparison != aggregate.NoComparison {
		out = append(out, t("period.noComparison", why))
	}
	return strings.Join(out, " ")
}

// presets are the periods that people ask for most.
func (v *visit) presets() []link {
	unit := func(u aggregate.Unit, n int) aggregate.Period {
		return aggregate.Of(u, u.Add(v.now, n), v.h.zone)
	}
	year := aggregate.Between(aggregate.Month.Add(v.now, -11), aggregate.Month.Add(v.now, 1), v.h.zone)
	presets := []struct {
		key    string
		period aggregate.Period
	}{
		{"period.today", unit(aggregate.DayUnit, 0)},
		{"period.yesterday", unit(aggregate.DayUnit, -1)},
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
			Text:    v.text.T(p.key),
			URL:     v.view.Here(address.Set(address.Period, p.period.String())),
			Current: samePeriod(p.period, v.view.Period),
		}
	}
	return links
}

func samePeriod(a, b aggregate.Period) bool {
	same := func(a, b time.Time) bool { return a.IsZero() == b.IsZero() && a.Equal(b) }
	return a.Expr() == nil && b.Expr() == nil && same(a.From(), b.From()) && same(a.To(), b.To())
}

// options are the choices of step and comparison.
func (v *visit) options(out *bar) {
	out.Steps = append(out.Steps, option{Value: "", Text: v.text.T("period.stepAuto"), Selected: v.view.Step == aggregate.Whole})
	for _, u := range []aggregate.Unit{aggregate.Hour, aggregate.DayUnit, aggregate.Week, aggregate.Month} {
		out.Steps = append(out.Steps, option{u.String(), v.text.Unit(u), v.view.Step == u})
	}
	for _, c := range []struct {
		value aggregate.Comparison
		key   string
	}{
		{aggregate.NoComparison, "period.compareNone"},
		{aggregate.PreviousPeriod, "period.comparePrevious"},
		{aggregate.SameTimeLastYear, "period.compareLastYear"},
	} {
		out.Comparisons = append(out.Comparisons, option{string(c.value), v.text.T(c.key), v.view.Comparison == c.value})
	}
}

func (v *visit) chips() []chip {
	keys := map[aggregate.Dim]string{
		aggregate.ByClient: "filter.client", aggregate.ByMethod: "filter.method", aggregate.ByBank: "filter.bank",
		aggregate.ByCountry: "filter.country", aggregate.ByErrorCode: "filter.error",
	}
	var chips []chip
	for _, f := range address.Filters() {
		value := *f.Value(&v.view.Filter)
		if value == "" {
			continue
		}
		text := v.text.T("filter.chip", v.text.T(keys[f.By]), isolated(v.names.Name(f.By, value)))
		remove := address.Without(f.Param)
		chips = append(chips, chip{text, v.view.Here(remove), v.text.T("filter.remove", text)})
	}
	return chips
}

// Characters that keep the direction of a text from what stands around it
// (Unicode Standard Annex 9, section 2.4).
const (
	firstStrongIsolate    = "\u2068"
	popDirectionalIsolate = "\u2069"
)

// isolated prepares a name from outside for a sentence, where no <bdi> can hold
// it: one with letters that are written from right to left would turn the
// figures beside it. Others stay as they are.
func isolated(name string) string {
	turns := func(c rune) bool {
		p, _ := bidi.LookupRune(c)
		switch p.Class() {
		case bidi.R, bidi.AL, bidi.AN:
			return true
		}
		return false
	}
	if !strings.ContainsFunc(name, turns) {
		return name
	}
	return firstStrongIsolate + name + popDirectionalIsolate
}
