package export

import (
	"encoding/csv"
	"fmt"
	"io"
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
	if err := t.check(); err != nil {
		return fmt.Errorf("export: writing CSV: %w", err)
	}
	if o.BOM {
		if _, err := io.WriteString(w, bom); err != nil {
			return fmt.Errorf("export: writing CSV: %w", err)
		}
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if o.Semicolon {
		out.Comma = ';'
	}
	line := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = inert(c.Name)
	}
	// What Write cannot write is reported by Error below.
	_ = out.Write(line)
	for _, row := range t.Rows {
		_ = out.Write(o.line(line, row))
	}
	if t.Total != nil {
		_ = out.Write(o.line(line, t.Total))
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("export: writing CSV: %w", err)
	}
	return nil
}

// line writes the cells of a row into line.
func (o CSVOptions) line(line []string, row []any) []string {
	for i, cell := range row {
		line[i] = o.cell(cell)
	}
	return line
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
	if s == "" {
		return s
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n':
		return "'" + s
	}
	return s
}
