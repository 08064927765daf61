package httpui_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/xuri/excelize/v2"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/httpui/internal/uitest"
	"github.com/e-gov/tarastat/logbase"
)

// steady is one success a minute past every hour from 9 to 17, on every day
// from first to last, but on none of those left out.
func steady(t *testing.T, first, last string, leftOut ...string) *fakeStore {
	t.Helper()
	s := &fakeStore{}
	day, err := time.ParseInLocation(time.DateOnly, first, event.DefaultLocation())
	if err != nil {
		t.Fatal(err)
	}
	skip := strings.Join(leftOut, " ")
	for ; day.Format(time.DateOnly) <= last; day = day.AddDate(0, 0, 1) {
		date := day.Format(time.DateOnly)
		if strings.Contains(skip, date) {
			continue
		}
		for _, hour := range []string{"09", "10", "11", "12", "13", "14", "15", "16", "17"} {
			s.Add(uitest.At(t, date+"T"+hour+":01", "a", event.MethodIDCard, "", event.OpSuccess))
		}
	}
	return s
}

func TestGapsAreDrawnAsGaps(t *testing.T) {
	is := is.New(t)
	s := steady(t, "2018-01-01", "2018-04-28", "2018-03-14", "2018-03-15")
	_, err := s.Delete(t.Context(), logbase.Deletion{Period: mustPeriod(t, "2018-03-15"), At: now})
	is.NoErr(err)
	h := httpui.New(s, options())
	doc, _ := browse(t, h).page("/?p=2018-03")
	bands := doc.one(t, "#trend svg.chart-plot").text()
	is.True(strings.Contains(bands, "andmeid ei saabunud"))
	is.True(strings.Contains(bands, "andmed on kustutatud"))
	is.True(strings.Contains(doc.one(t, ".compared").text(), "14.03.2018")) // says why nothing is compared
	is.Equal(len(doc.all(".change")), 1)                                    // only the number of new and silent clients

	var answer struct {
		NoChange  string
		Reference *struct{ Text string }
		Total     struct{ Change *float64 }
	}
	is.NoErr(json.Unmarshal(browse(t, h).get("/api/v1/summary?p=2018-03").Body.Bytes(), &answer))
	is.True(strings.Contains(answer.NoChange, "14.03.2018")) // and so does the API
	is.Equal(answer.Reference.Text, "2018-02")
	is.Equal(answer.Total.Change, nil)

	doc, _ = browse(t, h).page("/andmed?p=2018-03")
	legend := doc.one(t, "#coverage .chart-legend").text()
	is.Equal(legend, "Täielik 88 Andmeteta 276 Kustutatud 1") // 275 days before the data, and the gap
}

