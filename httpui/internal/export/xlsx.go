package export

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/e-gov/tarastat/aggregate"
)

// WriteXLSX writes a workbook: on the first sheet title, period, a header that
// stays in view, the rows, the total and the notes; on the second a chart that
// draws from the first. Texts are of type string, so that none is a formula.
// The first sheet is called by the given name, as far as a workbook allows it;
// "" is "Andmed".
//
// It returns [ErrCell] or [ErrTooManyRows] for a table that is wrong, else the
// errors of w. The workbook is made in memory.
func (t *Table) WriteXLSX(w io.Writer, sheet string) error {
	return t.as("XLSX", func() error { return t.writeXLSX(w, sheet) })
}

func (t *Table) writeXLSX(w io.Writer, sheet string) error {
	b := book{File: excelize.NewFile(), table: t, sheet: sheetName(sheet)}
	defer b.Close()
	if err := b.SetSheetName("Sheet1", b.sheet); err != nil {
		return err
	}
	if err := b.SetDocProps(&excelize.DocProperties{Title: t.Title, Subject: t.Period, Creator: "TARA-Stat"}); err != nil {
		return err
	}
	for _, part := range []func() error{b.styles, b.fill, b.chart} {
		if err := part(); err != nil {
			return err
		}
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
	panes := &excelize.Panes{
		Freeze: true, YSplit: headerRow, TopLeftCell: fmt.Sprintf("A%d", headerRow+1), ActivePane: "bottomLeft",
	}
	if err := s.SetPanes(panes); err != nil {
		return err
	}
	row := 0
	write := func(cells ...any) {
		row++
		if err == nil && len(cells) > 0 {
			err = s.SetRow(fmt.Sprintf("A%d", row), cells)
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
	runes := []rune(strings.NewReplacer(":", " ", `\`, " ", "/", " ", "?", " ", "*", " ", "[", " ", "]", " ").Replace(name))
	name = strings.Trim(string(runes[:min(len(runes), excelize.MaxSheetNameLength)]), "' ")
	return cmp.Or(name, "Andmed")
}

// MaxChartRows is the most rows that a chart of a workbook draws: the first
// ones, since more could not be told apart.
const MaxChartRows = 100

// chartColours are those of the pages, so that the file looks like them.
var chartColours = [...]string{"005AA3", "D16900", "5D6071", "308653", "A3740B"}

// Size of the chart in pixels.
const (
	chartWidth  = 960
	chartHeight = 480
)

// chart draws the rows as stacked columns, named by their first cell, on a
// sheet of its own. A table without rows or figures has none.
func (b *book) chart() error {
	t := b.table
	columns := t.charted()
	if len(columns) == 0 || len(t.Rows) == 0 {
		return nil
	}
	sheet := "Diagramm"
	if strings.EqualFold(sheet, b.sheet) {
		sheet = "Diagramm 2"
	}
	if _, err := b.NewSheet(sheet); err != nil {
		return err
	}
	first, last := headerRow+1, headerRow+min(len(t.Rows), MaxChartRows)
	var series []excelize.ChartSeries
	for n, i := range columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		colour := chartColours[n%len(chartColours)]
		series = append(series, excelize.ChartSeries{
			Name:       b.ref("$%s$%d", name, headerRow),
			Categories: b.ref("$A$%d:$A$%d", first, last),
			Values:     b.ref("$%[1]s$%[2]d:$%[1]s$%[3]d", name, first, last),
			Fill:       excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}},
		})
	}
	title := t.Title
	if t.Period != "" {
		title += ", " + t.Period
	}
	gap, vary := uint(40), false
	return b.AddChart(sheet, "A1", &excelize.Chart{
		Type:      excelize.ColStacked,
		Series:    series,
		Title:     []excelize.RichTextRun{{Text: title}},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: chartWidth, Height: chartHeight},
		YAxis:     excelize.ChartAxis{MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0"}},
		GapWidth:  &gap,
		// One colour a series, not a column.
		VaryColors: &vary,
	})
}

// ref is a reference to cells of the sheet of the table.
func (b *book) ref(format string, args ...any) string {
	return "'" + strings.ReplaceAll(b.sheet, "'", "''") + "'!" + fmt.Sprintf(format, args...)
}

// charted returns the columns that are drawn.
func (t *Table) charted() []int {
	var asked, first []int
	for i, c := range t.Columns {
		switch {
		case c.Kind != Int:
		case c.Chart:
			asked = append(asked, i)
		case first == nil:
			first = []int{i}
		}
	}
	if asked != nil {
		return asked
	}
	return first
}
