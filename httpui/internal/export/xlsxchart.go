package export

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

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
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title}}},
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
