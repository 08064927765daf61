package export

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/e-gov/tarastat/aggregate"
)

// CSVOptions says how a file of comma-separated values is written. The zero
// value is RFC 4180 in UTF-8, for programs.
type CSVOptions struct {
	// BOM begins the file with a byte order mark, without which Excel does not
	// take it for UTF-8.
	BOM bool

	// Semicolon separates cells by semicolons and writes decimals with a
	// comma, which is what Excel expects in Estonian.
	Semicolon bool
}

// bom is U+FEFF in UTF-8.
const bom = "\ufeff"

// WriteCSV writes the names of the columns, the rows and the total. Integers
// have no group separators, shares are numbers from 0 to 1, dates are those of
// ISO 8601; a cell without a figure is empty. Title, period and notes are left
// out, since they would not be a table.
//
// It returns [ErrCell] or [ErrTooManyRows] for a table that is wrong, else the
// errors of w.
func (t *Table) WriteCSV(w io.Writer, o CSVOptions) error {
	return t.as("CSV", func() error { return t.writeCSV(w, o) })
}

func (t *Table) writeCSV(w io.Writer, o CSVOptions) error {
	if o.BOM {
		if _, err := io.WriteString(w, bom); err != nil {
			return err
		}
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if o.Semicolon {
		out.Comma = ';'
	}
	rows := t.Rows
	if t.Total != nil {
		rows = append(slices.Clip(rows), t.Total)
	}
	line := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = inert(c.Name)
	}
	_ = out.Write(line) // what it cannot write is reported by Error below
	for _, row := range rows {
		for i, cell := range row {
			line[i] = o.cell(cell)
		}
		_ = out.Write(line)
	}
	out.Flush()
	return out.Error()
}

func (o CSVOptions) cell(cell any) string {
	switch v := cell.(type) {
	case string:
		return inert(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return o.decimal(v)
	case aggregate.Day:
		return v.String()
	}
	return ""
}

// decimal writes at most six decimals: more than a share of the greatest
// counts needs.
func (o CSVOptions) decimal(v float64) string {
	s := strconv.FormatFloat(v, 'f', 6, 64)
	s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	if o.Semicolon {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// inert puts an apostrophe before a text that a spreadsheet would take for a
// formula.
func inert(s string) string {
	if s != "" && strings.IndexByte("=+-@\t\r\n", s[0]) >= 0 {
		return "'" + s
	}
	return s
}
