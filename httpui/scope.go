package httpui

import (
	"strings"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// scope is what a page counts, made definite: the period, its division into
// steps, and what it is fair to compare it with.
type scope struct {
	period aggregate.Period
	bounds logbase.Bounds
	cover  *cover
	failed bool // the filter leaves nothing but failures: a success rate would be nonsense

	shown   aggregate.Period // what is divided into steps: period, without open ends; see divided
	step    aggregate.Unit   // Whole when shown cannot be divided
	coarser bool             // the step that was asked for had too many columns

	current   aggregate.Period // the part of period that is compared
	reference aggregate.Period // with this one
	beside    aggregate.Period // the steps of it that are drawn: of days, the same weekdays
	compared  bool             // there is a reference
	unfair    string           // why no change may be shown, in words; "" when it may
}

// divided reports whether the period can be shown in steps.
func (s *scope) divided() bool { return s.step != aggregate.Whole }

// cut reports whether only a part of the period is compared.
func (s *scope) cut() bool { return s.compared && !samePeriod(s.current, s.period) }

// scope finds out what v means. It never fails: what the log base does not
// tell is left out, and the parts of the page that need it say so themselves.
func (r *request) scope(v *view) *scope {
	bounds, err := r.bounds()
	if err != nil {
		r.note(err)
	}
	s := &scope{period: v.period, bounds: bounds, shown: r.definite(v.period, bounds), failed: v.filter.ErrorCode != ""}
	s.step, s.coarser = stepOf(s.shown, v.step)
	s.current, s.reference, s.compared = v.period.Compare(v.comparison, r.now)
	if s.beside = s.reference; s.step == aggregate.EachDay {
		s.beside = aggregate.SameWeekdays(s.current, s.reference)
	}
	first, last, ok := s.shown.Days()
	if !ok {
		s.cover = &cover{bounds: bounds, today: aggregate.DayOf(r.now, r.h.loc)}
	} else {
		for _, p := range []aggregate.Period{s.reference, s.beside} { // both empty when nothing is compared
			if refFirst, refLast, ok := p.Days(); ok {
				first, last = min(first, refFirst), max(last, refLast)
			}
		}
		s.cover, err = r.coverage(first, last, bounds)
		if err != nil {
			r.note(err)
		}
	}
	s.unfair = r.unfair(v, s)
	if s.compared && bounds.Records > 0 && s.reference.From().Before(bounds.First.Start(r.h.loc)) {
		s.compared = false // half a reference would mislead more than none
	}
	return s
}

// measure is what things are ranked, shared and compared by: successes, or
// failures where there is nothing else.
func (s *scope) measure() measure {
	if s.failed {
		return failures
	}
	return successes
}

// operation is what measure counts.
func (s *scope) operation() event.Operation {
	if s.failed {
		return event.Failed
	}
	return event.SuccessfulAuth
}

// definite puts the bounds of the data in the place of open ends.
func (r *request) definite(p aggregate.Period, b logbase.Bounds) aggregate.Period {
	if p.Expr() != nil || p.Bounded() || b.Records == 0 {
		return p
	}
	from, to := p.From(), p.To()
	if from.IsZero() {
		from = b.First.Start(r.h.loc)
	}
	if to.IsZero() {
		to = (b.Last + 1).Start(r.h.loc)
	}
	return aggregate.Between(from, to, r.h.loc)
}

// stepOf chooses the step of a chart: the one asked for, unless it makes too
// many columns.
func stepOf(p aggregate.Period, asked aggregate.Unit) (step aggregate.Unit, coarser bool) {
	auto := aggregate.AutoStep(p)
	if auto == aggregate.Whole || asked == aggregate.Whole {
		return auto, false
	}
	first, last, _ := p.Days()
	days := int(last-first) + 1
	columns := map[aggregate.Unit]int{
		aggregate.Hour: 24 * days, aggregate.EachDay: days, aggregate.Week: days / 7, aggregate.Month: days / 28,
		aggregate.Quarter: days / 90, aggregate.Year: days / 365,
	}
	for step = asked; columns[step] > maxColumns && step < aggregate.Year; step++ {
		coarser = true
	}
	return step, coarser
}

// maxColumns bounds a chart: a year of days, half a month of hours.
const maxColumns = 372

// unfair says why no change may be shown.
func (r *request) unfair(v *view, s *scope) string {
	t := r.text.T
	switch {
	case v.comparison == aggregate.NoComparison:
		return t("common.none")
	case !v.period.Bounded():
		return t("period.noComparisonOpen")
	case !s.compared:
		return t("period.noComparisonNotBegun")
	case s.bounds.Records > 0 && s.reference.From().Before(s.bounds.First.Start(r.h.loc)):
		return t("period.noComparisonBefore")
	case s.bounds.Records > 0 && !s.cover.known:
		return t("common.unknown")
	}
	var days []string
	for _, p := range []aggregate.Period{s.current, s.reference} {
		for _, g := range s.cover.gaps(p) {
			days = append(days, r.text.DayRange(g.first, g.last))
		}
	}
	const most = 3 // named; more would not be read
	if len(days) > most {
		days = append(days[:most], "…")
	}
	if len(days) > 0 {
		return t("period.noComparisonGap", strings.Join(days, ", "))
	}
	return ""
}

// comparedText says in words what the period is compared with, or why it is not.
func (r *request) comparedText(v *view, s *scope) string {
	t := r.text.T
	var out []string
	if s.compared {
		out = append(out, t("period.comparedWith", r.text.Period(s.reference, s.bounds))+".")
		if s.cut() {
			out = append(out, t("period.comparedPart", r.text.Period(s.current, s.bounds)))
		}
	}
	if s.unfair != "" && v.comparison != aggregate.NoComparison {
		out = append(out, t("period.noComparison", s.unfair))
	}
	return strings.Join(out, " ")
}
