package httpui

import (
	"github.com/e-gov/tarastat/aggregate"
)

// emptyState stands where there is nothing to show, and says what to do.
type emptyState struct {
	Title   string
	Hints   []string
	Links   []link
	Connect *connectGuide // when the log base never had a record
}

// connectGuide tells how to connect a sender.
type connectGuide struct {
	Addr, Host, Port string
	Fingerprint      string
	Log4j            string
	Send             string
}

// emptyState returns nil when there is something to show.
func (r *request) emptyState(v *view, s *scope, total aggregate.Tally) *emptyState {
	t := r.text.T
	switch {
	case total.Events() > 0:
		return nil
	case s.bounds.Records == 0:
		return &emptyState{Title: t("state.never"), Hints: []string{t("state.neverIntro")}, Connect: r.connectGuide()}
	case v.filter != aggregate.Key{}:
		e := &emptyState{Title: t("state.filtered"), Hints: []string{t("state.filteredHint")}}
		for _, c := range r.chips(v) {
			e.Links = append(e.Links, link{Text: c.RemoveText, URL: c.RemoveURL})
		}
		return e
	}
	e := &emptyState{Title: t("state.noData"), Hints: []string{t("state.noDataBounds", r.text.Bounds(s.bounds))}}
	if p, ok := r.nearest(s); ok {
		e.Links = []link{{Text: t("state.noDataNearest", r.text.Period(p, s.bounds)), URL: v.here(param{paramPeriod, p.String()})}}
	}
	return e
}

// nearest is the period of the same kind at the end of the data that is
// nearer to the empty one.
func (r *request) nearest(s *scope) (aggregate.Period, bool) {
	day := s.bounds.Last
	if s.period.Bounded() && s.period.To().Before((s.bounds.First + 1).Start(r.h.loc)) {
		day = s.bounds.First
	}
	unit := s.period.Unit()
	if unit == aggregate.Whole || unit == aggregate.Hour {
		unit = aggregate.Month
	}
	p := aggregate.Of(unit, day.Start(r.h.loc), r.h.loc)
	return p, !samePeriod(p, s.period)
}
