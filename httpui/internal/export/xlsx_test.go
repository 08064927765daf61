package export_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/xuri/excelize/v2"

	"github.com/e-gov/tarastat/httpui/internal/export"
)

func workbook(t *testing.T, table *export.Table, sheet string) *excelize.File {
	t.Helper()
	is := is.New(t)
	var b bytes.Buffer
	is.NoErr(table.WriteXLSX(&b, sheet))
	f, err := excelize.OpenReader(&b)
	is.NoErr(err)
	t.Cleanup(func() { is.NoErr(f.Close()) })
	return f
}

// part returns one file of a workbook, "" when there is none.
func part(f *excelize.File, name string) string {
	text, _ := f.Pkg.Load(name)
	b, _ := text.([]byte)
	return string(b)
}

func ExampleTable_WriteXLSX() {
	t := export.Table{
		Title:   "Meetodid",
		Columns: []export.Column{{Name: "Meetod"}, {Name: "Arv", Kind: export.Int}},
		Rows:    [][]any{{"Smart-ID", int64(48213)}},
	}
	var b bytes.Buffer
	if err := t.WriteXLSX(&b, ""); err != nil {
		fmt.Println(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(f.GetSheetList())
	fmt.Println(f.GetCellValue("Andmed", "B5"))
	// Output:
	// [Andmed Diagramm]
	// 48,213 <nil>
}

func TestXLSXReadsBack(t *testing.T) {
	is := is.New(t)
	f := workbook(t, sample(), "")
	sheet := part(f, "xl/worksheets/sheet1.xml")
	is.True(!strings.Contains(sheet, "<f>")) // no formula anywhere
	is.True(strings.Contains(sheet, `state="frozen"`))
	raw := excelize.Options{RawCellValue: true}
	value := func(cell string, opts ...excelize.Options) string {
		v, err := f.GetCellValue("Andmed", cell, opts...)
		is.NoErr(err)
		return v
	}
	get := func(cell string) string { return value(cell, raw) }
	is.Equal(get("A1"), "Klientrakendused")
	is.Equal(get("A2"), "aprill 2018 (30 päeva)")
	is.Equal(get("A4"), "Klientrakendus")
	for i, name := range hostile {
		row := 5 + i
		is.Equal(get(fmt.Sprintf("A%d", row)), name)
		is.Equal(get(fmt.Sprintf("B%d", row)), fmt.Sprint(1_000_000*i))
	}
	total := 5 + len(hostile)
	is.Equal(get(fmt.Sprintf("A%d", total)), "Kokku")
	is.Equal(get(fmt.Sprintf("B%d", total)), "66000000")
	is.Equal(get(fmt.Sprintf("E%d", total)), "")
	is.Equal(get(fmt.Sprintf("A%d", total+3)), "=1+1") // a note, still a text

	is.Equal(value("B6"), "1,000,000") // as an English Excel shows it
	is.Equal(value("D6"), "100.0%")
	is.Equal(value("E6"), "27.04.2018")
	is.Equal(get("E6"), "43217") // days since 1900: a date

	for row := range hostile {
		kind, err := f.GetCellType("Andmed", fmt.Sprintf("A%d", 5+row))
		is.NoErr(err)
		is.True(kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString)
		kind, err = f.GetCellType("Andmed", fmt.Sprintf("B%d", 5+row))
		is.NoErr(err)
		is.True(kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset) // a number
	}
	width, err := f.GetColWidth("Andmed", "A")
	is.NoErr(err)
	is.Equal(width, 48.0)
}

func TestXLSXDrawsTheColumnsAskedFor(t *testing.T) {
	is := is.New(t)
	f := workbook(t, sample(), "Kliendi 'A' andmed")
	chart := part(f, "xl/charts/chart1.xml")
	for _, want := range []string{
		"'Kliendi ''A'' andmed'!$B$5:$B$16", "'Kliendi ''A'' andmed'!$C$5:$C$16", "'Kliendi ''A'' andmed'!$A$5:$A$16",
		`<grouping val="stacked">`, ">Klientrakendused, aprill 2018 (30 päeva)<",
	} {
		if !strings.Contains(chart, want) && !strings.Contains(chart, strings.ReplaceAll(want, "'", "&#39;")) {
			t.Errorf("the chart lacks %s:\n%s", want, chart)
		}
	}
	table := sample()
	table.Columns[1].Chart, table.Columns[2].Chart = false, false
	f = workbook(t, table, "")
	chart = part(f, "xl/charts/chart1.xml")
	is.True(strings.Contains(chart, "$B$5:$B$16"))
	is.True(!strings.Contains(chart, "$C$5:$C$16"))
}

func TestXLSXWithoutAChart(t *testing.T) {
	for name, table := range map[string]*export.Table{
		"no rows":    {Columns: sample().Columns},
		"no figures": {Columns: []export.Column{{Name: "a"}}, Rows: [][]any{{"x"}}},
		"no columns": {Title: "x", Rows: [][]any{{}}},
	} {
		f := workbook(t, table, "")
		if got := len(f.GetSheetList()); got != 1 {
			t.Errorf("%s: %d sheets", name, got)
		}
	}
}

func TestSheetNamesAreMadeValid(t *testing.T) {
	for name, want := range map[string]string{
		"":                      "Andmed",
		`[a]:b\c/d?e*f`:         "a  b c d e f",
		"'x'":                   "x",
		strings.Repeat("õ", 40): strings.Repeat("õ", 31),
		"***":                   "Andmed",
	} {
		f := workbook(t, sample(), name)
		if got := f.GetSheetList()[0]; got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
	f := workbook(t, sample(), "diagramm") // as the chart's is called
	is.New(t).Equal(len(f.GetSheetList()), 2)
}

func TestXLSXDrawsAtMostMaxChartRows(t *testing.T) {
	is := is.New(t)
	table := &export.Table{Columns: []export.Column{{Name: "a"}, {Name: "b", Kind: export.Int}}}
	for i := range 3 * export.MaxChartRows {
		table.Rows = append(table.Rows, []any{"x", int64(i)})
	}
	f := workbook(t, table, "")
	is.True(strings.Contains(part(f, "xl/charts/chart1.xml"), "$B$5:$B$104"))
}
