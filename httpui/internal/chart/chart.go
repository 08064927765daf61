// Package chart draws the charts of the pages as inline SVG: stacked columns,
// shares, bars and sparklines inside a table, a heat map and a coverage strip.
//
// Each chart is a plain value. Its HTML method gives a fragment for a page that
// includes the style sheet of [CSS]; there is no script and no inline style, so
// a strict Content Security Policy holds. Its Table method gives the same data
// as rows, to be printed beside the chart.
//
// Widths are shares of the space there is and heights and letters are pixels,
// so text keeps its size on a narrow screen; labels that would then collide
// are hidden by the style sheet. A fixed viewBox would shrink the letters with
// the picture.
//
// Series differ by pattern as well as by colour. A chart is one image to a
// screen reader, or a group where it holds links; title and description name
// it, and every link says what its column holds.
//
// Texts and addresses come from the caller and are escaped; an address with an
// unsafe scheme is replaced, as html/template does.
package chart

import (
	"embed"
	"fmt"
	"html/template"
	"strconv"
	"strings"
)

//go:embed chart.css
var css string

// CSS is the style sheet that every chart needs, to be served as a file. Its
// colours are the custom properties --chart-*, which a page may set anew; they
// follow the light or dark scheme of the system.
func CSS() string { return css }

//go:embed templates/*.html
var files embed.FS

var templates = template.Must(template.ParseFS(files, "templates/*.html"))

func render(name string, data any) (template.HTML, error) {
	var b strings.Builder
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("chart: drawing %s: %w", name, err)
	}
	return template.HTML(b.String()), nil //nolint:gosec // written and escaped by html/template
}

// Frame is what every chart carries.
type Frame struct {
	// ID begins every id in the chart. It must be unique on the page and
	// consist of letters, digits and hyphens.
	ID string

	Title string // names the chart
	Desc  string // says in a sentence what it shows

	// Format writes a number, in titles and labels. Nil writes plain digits.
	Format func(int64) string
}

func (f Frame) number(n int64) string {
	if f.Format == nil {
		return strconv.FormatInt(n, 10)
	}
	return f.Format(n)
}

// Table is the data of a chart as rows.
type Table struct {
	Head  []string // the names of the columns; the first is that of the labels
	Rows  []Row
	Total []int64 // the sums of the columns from the second on
}

// Row is one step or part of a chart.
type Row struct {
	Label string
	Href  string // where the chart links to; "" for no link
	Note  string // what is to be known of the row: it is running, or has a gap
	Cells []Cell // in the order of the head
}

// Cell is one figure of a row.
type Cell struct {
	N    int64
	None bool // there is no figure, which is not the same as zero
}

// newTable sums up rows.
func newTable(head []string, rows []Row) Table {
	t := Table{Head: head, Rows: rows, Total: make([]int64, len(head)-1)}
	for _, r := range rows {
		for i, c := range r.Cells {
			t.Total[i] += c.N
		}
	}
	return t
}
