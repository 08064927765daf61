package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/export"
)

// hostile are names that somebody might give a client application.
var hostile = []string{
	`=cmd|'/c calc'!A1`,
	`+1+1`,
	`-2+3`,
	`@SUM(A1)`,
	"\t=1",
	"\r=1",
	"\n=1",
	`<img src=x onerror=alert(1)>`,
	"\u202egnp.exe",
	`a;b,c"d` + "\ne",
	strings.Repeat("õ", 200),
	"",
}

func sample() *export.Table {
	t := &export.Table{
		Title:  "Klientrakendused",
		Period: "aprill 2018 (30 päeva)",
		Notes:  []string{"Filtrid: puuduvad", "=1+1"},
		Columns: []export.Column{
			{Name: "Klientrakendus", Kind: export.Text},
			{Name: "Edukad", Kind: export.Int, Chart: true},
			{Name: "Ebaõnnestumised", Kind: export.Int, Chart: true},
			{Name: "Õnnestumismäär", Kind: export.Percent},
			{Name: "Viimane", Kind: export.Date},
		},
	}
	var good, bad int64
	for i, name := range hostile {
		g, b := int64(1_000_000*i), int64(7*i)
		var rate any
		if i > 0 {
			rate = float64(g) / float64(g+b)
		}
		t.Rows = append(t.Rows, []any{name, g, b, rate, aggregate.Date(2018, 4, 28) - aggregate.Day(i)})
		good, bad = good+g, bad+b
	}
	t.Total = []any{"Kokku", good, bad, float64(good) / float64(good+bad), nil}
	return t
}

func ExampleTable_WriteCSV() {
	t := export.Table{
		Columns: []export.Column{{Name: "Meetod"}, {Name: "Arv", Kind: export.Int}, {Name: "Osakaal", Kind: export.Percent}},
		Rows:    [][]any{{"Smart-ID", int64(3), 0.75}, {"=1+1", int64(1), 0.25}},
	}
	var b strings.Builder
	if err := t.WriteCSV(&b, export.CSVOptions{Semicolon: true}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.ReplaceAll(b.String(), "\r\n", "\n"))
	// Output:
	// Meetod;Arv;Osakaal
	// Smart-ID;3;0,75
	// '=1+1;1;0,25
}

func ExampleTable_WriteJSON() {
	t := export.Table{
		Title:   "Meetodid",
		Columns: []export.Column{{Name: "Meetod"}, {Name: "Arv", Kind: export.Int}},
		Rows:    [][]any{{"Smart-ID", int64(3)}},
	}
	if err := t.WriteJSON(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"title":"Meetodid","period":"","notes":[],"columns":[{"name":"Meetod","kind":"text"},{"name":"Arv","kind":"int"}],"rows":[["Smart-ID",3]],"total":null}
}

func TestCSVReadsBack(t *testing.T) {
	for name, o := range map[string]export.CSVOptions{
		"programs": {},
		"Excel":    {BOM: true, Semicolon: true},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			table := sample()
			var b bytes.Buffer
			is.NoErr(table.WriteCSV(&b, o))
			data, marked := bytes.CutPrefix(b.Bytes(), []byte("\ufeff"))
			is.Equal(marked, o.BOM)
			is.Equal(bytes.Count(data, []byte("\n")), bytes.Count(data, []byte("\r\n"))) // RFC 4180, section 2.1
			r := csv.NewReader(bytes.NewReader(data))
			decimal := "0.999993"
			if o.Semicolon {
				r.Comma, decimal = ';', "0,999993"
			}
			lines, err := r.ReadAll()
			is.NoErr(err)
			is.Equal(len(lines), 1+len(hostile)+1)
			is.Equal(lines[0][1], "Edukad")
			is.Equal(lines[1], []string{`'=cmd|'/c calc'!A1`, "0", "0", "", "2018-04-28"})
			is.Equal(lines[2], []string{`'+1+1`, "1000000", "7", decimal, "2018-04-27"})
			is.Equal(lines[len(lines)-1], []string{"Kokku", "66000000", "462", decimal, ""})
			for i, line := range lines[1 : len(lines)-1] {
				if line[0] != "" && strings.ContainsAny(line[0][:1], "=+-@\t\r\n") {
					t.Errorf("row %d: %q would be a formula", i+1, line[0])
				}
			}
			is.Equal(lines[11][0], hostile[10]) // what is harmless stays as it is
		})
	}
}