func mustPeriod(t *testing.T, text string) aggregate.Period {
	t.Helper()
	p, err := aggregate.ParsePeriod(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNewAndSilentClients(t *testing.T) {
	is := is.New(t)
	h := httpui.New(spring(t), options())
	list := func(url string) []string {
		doc, code := browse(t, h).page(url)
		is.Equal(code, 200)
		var names []string
		for _, a := range doc.all("#clients tbody th") {
			names = append(names, a.all("a")[0].text())
		}
		return names
	}
	is.Equal(list("/kliendid?p=2018-04&show=new"), []string{"uus-rakendus"})
	is.Equal(list("/kliendid?p=2018-02&show=silent"), []string{"vana-rakendus"})
	is.Equal(len(list("/kliendid?p=2017-04&show=new")), 0) // the log base begins here: nobody is new
}

func TestWhoStillUsesBankLinks(t *testing.T) {
	is := is.New(t)
	b := browse(t, httpui.New(spring(t), options()))
	// Two clicks from the front page: twelve months, and the method there.
	doc, _ := b.page("/")
	first := find(t, doc, ".presets a", "12 kuud")
	doc, _ = b.page(first)
	is.Equal(doc.one(t, "#period").text(), "mai 2017 – aprill 2018 (365 päeva)")
	doc, code := b.page(find(t, doc, "#methods a", "Pangalink"))
	is.Equal(code, 200)
	users := doc.one(t, "#users")
	is.Equal(users.all("tbody th")[0].text(), "vana-rakendus")
	is.True(strings.Contains(users.text(), "28.01.2018"))        // when it was last used
	is.Equal(len(doc.one(t, "#trend").all("svg.chart-plot")), 1) // and how it shrank
}

// find returns the address of the link with that text.
func find(t *testing.T, doc *node, selector, text string) string {
	t.Helper()
	for _, a := range doc.all(selector) {
		if a.text() == text {
			return a.attr("href")
		}
	}
	t.Fatalf("no %s with the text %q", selector, text)
	return ""
}

func TestDaysAreDrawnBesideTheSameWeekday(t *testing.T) {
	is := is.New(t)
	h := httpui.New(steady(t, "2017-01-01", "2018-04-28", "2018-02-14"), options())

	// The legend and the table name the days that are drawn, the bar those that
	// are compared.
	doc, _ := browse(t, h).page("/?p=2018-03&step=day")
	is.True(strings.Contains(doc.one(t, "#trend .chart-legend").text(), "1. veebruar – 3. märts 2018"))
	is.True(strings.Contains(doc.one(t, "#trend thead").text(), "1. veebruar – 3. märts 2018"))
	is.True(strings.Contains(doc.one(t, ".compared").text(), "veebruar 2018 (28 päeva)"))
	doc, _ = browse(t, h).page("/?p=2018-04&step=day")
	is.True(strings.Contains(doc.one(t, "#trend .chart-plot").text(), "P 04.03.2018 9")) // beside Sunday 1 April
}

func TestTrendsOfARunningPeriodEndNow(t *testing.T) {
	is := is.New(t)
	s := steady(t, "2018-03-01", "2018-04-28")
	b := browse(t, httpui.New(s, options()))
	for _, url := range []string{"/kliendid?p=2018-04", "/meetodid?p=2018-04&step=day"} {
		doc, _ := b.page(url)
		is.True(strings.Contains(doc.one(t, "main").text(), ": 9 esimeses ja 9 viimases sammus"))
	}
}

// TestMonthsAreOfThePeriod: the table names the months it shows, says where they
// are not those of the period, and adds up to the total that the file holds.
func TestMonthsAreOfThePeriod(t *testing.T) {
	tests := []struct {
		period, shown string
		first, last   string // heads
		note          string // part of it; "" for none
	}{
		{"2017-11-22/2018-04-21", "2017-11-22/2018-04-21", "nov 2017 (22.–30.)", "apr 2018 (1.–21.)", ""},
		{"2018-Q1", "2018-Q1", "jaan 2018", "märts 2018", ""},
		{"2018-02-28/2018-03-01", "2018-02-28/2018-03-01", "veebr 2018 (28.)", "märts 2018 (1.)", ""},
		{"2018-04", "2017-05/2018-04", "mai 2017", "apr 2018", "ühe kuu sisse"},
		{"2018-04-21", "2017-05-01/2018-04-21", "mai 2017", "apr 2018 (1.–21.)", "ühe kuu sisse"},
		{"2018-04-21T10", "2017-05-01/2018-04-21", "mai 2017", "apr 2018 (1.–21.)", "ühe kuu sisse"},
		{"2016/2018", "2017/2018", "jaan 2017", "dets 2018", "viimast 24 kuud"},
	}
	s := spring(t)
	b := browse(t, httpui.New(s, options()))
	for _, tt := range tests {
		t.Run(tt.period, func(t *testing.T) {
			is := is.New(t)
			url := "/kliendid?show=months&p=" + escape(tt.period)
			var file struct {
				Columns []struct{ Name string }
				Total   []any
			}
			is.NoErr(json.Unmarshal(b.get(url+"&table=months&format=json").Body.Bytes(), &file))
			want := aggregate.Total(aggregate.Count(s.events, aggregate.Query{Period: mustPeriod(t, tt.shown), By: aggregate.ByOperation})).Successes
			is.Equal(file.Total[len(file.Total)-1], float64(want))
			is.Equal([]string{file.Columns[1].Name, file.Columns[len(file.Columns)-2].Name}, []string{tt.first, tt.last})
			doc, _ := b.page(url)
			hints := ""
			for _, n := range doc.all("#months .hint") {
				hints += n.text()
			}
			is.True(strings.Contains(hints, tt.note) && (hints == "") == (tt.note == ""))
		})
	}
}

// randomPeriod is one that people might ask for, around the data of spring.
func randomPeriod(rng *rand.Rand) string {
	day := time.Date(2017, 3, 1+rng.IntN(460), 0, 0, 0, 0, event.DefaultLocation())
	units := []aggregate.Unit{aggregate.DayUnit, aggregate.Week, aggregate.Month, aggregate.Quarter, aggregate.Year}
	switch n := rng.IntN(8); {
	case n < len(units):
		return aggregate.Of(units[n], day, nil).String()
	case n == 5:
		return day.Format(time.DateOnly) + "/" + day.AddDate(0, 0, rng.IntN(200)).Format(time.DateOnly)
	case n == 6:
		return day.Format("2006-01-02T") + fmt.Sprintf("%02d", 8+rng.IntN(4))
	}
	return []string{"", "2017-1[0-2]", "T1[0]:"}[rng.IntN(3)]
}

func randomFilter(rng *rand.Rand) (query string, f aggregate.Key) {
	pick := func(name string, field *string, values ...string) {
		if rng.IntN(3) == 0 {
			*field = values[rng.IntN(len(values))]
			query += "&" + name + "=" + escape(*field)
		}
	}
	pick("client", &f.ClientID, "openIdDemo", "emta", "vana-rakendus", "nobody")
	pick("method", &f.Method, event.MethodIDCard, event.MethodBankLink)
	if rng.IntN(5) == 0 {
		pick("bank", &f.Bank, "SEB")
		pick("error", &f.ErrorCode, "USER_CANCEL")
	}
	return query, f
}

// fileTotal loads a table of a page and returns the sums of its first three
// columns of counts, and its total; nil when the page has no such table.
func fileTotal(t *testing.T, h http.Handler, url string) (sum, total []int64) {
	t.Helper()
	w := browse(t, h).get(url)
	if w.Code == http.StatusNotFound {
		return nil, nil
	}
	var table struct {
		Columns []struct{ Kind string }
		Rows    [][]any
		Total   []any
	}
	if err := json.Unmarshal(w.Body.Bytes(), &table); err != nil {
		t.Fatalf("%s: %d %v", url, w.Code, err)
	}
	for i, c := range table.Columns {
		if c.Kind != "int" || len(total) == 3 {
			continue
		}
		n, _ := table.Total[i].(float64)
		total = append(total, int64(n))
		var column int64
		for _, row := range table.Rows {
			n, _ := row[i].(float64) // no figure counts as none
			column += int64(n)
		}
		sum = append(sum, column)
	}
	return sum, total
}

// TestSumsAreTheSameEverywhere asks 200 random questions: what the oracle
// counts is the total of every table, page, file and answer of the API.
func TestSumsAreTheSameEverywhere(t *testing.T) {
	s := spring(t)
	h := httpui.New(s, options())
	rng := rand.New(rand.NewPCG(4, 2018))
	for range 200 {
		text := randomPeriod(rng)
		query, f := randomFilter(rng)
		p, err := aggregate.ParsePeriod(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := aggregate.Total(aggregate.Count(s.events, aggregate.Query{Period: p, Filter: f, By: aggregate.ByOperation}))
		ask := "?p=" + escape(text) + query

		for _, path := range []string{"/clients", "/methods", "/summary"} {
			var got struct {
				Entries []aggregate.Tally
				Total   aggregate.Tally
			}
			w := browse(t, h).get("/api/v1" + path + ask)
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatalf("%s%s: %v in %s", path, ask, err, w.Body)
			}
			var sum aggregate.Tally
			for _, e := range got.Entries {
				sum = sum.Plus(e)
			}
			if got.Total != want || path != "/summary" && sum != want {
				t.Errorf("%s%s: total %v, sum %v, want %v", path, ask, got.Total, sum, want)
			}
		}
		if want.Events() == 0 {
			continue
		}
		tables := map[string][]int64{
			"/kliendid" + ask + "&table=clients": {want.Attempts, want.Successes, want.Failures},
			"/stat" + ask + "&table=stat":        {want.Attempts, want.Successes, want.Failures},
			"/stat" + ask + "&table=methods":     {want.Attempts, want.Successes, want.Failures},
			"/" + ask + "&table=trend":           {want.Successes, want.Failures, want.Ended()},
		}
		if f.ErrorCode != "" { // nothing but failures is left to show
			tables["/kliendid"+ask+"&table=clients"] = []int64{want.Failures}
		}
		if f.Method == "" && f.ErrorCode == "" { // with a method chosen, the table of methods still shows all
			tables["/meetodid"+ask+"&table=methods"] = []int64{want.Attempts, want.Successes, want.Failures}
		}
		for url, want := range tables {
			sum, total := fileTotal(t, h, url+"&format=json")
			if total == nil {
				continue
			}
			if fmt.Sprint(sum) != fmt.Sprint(want) || fmt.Sprint(total) != fmt.Sprint(want) {
				t.Errorf("%s: rows %v, total %v, want %v", url, sum, total, want)
			}
		}
	}
}

func TestEveryTableOfEveryPageAddsUp(t *testing.T) {
	h := httpui.New(spring(t), fullOptions())
	found := 0
	for _, url := range []string{
		"/", "/?p=2017", "/kliendid?p=2017", "/kliendid?show=months", "/meetodid?p=2017", "/meetodid?p=&method=banklink",
		"/kliendid/emta?p=2018-Q1", "/kliendid/openIdDemo?show=hours", "/stat?p=2018", "/andmed",
	} {
		doc, code := browse(t, h).page(url)
		if code != http.StatusOK {
			t.Fatalf("%s: status %d", url, code)
		}
		for _, table := range doc.all("main table") {
			foot := table.all("tfoot")
			if len(foot) == 0 {
				continue
			}
			found++
			rows := table.table()
			total := rows[len(rows)-1]
			for i := 1; i < len(total); i++ {
				want, isNumber := number(total[i])
				if !isNumber {
					continue
				}
				var sum int64
				for _, row := range rows[1 : len(rows)-1] {
					n, _ := number(row[i])
					sum += n
				}
				if sum != want {
					t.Errorf("%s: %q, column %d: rows %d, total %d", url, table.all("caption")[0].text(), i, sum, want)
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d tables with a total", found)
	}
}

// number reads a count; shares and changes are none.
func number(text string) (int64, bool) {
	n, err := strconv.ParseInt(strings.ReplaceAll(text, "\u00a0", ""), 10, 64)
	return n, err == nil
}

func TestFilesHoldWhatThePageShows(t *testing.T) {
	is := is.New(t)
	h := httpui.New(spring(t), fullOptions())
	doc, _ := browse(t, h).page("/kliendid?p=2018-Q1&sort=name")
	var page []string
	for _, row := range doc.one(t, "#clients").all("tbody tr") {
		page = append(page, row.all("a")[0].text())
	}
	links := doc.one(t, "#clients").all(".files a")
	is.Equal(len(links), 4)
	for _, a := range links {
		w := browse(t, h).get(a.attr("href"))
		is.Equal(w.Code, 200)
		checkHeaders(t, a.attr("href"), w.Header())
		is.True(strings.Contains(w.Header().Get("Content-Disposition"), `attachment; filename="tara-stat-clients-2018-Q1.`))
		var got []string
		switch a.text() {
		case "CSV":
			lines, err := csv.NewReader(w.Body).ReadAll()
			is.NoErr(err)
			for _, l := range lines[1 : len(lines)-1] {
				got = append(got, l[0])
			}
		case "CSV (Excel)":
			is.True(bytes.HasPrefix(w.Body.Bytes(), []byte("\ufeff")))
			continue
		case "JSON":
			var table struct{ Rows [][]any }
			is.NoErr(json.Unmarshal(w.Body.Bytes(), &table))
			for _, row := range table.Rows {
				got = append(got, row[0].(string))
			}
		case "XLSX":
			book, err := excelize.OpenReader(w.Body)
			is.NoErr(err)
			rows, err := book.GetRows(book.GetSheetName(0))
			is.NoErr(err)
			for _, row := range rows {
				if len(row) > 3 && len(got) < len(page) && row[0] != "Klientrakendus" {
					got = append(got, row[0])
				}
			}
		}
		is.Equal(got, page)
	}
}

func TestFilesThatAreNotThere(t *testing.T) {
	is := is.New(t)
	b := browse(t, httpui.New(spring(t), options()))
	is.Equal(b.get("/kliendid?table=nothing&format=csv").Code, 404)
	is.Equal(b.get("/kliendid?table=clients&format=doc").Code, 404)
	is.Equal(b.get("/kliendid?table=clients&format=csv&p=%5B").Code, 400)
}
