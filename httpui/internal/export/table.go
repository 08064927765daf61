// Package export writes a table of a page as a file: CSV (RFC 4180), JSON
// (RFC 8259) or XLSX (ISO/IEC 29500).
//
// Numbers stay numbers and dates stay dates. A text that a spreadsheet would
// take for a formula is made inert: in CSV by an apostrophe in front of it, in
// XLSX by its type.
package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/e-gov/tarastat/aggregate"
)

// Kind says what a column holds. Any cell may be nil instead: there is no
// figure, which is not the same as zero.
type Kind uint8

// The kinds of columns.
const (
	Text    Kind = iota // string
	Int                 // int64
	Percent             // float64, a share: 0.5 is 50%
	Date                // aggregate.Day
)

// String gives the name that JSON uses: text, int, percent, date.
func (k Kind) String() string {
	if k > Date {
		return "unknown"
	}
	return [...]string{"text", "int", "percent", "date"}[k]
}

// MarshalText is [Kind.String].
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Column is one column of a table.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`

	// Chart puts an Int column into the chart of an XLSX file. When no column
	// asks for it, the first one of that kind is drawn.
	Chart bool `json:"-"`
}

// Table is what a page shows, with what it says about it.
type Table struct {
	Title   string   `json:"title"`
	Period  string   `json:"period"` // in words, for people
	Notes   []string `json:"notes"`  // filters, gaps, definitions: what must be known of the figures
	Columns []Column `json:"columns"`
	Rows    [][]any  `json:"rows"`  // a cell for each column, of its kind
	Total   []any    `json:"total"` // the last row, a word in any column; nil for none
}

// MaxRows is the most rows a table may have: what fits into a sheet of XLSX,
// with room for the lines around them.
const MaxRows = 1<<20 - 1<<10

// Errors of a table that cannot be written.
var (
	ErrTooManyRows = errors.New("more than MaxRows rows")
	ErrCell        = errors.New("cell does not fit its column")
)

// check refuses a table that is not what it says.
func (t *Table) check() error {
	if len(t.Rows) > MaxRows {
		return ErrTooManyRows
	}
	for i, row := range t.Rows {
		if err := t.checkRow(row, false); err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	if t.Total == nil {
		return nil
	}
	if err := t.checkRow(t.Total, true); err != nil {
		return fmt.Errorf("total: %w", err)
	}
	return nil
}

// checkRow refuses cells of another kind than their column; words says that
// there may be a word in any.
func (t *Table) checkRow(row []any, words bool) error {
	if len(row) != len(t.Columns) {
		return fmt.Errorf("%w: %d cells for %d columns", ErrCell, len(row), len(t.Columns))
	}
	for i, c := range t.Columns {
		_, word := row[i].(string)
		if c.Kind.holds(row[i]) || words && word {
			continue
		}
		return fmt.Errorf("%w: %T in %q, which is %v", ErrCell, row[i], c.Name, c.Kind)
	}
	return nil
}

func (k Kind) holds(cell any) bool {
	switch cell.(type) {
	case nil:
		return true
	case string:
		return k == Text
	case int64:
		return k == Int
	case float64:
		return k == Percent
	case aggregate.Day:
		return k == Date
	}
	return false
}

// as writes the table as a file of the named format, if it is what it says.
func (t *Table) as(format string, write func() error) error {
	err := t.check()
	if err == nil {
		err = write()
	}
	if err != nil {
		return fmt.Errorf("export: writing %s: %w", format, err)
	}
	return nil
}

// WriteJSON writes the table as one object: title, period, notes, columns with
// name and kind, rows as arrays in the order of the columns, and total, which
// is null when there is none. Shares are numbers from 0 to 1, dates are texts
// of ISO 8601; a cell without a figure is null.
//
// It returns [ErrCell] or [ErrTooManyRows] for a table that is wrong, else the
// errors of w.
func (t *Table) WriteJSON(w io.Writer) error {
	return t.as("JSON", func() error {
		out := *t // with empty lists in the place of missing ones
		out.Notes = append([]string{}, t.Notes...)
		out.Columns = append([]Column{}, t.Columns...)
		out.Rows = append([][]any{}, t.Rows...)
		return json.NewEncoder(w).Encode(out)
	})
}