func TestANegativeNumberIsNoFormula(t *testing.T) {
	is := is.New(t)
	table := export.Table{
		Columns: []export.Column{{Name: "-x", Kind: export.Int}, {Name: "y", Kind: export.Percent}},
		Rows:    [][]any{{int64(-5), -0.5}},
	}
	var b bytes.Buffer
	is.NoErr(table.WriteCSV(&b, export.CSVOptions{}))
	is.Equal(b.String(), "'-x,y\r\n-5,-0.5\r\n")
}

func TestJSONReadsBack(t *testing.T) {
	is := is.New(t)
	var b bytes.Buffer
	is.NoErr(sample().WriteJSON(&b))
	var got struct {
		Title, Period string
		Notes         []string
		Columns       []struct{ Name, Kind string }
		Rows          [][]any
		Total         []any
	}
	dec := json.NewDecoder(&b)
	dec.UseNumber()
	is.NoErr(dec.Decode(&got))
	is.Equal(got.Period, "aprill 2018 (30 päeva)")
	is.Equal(got.Columns[4].Kind, "date")
	is.Equal(len(got.Rows), len(hostile))
	for i, row := range got.Rows {
		is.Equal(row[0], hostile[i]) // JSON needs no apostrophe
	}
	is.Equal(got.Rows[0][3], nil)
	is.Equal(got.Rows[1][4], "2018-04-27")
	is.Equal(got.Total[1], json.Number("66000000"))
	is.Equal(len(got.Notes), 2)
}

func TestAWrongTableIsRefused(t *testing.T) {
	columns := []export.Column{{Name: "a"}, {Name: "b", Kind: export.Int}}
	for name, tt := range map[string]struct {
		table export.Table
		want  error
	}{
		"too few cells":   {export.Table{Columns: columns, Rows: [][]any{{"x"}}}, export.ErrCell},
		"wrong kind":      {export.Table{Columns: columns, Rows: [][]any{{"x", "y"}}}, export.ErrCell},
		"plain int":       {export.Table{Columns: columns, Rows: [][]any{{"x", 1}}}, export.ErrCell},
		"too short total": {export.Table{Columns: columns, Total: []any{"x"}}, export.ErrCell},
		"wrong total":     {export.Table{Columns: columns, Total: []any{"x", 0.5}}, export.ErrCell},
		"too many rows":   {export.Table{Columns: columns, Rows: make([][]any, export.MaxRows+1)}, export.ErrTooManyRows},
	} {
		var b bytes.Buffer
		for _, err := range []error{
			tt.table.WriteCSV(&b, export.CSVOptions{}), tt.table.WriteJSON(&b), tt.table.WriteXLSX(&b, ""),
		} {
			if !errors.Is(err, tt.want) {
				t.Errorf("%s: got %v, want %v", name, err, tt.want)
			}
		}
		if b.Len() > 0 {
			t.Errorf("%s: something was written: %q", name, b.String())
		}
	}
}

// brokenWriter fails like a connection that the reader closed.
type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestErrorsOfTheWriterAreReported(t *testing.T) {
	table := sample()
	for name, err := range map[string]error{
		"csv":      table.WriteCSV(brokenWriter{}, export.CSVOptions{}),
		"csv, bom": table.WriteCSV(brokenWriter{}, export.CSVOptions{BOM: true}),
		"json":     table.WriteJSON(brokenWriter{}),
		"xlsx":     table.WriteXLSX(brokenWriter{}, ""),
	} {
		if !errors.Is(err, errBroken) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestKindsHaveNames(t *testing.T) {
	want := []string{"text", "int", "percent", "date", "unknown"}
	var got []string
	for k := export.Text; k <= export.Date+1; k++ {
		got = append(got, k.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
