package chart_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"html/template"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/chart"
)

var update = flag.Bool("update", false, "rewrite the files under testdata")

var words = chart.Words{Step: "Aeg", Total: "Kokku", Running: "kestab veel", Gap: "andmed puuduvad", Partial: "osaline"}

var outcomes = []chart.Series{{Name: "Edukad", Look: chart.Success}, {Name: "Ebaõnnestumised", Look: chart.Failure}}

// frame names a chart whose texts show where they end up.
func frame(id string) chart.Frame {
	return chart.Frame{ID: id, Title: "Title of " + id, Desc: "Description of " + id + "."}
}

// days returns n linked columns with figures that differ.
func days(n int) []chart.Column {
	columns := make([]chart.Column, n)
	for i := range columns {
		v := int64(1000 + 37*i%400)
		columns[i] = chart.Column{
			Label: fmt.Sprintf("%02d.04", i+1), Name: fmt.Sprintf("%02d.04.2018", i+1),
			Href: fmt.Sprintf("/?p=2018-04-%02d", i+1), Values: []int64{v, v / 15}, Reference: v - 50, HasReference: true,
		}
	}
	return columns
}

// week has every state a step can be in.
func week() []chart.Column {
	columns := days(7)
	columns[1].HasReference = false
	columns[2].State, columns[2].Reason, columns[2].Values = chart.Gap, "saatja vaikis", nil
	columns[3].State, columns[3].Reason, columns[3].Values = chart.Gap, "saatja vaikis", nil
	columns[4].State = chart.Partial
	columns[5].Values = []int64{0, 3}
	columns[6].State = chart.Running
	return columns
}

// dayRange writes days in a row as their ends.
func dayRange(first, last aggregate.Day) string {
	if first == last {
		return first.String()
	}
	return first.String() + "–" + last.String()
}

func month(d aggregate.Day) string { return d.String()[:len("2018-04")] }

// drawn is a chart that can be drawn.
type drawn interface {
	HTML() (template.HTML, error)
}

// tabled is one that has its data as rows.
type tabled interface {
	drawn
	Table() chart.Table
}

// charts returns one of each kind by its name.
func charts() map[string]drawn {
	return map[string]drawn{
		"columns": chart.Columns{Frame: frame("c"), Words: words, Series: outcomes, Columns: week(), Reference: "Märts"},
		"share": chart.Share{
			Frame: frame("s"), Words: words, Columns: week(),
			Series: []chart.Series{{Name: "ID-kaart", Look: chart.Blue}, {Name: "Smart-ID", Look: chart.Green}},
		},
		"bar":       chart.Bar{Value: 1, Max: 3, Look: chart.Orange},
		"sparkline": chart.Sparkline{Title: "rising", Values: []chart.Cell{{N: 1}, {N: 2}, {None: true}, {N: 4}, {N: 3}}, Running: true},
		"heatmap": chart.HeatMap{
			Frame: frame("h"), Rows: []string{"esmaspäev", "teisipäev"}, Short: []string{"E", "T"},
			Columns: []string{"0–1", "1–2", "2–3"}, Labels: []string{"0", "", "2"},
			Cells:  [][]int64{{0, 5, 10}, {0, 1, 7}},
			Corner: "Tund", Total: "Kokku", Less: "vähem", More: "rohkem",
		},
		"coverage": chart.Coverage{
			Frame: frame("k"), First: aggregate.Date(2018, 4, 29), Names: [chart.Covers]string{"täielik", "andmeteta", "kustutatud"},
			Range: dayRange, Month: month, Head: [2]string{"Aeg", "Päevi"},
			Days: []chart.CoverDay{
				{Cover: chart.Deleted},
				{Cover: chart.Deleted},
				{Cover: chart.None, Reason: "katkestus", Href: "/?p=2018-05-01"},
				{Cover: chart.Full, Href: "/?p=2018-05-02"},
				{Cover: chart.Full},
			},
		},
	}
}

