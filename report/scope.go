package report

import (
	"context"
	"encoding/json"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// Scope is what a question means: its period made definite, the division of it
// into steps, and what it is fair to compare it with.
type Scope struct {
	Period    Period  `json:"period"`
	Compared  *Period `json:"compared" doc:"The part of the period that is compared; null without a comparison."`
	Reference *Period `json:"reference" doc:"The period compared with; null without a comparison."`

	NoChange Reason `json:"-"` // why no change may be given
	Gaps     []Gap  `json:"-"` // in what is compared: the reason, where it is HasGaps

	Step    aggregate.Unit   `json:"-"` // Whole when the period cannot be divided
	Coarser bool             `json:"-"` // the step that was asked for had too many columns
	Beside  aggregate.Period `json:"-"` // the steps drawn beside those of Compared: of days, the same weekdays
	Measure Measure          `json:"-"`

	CoverageErr error `json:"-"` // why it is not known of which days there is data
}

// Period is a period with its JSON: text, from and to.
type Period struct{ aggregate.Period }

// MarshalJSON writes the period as it is written in an address, and its first
// instant and the first one after it, null where there is none.
func (p Period) MarshalJSON() ([]byte, error) {
	bound := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	return json.Marshal(struct {
		Text string     `json:"text"`
		From *time.Time `json:"from"`
		To   *time.Time `json:"to"`
	}{p.String(), bound(p.From()), bound(p.To())})
}

// Reason says why no change may be given.
type Reason uint8

// The reasons.
const (
	Fair            Reason = iota // a change may be given
	NotAsked                      // no comparison is asked for
	Unbounded                     // the period has no beginning or no end
	NotBegun                      // not one step of the period has passed
	BeforeData                    // the reference begins before the data
	UnknownCoverage               // it is not known of which days there is data
	HasGaps                       // on some days that are compared there is no data
)

// Measure is the figure that things are ranked, shared and compared by.
type Measure uint8

// The measures. Failures take the place of successes where the filter leaves
// nothing else.
const (
	Successes Measure = iota
	Failures
)

// Of is the figure that m takes of t.
func (m Measure) Of(t aggregate.Tally) int64 {
	if m == Failures {
		return t.Failures
	}
	return t.Successes
}

// Operation is what m counts.
func (m Measure) Operation() event.Operation {
	if m == Failures {
		return event.OpFailure
	}
	return event.OpSuccess
}

func measureOf(f aggregate.Key) Measure {
	if f.ErrorCode != "" {
		return Failures
	}
	return Successes
}

// Divided reports whether the period can be shown in steps.
func (s *Scope) Divided() bool { return s.Step != aggregate.Whole }

// Cut reports whether only a part of the period is compared.
func (s *Scope) Cut() bool { return s.Compared != nil && !s.Compared.To().Equal(s.Period.To()) }

// Scope is what the question means. It asks of which days there is data, once.
func (r *Report) Scope(ctx context.Context) *Scope {
	sh := r.shared
	sh.scope.Do(func() {
		sh.coverage, sh.coverageErr = r.scopeCoverage(ctx)
		sh.noChange, sh.gaps = r.noChange(sh.coverage)
	})
	s := r.plan
	s.NoChange, s.Gaps, s.CoverageErr = sh.noChange, sh.gaps, sh.coverageErr
	return &s
}

// scope is what can be said of the question without asking.
func (r *Report) scope() Scope {
	s := Scope{Period: Period{r.Period}, Measure: measureOf(r.Filter)}
	s.Step, s.Coarser = stepOf(r.Shown, r.Step)
	current, reference, compared := r.compared()
	if !compared || r.beforeData(reference) { // half a reference would mislead more than none
		return s
	}
	s.Compared, s.Reference, s.Beside = &Period{current}, &Period{reference}, reference
	if s.Step == aggregate.DayUnit {
		s.Beside = aggregate.SameWeekdays(current, reference)
	}
	return s
}

func (r *Report) compared() (current, reference aggregate.Period, ok bool) {
	return r.Period.Against(r.Comparison, r.Now)
}

func (r *Report) beforeData(reference aggregate.Period) bool {
	return r.Bounds.Records > 0 && reference.From().Before(r.Bounds.First.Start(r.loc))
}

// definite puts the bounds of the data in the place of open ends.
func (r *Report) definite() aggregate.Period {
	p := r.Period
	if p.Expr() != nil || p.Bounded() || r.Bounds.Records == 0 {
		return p
	}
	from, to := p.From(), p.To()
	if from.IsZero() {
		from = r.Bounds.First.Start(r.loc)
	}
	if to.IsZero() {
		to = (r.Bounds.Last + 1).Start(r.loc)
	}
	return aggregate.Between(from, to, r.loc)
}

// noChange says why no change may be given.
func (r *Report) noChange(c *Coverage) (Reason, []Gap) {
	current, reference, compared := r.compared()
	switch {
	case r.Comparison != aggregate.PreviousPeriod && r.Comparison != aggregate.SameTimeLastYear:
		return NotAsked, nil
	case !r.Period.Bounded():
		return Unbounded, nil
	case !compared:
		return NotBegun, nil
	case r.beforeData(reference):
		return BeforeData, nil
	case r.Bounds.Records > 0 && !c.known:
		return UnknownCoverage, nil
	}
	if gaps := append(c.Gaps(current), c.Gaps(reference)...); len(gaps) > 0 {
		return HasGaps, gaps
	}
	return Fair, nil
}

// maxColumns bounds a chart: a year of days, half a month of hours.
const maxColumns = 372

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
		aggregate.Hour: 24 * days, aggregate.DayUnit: days, aggregate.Week: days / 7, aggregate.Month: days / 28,
		aggregate.Quarter: days / 90, aggregate.Year: days / 365,
	}
	for step = asked; columns[step] > maxColumns && step < aggregate.Year; step++ {
		coarser = true
	}
	return step, coarser
}

// Nearest is the period of the same kind at the end of the data that is nearer
// to the one asked for. It reports false when that is the same.
func (r *Report) Nearest() (aggregate.Period, bool) {
	day := r.Bounds.Last
	if r.Period.Bounded() && r.Period.To().Before((r.Bounds.First + 1).Start(r.loc)) {
		day = r.Bounds.First
	}
	unit := r.Period.Unit()
	if unit == aggregate.Whole || unit == aggregate.Hour {
		unit = aggregate.Month
	}
	p := aggregate.Of(unit, day.Start(r.loc), r.loc)
	return p, !p.From().Equal(r.Period.From()) || !p.To().Equal(r.Period.To())
}
