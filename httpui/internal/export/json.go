package export

import (
	"encoding/json"
	"fmt"
	"io"
)

// WriteJSON writes the table as one object: title, period, notes, columns with
// name and kind, rows as arrays in the order of the columns, and total, which
// is null when there is none. Shares are numbers from 0 to 1, dates are texts
// of ISO 8601; a cell without a figure is null.
//
// It returns [ErrCell] or [ErrTooManyRows] for a table that is wrong, else the
// errors of w.
func (t *Table) WriteJSON(w io.Writer) error {
	err := t.check()
	if err == nil {
		err = json.NewEncoder(w).Encode(t.object())
	}
	if err != nil {
		return fmt.Errorf("export: writing JSON: %w", err)
	}
	return nil
}

type jsonTable struct {
	Title   string       `json:"title"`
	Period  string       `json:"period"`
	Notes   []string     `json:"notes"`
	Columns []jsonColumn `json:"columns"`
	Rows    [][]any      `json:"rows"`
	Total   []any        `json:"total"`
}

type jsonColumn struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

// object is the table with empty lists in the place of missing ones, and days
// as text.
func (t *Table) object() jsonTable {
	o := jsonTable{
		Title: t.Title, Period: t.Period, Notes: append([]string{}, t.Notes...),
		Columns: make([]jsonColumn, len(t.Columns)), Rows: make([][]any, len(t.Rows)), Total: jsonRow(t.Total),
	}
	for i, c := range t.Columns {
		o.Columns[i] = jsonColumn{c.Name, c.Kind}
	}
	for i, r := range t.Rows {
		o.Rows[i] = jsonRow(r)
	}
	return o
}

func jsonRow(row []any) []any {
	if row == nil {
		return nil
	}
	out := make([]any, len(row))
	for i, cell := range row {
		if s, ok := cell.(fmt.Stringer); ok {
			cell = s.String()
		}
		out[i] = cell
	}
	return out
}
