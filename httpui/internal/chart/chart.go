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

// Words are the words that a chart puts into titles and tables, in the
// language of the page. An empty one is left out.
type Words struct {
	Step    string // what a row of the table is: time
	Total   string // the sum of the series
	Running string // the step is not over yet
	Gap     string // there is no data for the step
	Partial string // some of the data is missing
}

// Series is one part of every column.
type Series struct {
	Name string
	Look Look
}

// State says how far a step can be trusted.
type State uint8

// The states of a step.
const (
	Complete State = iota
	Running        // not over yet: its column is hatched
	Partial        // some of the data is missing: a grey band behind its column
	Gap            // no data: a grey band in place of its column
)

// Column is one step of a chart.
type Column struct {
	Label  string  // short, for the axis
	Name   string  // in full, for titles and the table
	Href   string  // where its link leads; "" for no link
	Values []int64 // one for each series, 0 and more

	// Reference is the sum of the same step of the period compared with,
	// where HasReference is set. ReferenceName names that step; "" leaves it
	// with the name of the period.
	Reference     int64
	ReferenceName string
	HasReference  bool

	State  State
	Reason string // why the step is Partial or Gap
}

// value returns the value of a series; what is missing or negative counts as 0.
func (c Column) value(series int) int64 {
	if series >= len(c.Values) {
		return 0
	}
	return max(0, c.Values[series])
}

// sum adds up the values of that many series.
func (c Column) sum(series int) int64 {
	var n int64
	for i := range series {
		n += c.value(i)
	}
	return n
}

func (c Column) reference() int64 {
	if !c.HasReference {
		return 0
	}
	return max(0, c.Reference)
}
