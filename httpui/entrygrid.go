package httpui

import (
	"slices"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/chart"
	"github.com/e-gov/tarastat/httpui/internal/export"
)

// entryColumn is one column of a table of entries.
type entryColumn struct {
	sort   string // its name in addresses; "" when it does not sort
	key    string // of its head in the catalogue
	kind   export.Kind
	visual bool
	chart  bool
	cell   func(r *request, e *entry, t *entryTable) cell
}

// entryTable is how a table of entries is made.
type entryTable struct {
	id, caption string
	by          aggregate.Dim
	measure     measure
	columns     []entryColumn
	link        func(e *entry) string // of the name; nil for none
	most        int64                 // of the measured figure, for bars
	failed      bool                  // only failures are counted
	running     bool                  // the last step of a sparkline is not over
}

func (t *entryTable) look() chart.Look {
	if t.by == aggregate.ByErrorCode || t.failed {
		return chart.Failure
	}
	return chart.Success
}

// Names of columns in addresses.
const (
	sortChange    = "change"
	sortRate      = "rate"
	sortAttempts  = "attempts"
	sortSuccesses = "successes"
	sortFailures  = "failures"
)

// fairColumns leaves out the columns that would say nothing, or nothing true:
// changes where none may be shown, for which the period bar gives the reason,
// and all but failures where the filter leaves nothing else.
func fairColumns(s *scope, columns []entryColumn) []entryColumn {
	return slices.DeleteFunc(slices.Clone(columns), func(c entryColumn) bool {
		switch c.sort {
		case sortChange:
			return !s.compared || s.unfair != ""
		case sortRate, sortAttempts, sortSuccesses:
			return s.failed
		}
		return false
	})
}

// entryGrid makes the table.
func (r *request) entryGrid(s *scope, t entryTable, b breakdown) *grid {
	t.columns, t.failed = fairColumns(s, t.columns), s.failed
	for i := range b.Entries {
		if !b.Entries[i].rest {
			t.most = max(t.most, t.measure(b.Entries[i].tally()))
		}
	}
	t.running = s.period.Running(r.now)
	g := &grid{ID: t.id, Caption: t.caption, Period: r.text.Period(s.period, s.bounds)}
	for _, c := range t.columns {
		g.Columns = append(g.Columns, gridColumn{Name: r.text.T(c.key), Kind: c.kind, Visual: c.visual, Chart: c.chart})
	}
	for i := range b.Entries {
		e := &b.Entries[i]
		row := gridRow{Quiet: e.Silent}
		for _, c := range t.columns {
			row.Cells = append(row.Cells, c.cell(r, e, &t))
		}
		g.Rows = append(g.Rows, row)
	}
	total := t
	total.link, total.most = nil, 0
	for i, c := range t.columns {
		if i == 0 {
			g.Total = append(g.Total, textCell(b.Total.Name))
			continue
		}
		g.Total = append(g.Total, c.cell(r, &b.Total, &total))
	}
	return g
}

// The columns that tables of entries are made of.

func nameColumn(key string) entryColumn {
	return entryColumn{sort: "name", key: key, cell: func(r *request, e *entry, t *entryTable) cell {
		c := textCell(e.Name)
		if t.link != nil {
			c.URL = t.link(e)
		}
		if e.Name != e.ID && (t.by == aggregate.ByClient || t.by == aggregate.ByCountry) {
			c.Code = e.ID
		}
		if t.by == aggregate.ByErrorCode {
			c.Sub = r.text.Fault(e.ID)
		}
		switch {
		case e.New:
			c.Note = r.text.T("clients.isNew")
		case e.Silent && t.by == aggregate.ByClient:
			c.Note = r.text.T("clients.isSilent")
		}
		return c
	}}
}

// institutionColumn is shown where the catalogue knows institutions.
func institutionColumn() entryColumn {
	return entryColumn{sort: "institution", key: "table.institution", cell: func(_ *request, e *entry, _ *entryTable) cell {
		return textCell(e.Institution)
	}}
}

func attemptsColumn() entryColumn {
	return entryColumn{sort: sortAttempts, key: "figure.attempts", kind: export.Int, cell: func(r *request, e *entry, _ *entryTable) cell {
		return r.intCell(e.Attempts)
	}}
}

func successesColumn() entryColumn {
	return entryColumn{sort: sortSuccesses, key: "figure.successes", kind: export.Int, chart: true, cell: func(r *request, e *entry, t *entryTable) cell {
		c := r.intCell(e.Successes)
		if t.look() == chart.Success && t.most > 0 && !e.rest {
			c.Image = inlineBar(e.Successes, t.most, t.look())
		}
		return c
	}}
}

func failuresColumn() entryColumn {
	return entryColumn{sort: sortFailures, key: "figure.failures", kind: export.Int, chart: true, cell: func(r *request, e *entry, t *entryTable) cell {
		c := r.intCell(e.Failures)
		if t.look() == chart.Failure && t.most > 0 && !e.rest {
			c.Image = inlineBar(e.Failures, t.most, t.look())
		}
		return c
	}}
}

func rateColumn() entryColumn {
	return entryColumn{sort: sortRate, key: "figure.rate", kind: export.Percent, cell: func(r *request, e *entry, _ *entryTable) cell {
		return r.rateCell(e.figures)
	}}
}

func shareColumn() entryColumn {
	return entryColumn{sort: "share", key: "figure.share", kind: export.Percent, cell: func(r *request, e *entry, _ *entryTable) cell {
		return r.shareCell(e.Share)
	}}
}

func changeColumn() entryColumn {
	return entryColumn{sort: sortChange, key: "figure.change", kind: export.Percent, cell: func(r *request, e *entry, _ *entryTable) cell {
		return r.changeCell(e.Change)
	}}
}

func trendColumn() entryColumn {
	return entryColumn{key: "table.trend", visual: true, cell: func(r *request, e *entry, t *entryTable) cell {
		return cell{Image: r.sparkline(e.Name, e.trend, t.running)}
	}}
}

func firstColumn() entryColumn {
	return entryColumn{sort: "first", key: "table.firstSeen", kind: export.Date, cell: func(r *request, e *entry, _ *entryTable) cell {
		return r.dayCell(e.First)
	}}
}

func lastColumn() entryColumn {
	return entryColumn{sort: "last", key: "table.lastSeen", kind: export.Date, cell: func(r *request, e *entry, _ *entryTable) cell {
		return r.dayCell(e.Last)
	}}
}
