package httpui_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
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
			s.Add(at(t, date+"T"+hour+":01", "a", event.MethodIDCard, "", event.SuccessfulAuth))
		}
	}
	return s
}

type compared struct {
	Compared, Reference *struct{ Text string }
	NoChange            string
	Total               struct {
		Change *float64
	}
}

func TestComparison(t *testing.T) {
	const years = "2015-01-01"
	tests := []struct {
		name, now, period, compare string
		gap                        string
		compared, reference        string // "" for none
		change                     bool
		why                        string // part of the reason for no change
	}{
		{"a month that is over", "2018-04-28", "2018-03", "previous", "", "2018-03", "2018-02", true, ""},
		{"a running month", "2018-04-28", "2018-04", "previous", "", "2018-04-01/2018-04-27", "2018-03-01/2018-03-27", true, ""},
		{"a running month last year", "2018-04-28", "2018-04", "lastyear", "", "2018-04-01/2018-04-27", "2017-04-01/2017-04-27", true, ""},
		{"leap day", "2016-03-10", "2016-02-29", "lastyear", "", "2016-02-29", "2015-03-02", true, ""},
		{"week 53", "2016-02-10", "2015-W53", "previous", "", "2015-W53", "2015-W52", true, ""},
		{"the week of the clock change", "2018-04-28", "2018-W12", "previous", "", "2018-W12", "2018-W11", true, ""},
		{"the first day of a month", "2018-04-01", "2018-04", "previous", "", "", "", false, "ühtegi sammu"},
		{"everything", "2018-04-28", "", "previous", "", "", "", false, "algust ja lõppu"},
		{"nothing wanted", "2018-04-28", "2018-03", "none", "", "", "", false, "puudub"},
		{"before the data", "2018-04-28", "2015", "previous", "", "", "", false, "enne andmete algust"},
		{"a gap in the period", "2018-04-28", "2018-03", "previous", "2018-03-14", "2018-03", "2018-02", false, "14.03.2018"},
		{"a gap in the reference", "2018-04-28", "2018-03", "previous", "2018-02-03", "2018-03", "2018-02", false, "03.02.2018"},
		{"a gap elsewhere", "2018-04-28", "2018-03", "previous", "2018-01-03", "2018-03", "2018-02", true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			s := steady(t, years, tt.now, tt.gap)
			opts := options()
			clock, err := time.ParseInLocation("2006-01-02T15", tt.now+"T00", event.DefaultLocation())
			is.NoErr(err)
			opts.Now = func() time.Time { return clock.Add(30 * time.Minute) }
			w := browse(t, httpui.New(s, opts)).get("/api/v1/summary?p=" + tt.period + "&compare=" + tt.compare)
			var got compared
			is.NoErr(json.Unmarshal(w.Body.Bytes(), &got))
			text := func(p *struct{ Text string }) string {
				if p == nil {
					return ""
				}
				return p.Text
			}
			if diff := cmp.Diff([]string{tt.compared, tt.reference}, []string{text(got.Compared), text(got.Reference)}); diff != "" {
				t.Error(diff)
			}
			is.Equal(got.Total.Change != nil, tt.change)
			is.True(strings.Contains(got.NoChange, tt.why) && (got.NoChange == "") == (tt.why == ""))
		})
	}
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
	s := steady(t, "2017-01-01", "2018-04-28", "2018-02-14")
	h := httpui.New(s, options())
	for _, ask := range []string{"p=2018-04", "p=2018-03", "p=2018-03&compare=lastyear", "p=2018-04-02/2018-04-20"} {
		var got struct {
			Points []struct {
				Period, PreviousPeriod string
				Previous               *aggregate.Tally
			}
		}
		w := browse(t, h).get("/api/v1/series?step=day&" + ask)
		is.NoErr(json.Unmarshal(w.Body.Bytes(), &got))
		drawn, without := 0, 0
		for _, p := range got.Points {
			if p.Previous == nil {
				without++
				continue
			}
			drawn++
			then := mustPeriod(t, p.PreviousPeriod)
			is.Equal(then.From().Weekday(), mustPeriod(t, p.Period).From().Weekday())
			is.True(p.PreviousPeriod != "2018-02-14") // a gap is no zero
			is.Equal(p.Previous.Successes, int64(9))
		}
		is.True(drawn > 18)
		if ask == "p=2018-03" {
			is.Equal(without, 1)
		}
	}

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
