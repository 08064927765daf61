package export

import (
	"errors"
	"fmt"

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
	Name string
	Kind Kind

	// Chart puts an Int column into the chart of an XLSX file. When no column
	// asks for it, the first one of that kind is drawn.
	Chart bool
}

// Table is what a page shows, with what it says about it.
type Table struct {
	Title   string
	Period  string   // in words, for people
	Notes   []string // filters, gaps, definitions: what must be known of the figures
	Columns []Column
	Rows    [][]any // a cell for each column, of its kind
	Total   []any   // the last row; nil for none
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
		if err := t.checkRow(row); err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	if t.Total == nil {
		return nil
	}
	// The total may have a word in any column.
	if len(t.Total) != len(t.Columns) {
		return fmt.Errorf("total: %w: %d cells for %d columns", ErrCell, len(t.Total), len(t.Columns))
	}
	for i, c := range t.Columns {
		if _, word := t.Total[i].(string); !word && !c.Kind.holds(t.Total[i]) {
			return fmt.Errorf("total: %w: %T in %q", ErrCell, t.Total[i], c.Name)
		}
	}
	return nil
}

func (t *Table) checkRow(row []any) error {
	if len(row) != len(t.Columns) {
		return fmt.Errorf("%w: %d cells for %d columns", ErrCell, len(row), len(t.Columns))
	}
	for i, c := range t.Columns {
		if !c.Kind.holds(row[i]) {
			return fmt.Errorf("%w: %T in %q, which is %v", ErrCell, row[i], c.Name, c.Kind)
		}
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
