package httpui

import (
	"html/template"
	"strconv"
	"strings"

	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/chart"
	"github.com/e-gov/tarastat/httpui/internal/export"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/report"
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

func intCell(l *locale.Locale, n int64) cell { return cell{Value: n, Text: l.Int(n)} }

// missing is a cell without a figure.
func missing(l *locale.Locale) cell { return cell{Text: l.T("common.notCounted")} }

// rateCell shows the success rate, or how few authentications there were.
func rateCell(l *locale.Locale, f report.Figures) cell {
	if f.Rate == nil {
		return cell{Text: l.T("figure.rateSmallShort", f.Ended())}
	}
	return cell{Value: *f.Rate, Text: l.Percent(*f.Rate)}
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
func sparkline(l *locale.Locale, name string, values []int64, running bool) template.HTML {
	if len(values) < 2 {
		return ""
	}
	cells := make([]chart.Cell, len(values))
	var most int64
	for i, v := range values {
		cells[i].N = v
		most = max(most, v)
	}
	title := l.T("chart.sparkline", isolated(name), values[0], values[len(values)-1], most)
	html, err := chart.Sparkline{Values: cells, Title: title, Running: running}.HTML()
	if err != nil {
		return ""
	}
	return html
}

// chartGrid is the data of a chart as a grid.
func chartGrid(l *locale.Locale, id, caption, period string, t chart.Table) *grid {
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
		g.Columns = append(g.Columns, gridColumn{Name: l.T("export.notes")})
	}
	for _, row := range t.Rows {
		cells := []cell{{Value: row.Label, Text: row.Label, URL: row.Href}}
		for _, c := range row.Cells {
			if c.None {
				cells = append(cells, missing(l))
			} else {
				cells = append(cells, intCell(l, c.N))
			}
		}
		if notes {
			cells = append(cells, textCell(row.Note))
		}
		g.Rows = append(g.Rows, gridRow{Cells: cells})
	}
	g.Total = []cell{textCell(l.T("table.total"))}
	for _, n := range t.Total {
		g.Total = append(g.Total, intCell(l, n))
	}
	if notes {
		g.Total = append(g.Total, cell{})
	}
	return g
}

// paramPage says which part of a long table is shown: the id of the table, a
// hyphen, and a number from 1 on or allPages.
const (
	paramPage = "page"
	allPages  = "all"
)

// pageRows is how many rows a long table shows at once.
const pageRows = 50

// paginate cuts a long table to the part that the address asks for. The total
// stays that of all rows, and files hold all of them.
func (v *visit) paginate(g *grid, rows int) {
	n := len(g.Rows)
	if n <= rows || v.view.Query.Get(paramFormat) != "" {
		return
	}
	at := func(part string) string { return v.view.Here(address.Set(paramPage, g.ID+"-"+part)) + "#" + g.ID }
	asked, _ := strings.CutPrefix(v.view.Query.Get(paramPage), g.ID+"-")
	if asked == allPages {
		g.Pages = []link{{Text: v.text.T("table.firstPage"), URL: at("1")}}
		return
	}
	last := (n + rows - 1) / rows
	part, err := strconv.Atoi(asked)
	if err != nil || part < 1 || part > last {
		part = 1
	}
	first := (part - 1) * rows
	end := min(n, first+rows)
	g.Rows = g.Rows[first:end]
	g.More = v.text.T("table.shown", first+1, end, n)
	if part > 1 {
		g.Pages = append(g.Pages, link{Text: v.text.T("table.previousPage"), URL: at(strconv.Itoa(part - 1))})
	}
	if part < last {
		g.Pages = append(g.Pages, link{Text: v.text.T("table.nextPage"), URL: at(strconv.Itoa(part + 1))})
	}
	g.Pages = append(g.Pages, link{Text: v.text.T("table.showAll"), URL: at(allPages)})
}
