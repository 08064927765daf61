package httpui

import (
	"context"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/report"
)

// asked is one question to the API.
type asked struct {
	ctx    context.Context
	report *report.Report
	text   *locale.Locale
}

// apiScope is what every answer about a period says of itself.
type apiScope struct {
	report.Scope
	NoChange string `json:"noChange,omitempty" doc:"Why no change is given, in the language of the request."`
}

func (a *asked) scope() apiScope {
	s := a.report.Scope(a.ctx)
	return apiScope{*s, a.text.NoChange(s)}
}

// apiSummary is what a period comes to.
type apiSummary struct {
	apiScope
	report.Summary
}

func (a *asked) summary() (any, error) {
	c, err := a.report.Clients(a.ctx)
	if err == nil {
		err = c.Incomplete
	}
	if err != nil {
		return nil, err
	}
	return apiSummary{a.scope(), c.Summary()}, nil
}

// apiSeries is a period in steps.
type apiSeries struct {
	apiScope
	report.Series
}

func (a *asked) series() (any, error) {
	s, err := a.report.Series(a.ctx)
	if err != nil {
		return nil, err
	}
	return apiSeries{a.scope(), s}, nil
}

// apiList is a period by one field.
type apiList struct {
	apiScope
	report.Breakdown
}

func (a *asked) list(by aggregate.Dim) (any, error) {
	if by == aggregate.ByClient {
		c, err := a.report.Clients(a.ctx)
		if err == nil {
			err = c.Incomplete
		}
		if err != nil {
			return nil, err
		}
		return apiList{a.scope(), c.Breakdown}, nil
	}
	b, err := a.report.Breakdown(a.ctx, by)
	if err != nil {
		return nil, err
	}
	return apiList{a.scope(), b}, nil
}

// apiStat is the specification's statistics.
type apiStat struct {
	apiScope
	report.Stat
}

func (a *asked) stat() (any, error) {
	s, err := a.report.Stat(a.ctx)
	if err != nil {
		return nil, err
	}
	return apiStat{apiScope{Scope: report.Scope{Period: report.Period{Period: a.report.Period}}}, s}, nil
}

// apiCoverage lists the stretches without data.
type apiCoverage struct {
	Period report.Period `json:"period"`
	Gaps   []report.Gap  `json:"gaps" doc:"Days without any event, up to yesterday. A gap is no zero."`
}

func (a *asked) coverage() (any, error) {
	gaps, err := a.report.Gaps(a.ctx)
	if err != nil {
		return nil, err
	}
	return apiCoverage{report.Period{Period: a.report.Shown}, gaps}, nil
}

// apiBounds is how much the log base holds.
type apiBounds struct {
	Records int64          `json:"records"`
	First   *aggregate.Day `json:"first" doc:"Day of the oldest event; null without records."`
	Last    *aggregate.Day `json:"last" doc:"Day of the newest event; null without records."`
}

func (a *asked) bounds() (any, error) {
	if a.report.BoundsErr != nil {
		return nil, a.report.BoundsErr
	}
	b := a.report.Bounds
	out := apiBounds{Records: b.Records}
	if b.Records > 0 {
		out.First, out.Last = &b.First, &b.Last
	}
	return out, nil
}
