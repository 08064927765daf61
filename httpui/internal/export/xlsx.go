package export

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/e-gov/tarastat/aggregate"
)

// XLSXOptions names the sheet of a workbook.
type XLSXOptions struct {
	Sheet string // of the table; "" is "Andmed"
}

// WriteXLSX writes a workbook: on the first sheet title, period, a header that
// stays in view, the rows, the total and the notes; on the second a chart that
// draws from the first. Texts are of type string, so that none is a formula.
//
// It returns [ErrCell] or [ErrTooManyRows] for a table that is wrong, else the
// errors of w. The workbook is made in memory.
func (t *Table) WriteXLSX(w io.Writer, o XLSXOptions) error {
	err := t.check()
	if err == nil {
		err = t.writeXLSX(w, o)
	}
	if err != nil {
		return fmt.Errorf("export: writing XLSX: %w", err)
	}
	return nil
}

func (t *Table) writeXLSX(w io.Writer, o XLSXOptions) error {
	b := book{File: excelize.NewFile(), table: t, sheet: sheetName(o.Sheet)}
	defer b.Close() //nolint:errcheck // nothing is open but memory
	if err := b.SetSheetName("Sheet1", b.sheet); err != nil {
		return err
	}
	if err := b.SetDocProps(&excelize.DocProperties{Title: t.Title, Subject: t.Period, Creator: "TARA-Stat"}); err != nil {
		return err
	}
	if err := b.styles(); err != nil {
		return err
	}
	if err := b.fill(); err != nil {
		return err
	}
	if err := b.chart(); err != nil {
		return err
	}
	return b.Write(w)
}

// book is a workbook in the making.
type book struct {
	*excelize.File
	table *Table
	sheet string

	title, bold   int
	cells, totals [Date + 1]int // styles by kind
}

// headerRow is the row of the header; title, period and a free line stand
// above it.
const headerRow = 4

func (b *book) styles() error {
	var err error
	style := func(s excelize.Style) int {
		id, e := b.NewStyle(&s)
		if err == nil {
			err = e
		}
		return id
	}
	formats := [Date + 1]string{Text: "@", Int: "#,##0", Percent: "0.0%", Date: "dd.mm.yyyy"}
	line := []excelize.Border{{Type: "top", Color: "5D6071", Style: 1}}
	b.title = style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	b.bold = style(excelize.Style{
		Font:      &excelize.Font{Bold: true},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"},
		Border:    []excelize.Border{{Type: "bottom", Color: "5D6071", Style: 1}},
	})
	for k, f := range formats {
		b.cells[k] = style(excelize.Style{CustomNumFmt: &f})
		b.totals[k] = style(excelize.Style{CustomNumFmt: &f, Font: &excelize.Font{Bold: true}, Border: line})
	}
	return err
}

// fill writes the sheet of the table.
func (b *book) fill() error {
	t := b.table
	s, err := b.NewStreamWriter(b.sheet)
	if err != nil {
		return err
	}
	for i, width := range t.widths() {
		if err := s.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	first, err := excelize.CoordinatesToCellName(1, headerRow+1)
	if err != nil {
		return err
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: headerRow, TopLeftCell: first, ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	row := 0
	write := func(cells ...any) {
		row++
		if err != nil || len(cells) == 0 {
			return
		}
		var at string
		if at, err = excelize.CoordinatesToCellName(1, row); err == nil {
			err = s.SetRow(at, cells)
		}
	}
	write(excelize.Cell{StyleID: b.title, Value: t.Title})
	write(t.Period)
	write()
	header := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		header[i] = excelize.Cell{StyleID: b.bold, Value: c.Name}
	}
	write(header...)
	for _, r := range t.Rows {
		write(b.row(r, &b.cells)...)
	}
	if t.Total != nil {
		write(b.row(t.Total, &b.totals)...)
	}
	if len(t.Notes) > 0 {
		write()
	}
	for _, n := range t.Notes {
		write(n)
	}
	if err != nil {
		return err
	}
	return s.Flush()
}

func (b *book) row(row []any, styles *[Date + 1]int) []any {
	cells := make([]any, len(row))
	for i, v := range row {
		if d, ok := v.(aggregate.Day); ok {
			v = d.Start(time.UTC)
		}
		cells[i] = excelize.Cell{StyleID: styles[b.table.Columns[i].Kind], Value: v}
	}
	return cells
}

// Narrowest and widest column, in widths of a digit.
const (
	minWidth = 10
	maxWidth = 48
)

// widths returns the width of each column by its longest text; figures and
// dates fit the least width.
func (t *Table) widths() []float64 {
	widths := make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		longest := min(utf8.RuneCountInString(c.Name), maxWidth/2)
		if c.Kind == Text {
			for _, r := range t.Rows {
				if s, ok := r[i].(string); ok {
					longest = max(longest, utf8.RuneCountInString(s))
				}
			}
		}
		widths[i] = float64(min(max(longest+2, minWidth), maxWidth))
	}
	return widths
}

// sheetName makes a name that a workbook allows: at most 31 characters, none
// of them one of :\/?*[], and no apostrophe at the ends.
func sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) {
			return ' '
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > excelize.MaxSheetNameLength {
		name = string(runes[:excelize.MaxSheetNameLength])
	}
	if name = strings.Trim(name, "' "); name == "" {
		return "Andmed"
	}
	return name
}
