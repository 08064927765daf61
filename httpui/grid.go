package httpui

import (
	"html/template"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/chart"
	"github.com/e-gov/tarastat/httpui/internal/export"
)

// grid is a table as a page shows it. The files that can be loaded hold the
// same rows: they are made of the values that the cells carry.
type grid struct {
	ID      string // unique on the page; in addresses of files
	Caption string
	Period  string   // in words
	Notes   []string // what must be known of the figures
	Columns []gridColumn
	Rows    []gridRow
	Total   []cell // nil for none
	Files   []link // the same table to load
	More    string // says how much is shown; "" when everything is
	Pages   []link // other parts of the table
}

type gridColumn struct {
	Name    string
	Kind    export.Kind
	Visual  bool   // a picture of other columns: not in files
	SortURL string // "" when it does not sort
	Sorted  string // ascending or descending, as ARIA has it; "" for neither
	Chart   bool   // in the chart of an XLSX file
}

// Class is how the cells are aligned: numbers to the right, dates unbroken.
func (c gridColumn) Class() string {
	switch c.Kind {
	case export.Int, export.Percent:
		return "n"
	case export.Date:
		return "d"
	case export.Text:
	}
	return ""
}

type gridRow struct {
	Cells []cell
	Quiet bool // of less weight: shown muted
}

// cell is one value with how it is shown.
type cell struct {
	Value any // nil, string, int64, float64 or aggregate.Day
	Text  string
	URL   string
	Note  string // beside the text, in small
	Code  string // under the text, as written by the sender
	Sub   string // under the text, in words
	Image template.HTML
}

func textCell(s string) cell { return cell{Value: s, Text: s} }

func (r *request) intCell(n int64) cell { return cell{Value: n, Text: r.text.Int(n)} }

// missing is a cell without a figure.
func (r *request) missing() cell { return cell{Text: r.text.T("common.notCounted")} }

func (r *request) shareCell(v *float64) cell {
	if v == nil {
		return r.missing()
	}
	return cell{Value: *v, Text: r.text.Percent(*v)}
}

func (r *request) changeCell(v *float64) cell {
	if v == nil {
		return r.missing()
	}
	return cell{Value: *v, Text: r.text.Change(*v)}
}

// rateCell shows the success rate, or how few authentications there were.
func (r *request) rateCell(f figures) cell {
	if f.Rate == nil {
		return cell{Text: r.text.T("figure.rateSmallShort", f.tally().Ended())}
	}
	return cell{Value: *f.Rate, Text: r.text.Percent(*f.Rate)}
}

func (r *request) dayCell(d *date) cell {
	if d == nil {
		return r.missing()
	}
	return cell{Value: aggregate.Day(*d), Text: r.text.Day(aggregate.Day(*d))}
}

// inlineBar draws n beside its number. Drawing a bar cannot fail; if it did, the
// number would stand alone.
func inlineBar(n, most int64, look chart.Look) template.HTML {
	html, err := chart.Bar{Value: n, Max: most, Look: look}.HTML()
	if err != nil {
		return ""
	}
	return html
}

// sparkline draws the course of a figure. running says that its last step is
// not over.
func (r *request) sparkline(name string, values []int64, running bool) template.HTML {
	if len(values) < 2 {
		return ""
	}
	cells := make([]chart.Cell, len(values))
	var most int64
	for i, v := range values {
		cells[i].N = v
		most = max(most, v)
	}
	title := r.text.T("chart.sparkline", isolated(name), values[0], values[len(values)-1], most)
	html, err := chart.Sparkline{Values: cells, Title: title, Running: running}.HTML()
	if err != nil {
		return ""
	}
	return html
}

// table is the grid as a file holds it.
func (g *grid) table() *export.Table {
	t := &export.Table{Title: g.Caption, Period: g.Period, Notes: g.Notes}
	pick := func(cells []cell) []any {
		if cells == nil {
			return nil
		}
		row := make([]any, 0, len(t.Columns))
		for i, c := range cells {
			if !g.Columns[i].Visual {
				row = append(row, c.Value)
			}
		}
		return row
	}
	for _, c := range g.Columns {
		if !c.Visual {
			t.Columns = append(t.Columns, export.Column{Name: c.Name, Kind: c.Kind, Chart: c.Chart})
		}
	}
	for _, row := range g.Rows {
		t.Rows = append(t.Rows, pick(row.Cells))
	}
	t.Total = pick(g.Total)
	return t
}

// chartGrid is the data of a chart as a grid.
func (r *request) chartGrid(id, caption, period string, t chart.Table) *grid {
	g := &grid{ID: id, Caption: caption, Period: period}
	notes := false
	for _, row := range t.Rows {
		notes = notes || row.Note != ""
	}
	for i, name := range t.Head {
		kind := export.Int
		if i == 0 {
			kind = export.Text
		}
		g.Columns = append(g.Columns, gridColumn{Name: name, Kind: kind, Chart: i > 0})
	}
	if notes {
		g.Columns = append(g.Columns, gridColumn{Name: r.text.T("export.notes")})
	}
	for _, row := range t.Rows {
		cells := []cell{{Value: row.Label, Text: row.Label, URL: row.Href}}
		for _, c := range row.Cells {
			if c.None {
				cells = append(cells, r.missing())
			} else {
				cells = append(cells, r.intCell(c.N))
			}
		}
		if notes {
			cells = append(cells, textCell(row.Note))
		}
		g.Rows = append(g.Rows, gridRow{Cells: cells})
	}
	g.Total = []cell{textCell(r.text.T("table.total"))}
	for _, n := range t.Total {
		g.Total = append(g.Total, r.intCell(n))
	}
	if notes {
		g.Total = append(g.Total, cell{})
	}
	return g
}
