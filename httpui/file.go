package httpui

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/export"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/logbase"
)

// The parameters by which a table of a page is asked for as a file.
const (
	paramFormat = "format"
	paramTable  = "table"
)

// fileFormat is one form in which a table can be loaded.
type fileFormat struct {
	name, key   string // in addresses; in the catalogue
	extension   string
	contentType string
	write       func(l *locale.Locale, t *export.Table, buf *bytes.Buffer) error
}

func fileFormats() []fileFormat {
	return []fileFormat{
		{"csv", "export.csv", "csv", "text/csv; charset=utf-8", func(_ *locale.Locale, t *export.Table, buf *bytes.Buffer) error {
			return t.WriteCSV(buf, export.CSVOptions{})
		}},
		{"excel-csv", "export.csvExcel", "csv", "text/csv; charset=utf-8", func(l *locale.Locale, t *export.Table, buf *bytes.Buffer) error {
			return t.WriteCSV(buf, export.CSVOptions{BOM: true, Semicolon: l.Lang() == logbase.Estonian})
		}},
		{"json", "export.json", "json", "application/json; charset=utf-8", func(_ *locale.Locale, t *export.Table, buf *bytes.Buffer) error {
			return t.WriteJSON(buf)
		}},
		{"xlsx", "export.xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(l *locale.Locale, t *export.Table, buf *bytes.Buffer) error {
			return t.WriteXLSX(buf, l.T("export.sheet"))
		}},
	}
}

// files completes tables with the addresses under which they can be loaded, and
// with the remarks that every file carries.
func (v *visit) files(compared bool, grids []*grid) {
	var notes []string
	for _, c := range v.chips() {
		notes = append(notes, c.Text)
	}
	if compared {
		if text := v.compared(); text != "" {
			notes = append(notes, text)
		}
	}
	notes = append(notes, v.text.T("export.made", v.text.DateTime(v.now)))
	for _, g := range grids {
		g.Notes = append(g.Notes, notes...)
		for _, f := range fileFormats() {
			url := v.view.Here(address.Set(paramTable, g.ID), address.Set(paramFormat, f.name))
			g.Files = append(g.Files, link{Text: v.text.T(f.key), URL: url})
		}
	}
}

// writeFile answers with a table of the page as a file, when the address asks
// for one. Otherwise it reports false.
func (v *visit) writeFile(w http.ResponseWriter, grids []*grid) (written bool, err error) {
	name := v.view.Query.Get(paramFormat)
	if name == "" {
		return false, nil
	}
	if v.view.PeriodErr != nil {
		return false, v.view.PeriodErr
	}
	for _, f := range fileFormats() {
		for _, g := range grids {
			if f.name != name || g.ID != v.view.Query.Get(paramTable) {
				continue
			}
			var buf bytes.Buffer
			if err := f.write(v.text, g.table(), &buf); err != nil {
				return false, err
			}
			w.Header().Set("Content-Disposition", `attachment; filename="`+v.fileName(g, f)+`"`)
			web.Send(w, v.Request, http.StatusOK, f.contentType, buf.Bytes())
			return true, nil
		}
	}
	return false, web.Fail(http.StatusNotFound, 0, nil)
}

// fileName says what is in the file: the table and the period.
func (v *visit) fileName(g *grid, f fileFormat) string {
	name := "tara-stat-" + g.ID
	if p := v.view.Period.String(); p != "" && v.view.Period.Expr() == nil {
		name += "-" + strings.NewReplacer("/", "--", ":", "").Replace(p)
	}
	return name + "." + f.extension
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
