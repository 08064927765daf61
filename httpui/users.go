package httpui

import (
	"cmp"
	"slices"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// userTable is who uses what is chosen, those who did so last of all first:
// when something is to be closed, these are whom to talk to.
func (r *request) userTable(v *view, s *scope, q *breakdownQuery) widget {
	title, note := "clients.users", "methods.usersNote"
	if s.failed {
		title, note = "methods.affected", "methods.affectedNote"
	}
	w := widget{ID: "users", Title: r.text.T(title, r.chosenName(v.filter)), Fault: r.fault(q.err())}
	if w.Fault != nil {
		return w
	}
	b := q.result(r, s)
	active := 0
	for _, e := range b.Entries {
		if e.tally().Events() > 0 {
			active++
		}
	}
	w.Note = r.text.T(note, int64(active))
	columns := []entryColumn{nameColumn("table.client")}
	columns = append(columns, successesColumn(), failuresColumn(), shareColumn(), changeColumn())
	step, err := r.lastUse(v, s, b.Entries, active)
	if err != nil {
		r.note(err)
	} else if step != aggregate.Whole {
		columns = append(columns, lastUseColumn(s, step))
		slices.SortStableFunc(b.Entries, func(a, b entry) int { return cmp.Compare(lastOf(b), lastOf(a)) })
	}
	w.Grid = r.entryGrid(s, entryTable{
		id: w.ID, caption: w.Title, by: aggregate.ByClient, measure: s.measure(), columns: columns,
		link: func(e *entry) string { return clientLink(v, e.ID) },
	}, b)
	r.paginate(v, w.Grid, pageRows)
	return w
}

func lastOf(e entry) aggregate.Day {
	if e.Last == nil {
		return 0
	}
	return aggregate.Day(*e.Last)
}

// mostLastRows bounds what is read to find when each client last used
// something: a common method is asked for in longer steps.
const mostLastRows = 60_000

// lastUse fills in, as the last day of each entry, the beginning of the last
// step of the period in which it used what is chosen. It returns the step.
func (r *request) lastUse(v *view, s *scope, entries []entry, active int) (aggregate.Unit, error) {
	first, last, ok := s.shown.Days()
	if !ok || !s.shown.WholeDays() {
		return aggregate.Whole, nil
	}
	days := int(last-first) + 1
	step := aggregate.EachDay
	if active*days > mostLastRows {
		step = aggregate.Month
	}
	rows, err := r.sums(aggregate.Query{Period: s.shown, Filter: v.filter, By: aggregate.ByClient, Step: step})
	if err != nil {
		return aggregate.Whole, err
	}
	latest := make(map[string]date)
	for _, row := range rows { // sorted by step
		latest[row.Key.ClientID] = date(aggregate.DayOf(row.Start, r.h.loc))
	}
	for i := range entries {
		if d, ok := latest[entries[i].ID]; ok {
			entries[i].Last = &d
		}
	}
	return step, nil
}

func lastUseColumn(s *scope, step aggregate.Unit) entryColumn {
	c := lastColumn()
	c.key = "table.lastUse"
	if s.failed {
		c.key = "table.lastTime"
	}
	if step == aggregate.Month {
		day := c.cell
		c.cell = func(r *request, e *entry, t *entryTable) cell {
			out := day(r, e, t)
			if e.Last != nil {
				out.Text = r.text.MonthOf(aggregate.Day(*e.Last))
			}
			return out
		}
	}
	return c
}

// splitTable tells authentications across the border from the others: those by
// eIDAS, and those of another country than Estonia.
func (r *request) splitTable(s *scope, q *breakdownQuery) widget {
	w := widget{ID: "split", Title: r.text.T("methods.split"), Fault: r.fault(q.err())}
	if w.Fault != nil {
		return w
	}
	sides := &breakdownQuery{by: aggregate.ByCountry, measure: q.measure, now: split(q.now), left: split(q.left), then: split(q.then)}
	b := sides.result(r, s)
	for i := range b.Entries {
		key := "methods.domestic"
		if b.Entries[i].ID == abroad {
			key = "methods.crossBorder"
		}
		b.Entries[i].Name = r.text.T(key)
	}
	if len(b.Entries) < 2 {
		return widget{} // one side is no split
	}
	w.Grid = r.entryGrid(s, entryTable{
		id: w.ID, caption: w.Title, measure: s.measure(),
		columns: []entryColumn{nameColumn("table.country"), successesColumn(), failuresColumn(), rateColumn(), shareColumn(), changeColumn()},
	}, b)
	return w
}

// The two sides of the border, as values of country.
const (
	home   = "EE"
	abroad = "*"
)

// split counts an answer by country and method anew by side of the border.
func split(a *answer) *answer {
	if a == nil {
		return nil
	}
	rows := make([]aggregate.Row, len(a.rows))
	for i, row := range a.rows {
		side := home
		if row.Key.Method == event.MethodEIDAS || row.Key.Country != "" && row.Key.Country != home {
			side = abroad
		}
		row.Key.Country = side
		rows[i] = row
	}
	return &answer{query: a.query, rows: rows, err: a.err}
}