func draw(t *testing.T, d drawn) string {
	t.Helper()
	html, err := d.HTML()
	is.New(t).NoErr(err)
	return string(html)
}

func TestGolden(t *testing.T) {
	for name, c := range charts() {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			got := draw(t, c)
			file := filepath.Join("testdata", name+".html")
			if *update {
				is.NoErr(os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			is.NoErr(err)
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("differs from %s; run with -update if that is meant:\n%s", file, diff)
			}
		})
	}
}

// element is what a test looks at in a chart.
type element struct {
	name  string
	attrs map[string]string
	text  string // of its own
	in    string // name of the parent
}

// parse reads a fragment as XML, which is stricter than HTML.
func parse(t *testing.T, fragment string) []*element {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(fragment))
	dec.Entity = xml.HTMLEntity
	var all, open []*element
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("not well-formed: %v in\n%s", err, fragment)
		}
		switch tok := token.(type) {
		case xml.StartElement:
			e := &element{name: tok.Name.Local, attrs: make(map[string]string)}
			if len(open) > 0 {
				e.in = open[len(open)-1].name
			}
			for _, a := range tok.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			all, open = append(all, e), append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(tok)
			}
		}
	}
}

func find(all []*element, name string) []*element {
	var found []*element
	for _, e := range all {
		if e.name == name {
			found = append(found, e)
		}
	}
	return found
}

func TestEveryChartCanBeReadAloudAndIsPlainMarkup(t *testing.T) {
	for name, c := range charts() {
		t.Run(name, func(t *testing.T) {
			all := parse(t, draw(t, c))
			ids := make(map[string]string)
			for _, e := range all {
				if id, ok := e.attrs["id"]; ok {
					if ids[id] != "" {
						t.Errorf("the id %s is there twice", id)
					}
					ids[id] = e.name
				}
				for attr := range e.attrs {
					if attr == "style" || strings.HasPrefix(attr, "on") {
						t.Errorf("<%s> has the attribute %s, which the policy of the pages forbids", e.name, attr)
					}
				}
				if e.name == "script" || e.name == "style" {
					t.Errorf("there is a <%s>", e.name)
				}
			}
			named := 0
			for _, e := range find(all, "svg") {
				switch role := e.attrs["role"]; role {
				case "img", "group":
					named++
					if links := len(find(all, "a")) > 0; links != (role == "group") {
						t.Errorf("role %s, but links: %v", role, links)
					}
					if by, ok := e.attrs["aria-labelledby"]; ok && (ids[by] != "title" || ids[e.attrs["aria-describedby"]] != "desc") {
						t.Errorf("title or description is missing: %v", e.attrs)
					}
				default:
					if e.attrs["aria-hidden"] != "true" && e.in == "div" {
						t.Errorf("an image that says nothing is not hidden: %v", e.attrs)
					}
				}
			}
			if titled := len(find(all, "title")) > 0; titled != (named == 1) || titled == (name == "bar") {
				t.Errorf("%d named images, titles: %v", named, titled)
			}
			for _, e := range all { // what is referred to is there
				if ref, ok := strings.CutPrefix(e.attrs["fill"], "url(#"); ok && ids[strings.TrimSuffix(ref, ")")] != "pattern" {
					t.Errorf("there is no pattern for %s", e.attrs["fill"])
				}
			}
		})
	}
}

