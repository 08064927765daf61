package locale

import (
	"strings"

	"github.com/e-gov/tarastat/report"
)

// NoChange says why a report gives no change, or "" when it gives them.
func (l *Locale) NoChange(s *report.Scope) string {
	switch s.NoChange {
	case report.Fair:
		return ""
	case report.NotAsked:
		return l.T("common.none")
	case report.Unbounded:
		return l.T("period.noComparisonOpen")
	case report.NotBegun:
		return l.T("period.noComparisonNotBegun")
	case report.BeforeData:
		return l.T("period.noComparisonBefore")
	case report.UnknownCoverage:
		return l.T("common.unknown")
	}
	const most = 3 // days named; more would not be read
	var days []string
	for i, g := range s.Gaps {
		if i == most {
			days = append(days, "…")
			break
		}
		days = append(days, l.DayRange(g.First, g.Last))
	}
	return l.T("period.noComparisonGap", strings.Join(days, ", "))
}
