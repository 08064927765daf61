package httpui

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/e-gov/tarastat/httpui/internal/export"
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
	write       func(r *request, t *export.Table, buf *bytes.Buffer) error
}

func fileFormats() []fileFormat {
	return []fileFormat{
		{"csv", "export.csv", "csv", "text/csv; charset=utf-8", func(_ *request, t *export.Table, buf *bytes.Buffer) error {
			return t.WriteCSV(buf, export.CSVOptions{})
		}},
		{"excel-csv", "export.csvExcel", "csv", "text/csv; charset=utf-8", func(r *request, t *export.Table, buf *bytes.Buffer) error {
			return t.WriteCSV(buf, export.CSVOptions{BOM: true, Semicolon: r.lang == logbase.Estonian})
		}},
		{"json", "export.json", "json", "application/json; charset=utf-8", func(_ *request, t *export.Table, buf *bytes.Buffer) error {
			return t.WriteJSON(buf)
		}},
		{"xlsx", "export.xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(r *request, t *export.Table, buf *bytes.Buffer) error {
			return t.WriteXLSX(buf, export.XLSXOptions{Sheet: r.text.T("export.sheet")})
		}},
	}
}

// files completes a table with the addresses under which it can be loaded, and
// with the remarks that every file carries.
func (r *request) files(v *view, s *scope, g *grid) {
	if g == nil {
		return
	}
	for _, c := range r.chips(v) {
		g.Notes = append(g.Notes, c.Text)
	}
	if text := r.comparedText(v, s); text != "" {
		g.Notes = append(g.Notes, text)
	}
	g.Notes = append(g.Notes, r.text.T("export.made", r.text.DateTime(r.now)))
	for _, f := range fileFormats() {
		url := v.here(param{paramTable, g.ID}, param{paramFormat, f.name})
		g.Files = append(g.Files, link{Text: r.text.T(f.key), URL: url})
	}
}

// writeFile answers with a table of the page as a file, when the address asks
// for one. Otherwise it reports false.
func (r *request) writeFile(w http.ResponseWriter, v *view, grids []*grid) (written bool, err error) {
	name := v.query.Get(paramFormat)
	if name == "" {
		return false, nil
	}
	if v.periodErr != nil {
		return false, v.periodErr
	}
	for _, f := range fileFormats() {
		for _, g := range grids {
			if f.name != name || g == nil || g.ID != v.query.Get(paramTable) {
				continue
			}
			var buf bytes.Buffer
			if err := f.write(r, g.table(), &buf); err != nil {
				return false, err
			}
			w.Header().Set("Content-Disposition", `attachment; filename="`+fileName(v, g, f)+`"`)
			web.Send(w, r.Request, http.StatusOK, f.contentType, buf.Bytes())
			return true, nil
		}
	}
	return false, web.Fail(http.StatusNotFound, 0, nil)
}

// fileName says what is in the file: the table and the period.
func fileName(v *view, g *grid, f fileFormat) string {
	name := "tara-stat-" + g.ID
	if p := v.period.String(); p != "" && v.period.Expr() == nil {
		name += "-" + strings.NewReplacer("/", "--", ":", "").Replace(p)
	}
	return name + "." + f.extension
}