func TestHostileTextsAreInert(t *testing.T) {
	is := is.New(t)
	const evil = `</title><script>alert(1)</script><img src=x onerror=alert(1)>"' onfocus="alert(1)` + "\u202e"
	columns := days(3)
	columns[0].Name, columns[0].Label, columns[0].Href = evil, evil, "javascript:alert(1)"
	columns[1].State, columns[1].Reason = chart.Partial, evil
	series := []chart.Series{{Name: evil, Look: chart.Green}, {Name: evil, Look: 250}}
	f := chart.Frame{ID: "x", Title: evil, Desc: evil, Format: func(int64) string { return evil }}
	w := chart.Words{Step: evil, Running: evil, Gap: evil, Partial: evil}
	for name, c := range map[string]drawn{
		"columns":   chart.Columns{Frame: f, Words: w, Series: series, Columns: columns, Reference: evil, Tick: f.Format},
		"share":     chart.Share{Frame: f, Words: w, Series: series, Columns: columns, Percent: func(float64) string { return evil }},
		"sparkline": chart.Sparkline{Title: evil, Values: []chart.Cell{{N: 1}}},
		"heatmap": chart.HeatMap{
			Frame: f, Rows: []string{evil}, Short: []string{evil}, Columns: []string{evil}, Cells: [][]int64{{1}},
			Less: evil, More: evil,
		},
		"coverage": chart.Coverage{
			Frame: f, First: 1, Days: []chart.CoverDay{{Cover: 250, Reason: evil, Href: "javascript:alert(1)"}},
			Names: [chart.Covers]string{evil, evil, evil}, Month: func(aggregate.Day) string { return evil }, Range: dayRange,
		},
	} {
		html := draw(t, c)
		for _, e := range parse(t, html) {
			if e.name == "script" || e.name == "img" || e.attrs["onfocus"] != "" || e.attrs["onerror"] != "" {
				t.Errorf("%s: a text became markup: %+v", name, e)
			}
			if strings.HasPrefix(e.attrs["href"], "javascript") {
				t.Errorf("%s: a link runs a script", name)
			}
		}
		is.True(strings.Contains(html, "&lt;script&gt;")) // the text is shown as it is
	}
}

func TestUnusualData(t *testing.T) {
	one := days(1)
	zero := days(3)
	for i := range zero {
		zero[i].Values, zero[i].Reference = []int64{0, 0}, 0
	}
	huge := days(3)
	huge[1].Values = []int64{math.MaxInt64 / 4, 1}
	short := days(3)
	short[0].Values, short[1].Values = []int64{1}, []int64{-5, 2, 3, 4}
	for name, columns := range map[string][]chart.Column{
		"none": nil, "one": one, "zero": zero, "huge": huge, "wrong length": short, "many": days(366),
	} {
		for _, series := range [][]chart.Series{nil, outcomes[:1], outcomes} {
			for _, c := range []tabled{
				chart.Columns{Frame: frame("c"), Words: words, Series: series, Columns: columns, Reference: "Märts"},
				chart.Share{Frame: frame("s"), Words: words, Series: series, Columns: columns},
			} {
				html := draw(t, c)
				parse(t, html)
				for _, bad := range []string{"NaN", "Inf", "e+", `width="-`, `height="-`} {
					if strings.Contains(html, bad) {
						t.Errorf("%s: %T holds %s", name, c, bad)
					}
				}
				if got := len(c.Table().Rows); got != len(columns) {
					t.Errorf("%s: %d rows for %d columns", name, got, len(columns))
				}
			}
		}
	}
	for _, c := range []drawn{
		chart.Bar{},
		chart.Bar{Value: 5, Look: 250},
		chart.Bar{Value: -1, Max: 3},
		chart.Bar{Value: 9, Max: 3},
		chart.Sparkline{},
		chart.Sparkline{Running: true},
		chart.Sparkline{Values: []chart.Cell{{None: true}}},
		chart.Sparkline{Values: []chart.Cell{{N: 1}}, Running: true},
		chart.Sparkline{Values: []chart.Cell{{}, {}}},
		chart.HeatMap{},
		chart.Coverage{},
	} {
		html := draw(t, c)
		parse(t, html)
		if strings.Contains(html, "NaN") || strings.Contains(html, `width="-`) {
			t.Errorf("%+v: %s", c, html)
		}
	}
}

func TestStyleSheetHasEveryClass(t *testing.T) {
	css := chart.CSS()
	for name, c := range charts() {
		for _, e := range parse(t, draw(t, c)) {
			for class := range strings.FieldsSeq(e.attrs["class"]) {
				if !strings.Contains(css, "."+class) && class != "chart-name" {
					t.Errorf("%s: the style sheet does not know the class %s", name, class)
				}
			}
		}
	}
}
