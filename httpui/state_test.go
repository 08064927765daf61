package httpui_test

import (
	"context"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/xuri/excelize/v2"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/httpui/internal/uitest"
	"github.com/e-gov/tarastat/logbase"
)

func TestNeverAnyData(t *testing.T) {
	is := is.New(t)
	doc, code := browse(t, httpui.New(&fakeStore{}, fullOptions())).page("/")
	is.Equal(code, 200)
	text := doc.one(t, ".empty").text()
	for _, want := range []string{"stat.example:6514", "AB:12", "<Syslog", `port="6514"`, "tarastat send"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the guide: %s", want, text)
		}
	}
}

func TestNoDataInThePeriod(t *testing.T) {
	is := is.New(t)
	h := httpui.New(spring(t), options())
	for _, path := range []string{"/", "/kliendid", "/meetodid", "/stat", "/kliendid/emta"} {
		doc, code := browse(t, h).page(path + "?p=2016-02")
		is.Equal(code, 200)
		is.Equal(doc.one(t, "#state").text(), "Perioodis ei ole sündmusi")
		is.True(strings.Contains(doc.one(t, ".empty").text(), "01.04.2017–28.04.2018"))
		nearest := doc.one(t, ".empty").all("a")[0].attr("href")
		is.Equal(nearest, path+"?p=2017-04") // the first month with data
		doc, code = browse(t, h).page(nearest)
		is.Equal(code, 200)
		is.Equal(len(doc.all(".empty")), 0)
	}
}

func TestFiltersThatLeaveNothing(t *testing.T) {
	is := is.New(t)
	doc, code := browse(t, httpui.New(spring(t), options())).page("/?p=2018&client=emta&method=banklink")
	is.Equal(code, 200)
	is.Equal(doc.one(t, "#state").text(), "Filtritele ei vasta ükski sündmus")
	var links []string
	for _, a := range doc.one(t, ".empty").all("a") {
		links = append(links, a.attr("href"))
	}
	is.Equal(links, []string{"/?p=2018&method=banklink", "/?p=2018&client=emta"})
}

func TestSmallNumbersHaveNoRate(t *testing.T) {
	is := is.New(t)
	s := &fakeStore{}
	for range aggregate.MinRateBase - 1 {
		s.Add(uitest.At(t, "2018-04-28T10:51", "a", event.MethodIDCard, "", event.OpSuccess))
	}
	b := browse(t, httpui.New(s, options()))
	doc, _ := b.page("/")
	is.Equal(doc.all(".tile .value")[1].text(), "n = 19")
	s.Add(uitest.At(t, "2018-04-28T10:51", "a", event.MethodIDCard, "", event.OpFailure))
	doc, _ = b.page("/")
	is.Equal(doc.all(".tile .value")[1].text(), "95,0%")
}

func TestOneFailingPartDoesNotTakeThePage(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	s.wait = func(_ context.Context, q aggregate.Query) error {
		if q.By&aggregate.ByErrorCode != 0 {
			return logbase.WithCode(logbase.CodeReadFailed, errSecret)
		}
		return nil
	}
	for _, path := range []string{"/", "/meetodid", "/kliendid/emta"} {
		doc, code := browse(t, httpui.New(s, options())).page(path)
		is.Equal(code, 200)
		is.Equal(doc.one(t, "#errors .fault strong").text(), "ERR-02")
		is.Equal(len(doc.all("main .fault")), 1)
		is.True(len(doc.all("svg.chart-plot")) > 0)
	}
}

func TestUnknownClient(t *testing.T) {
	is := is.New(t)
	b := browse(t, httpui.New(spring(t), options()))
	is.Equal(b.get("/kliendid/nobody").Code, 404)
	is.Equal(b.get("/kliendid/emta").Code, 200)
	is.Equal(b.get("/kliendid/emta?p=2016").Code, 200) // known, though not then
}

func TestClientsAreSearchedSortedAndPaged(t *testing.T) {
	is := is.New(t)
	s := &fakeStore{}
	opts := options()
	catalogue := names{}
	opts.Catalogue = catalogue
	for i := range 120 {
		id := "klient-" + itoa(int64(i))
		for range 1 + i%7 {
			s.Add(uitest.At(t, "2018-04-28T10:51", id, event.MethodIDCard, "", event.OpSuccess))
		}
		catalogue[id] = httpui.ClientName{Name: "Õige " + id, Institution: "Asutus " + itoa(int64(i%3))}
	}
	b := browse(t, httpui.New(s, opts))
	rows := func(url string) []string {
		doc, code := b.page(url)
		is.Equal(code, 200)
		var out []string
		for _, th := range doc.all("#clients tbody th") {
			out = append(out, th.text())
		}
		return out
	}
	is.Equal(len(rows("/kliendid")), 50)
	is.Equal(len(rows("/kliendid?page=clients-3")), 20)
	is.Equal(len(rows("/kliendid?page=clients-all")), 120)
	is.Equal(len(rows("/kliendid?page=clients-99")), 50)
	is.Equal(rows("/kliendid?q=klient-119"), []string{"Õige klient-119 klient-119"})
	is.Equal(len(rows("/kliendid?q=ASUTUS+2&page=clients-all")), 40)
	is.Equal(rows("/kliendid?sort=name")[:3], []string{"Õige klient-0 klient-0", "Õige klient-1 klient-1", "Õige klient-2 klient-2"})
	is.Equal(rows("/kliendid?sort=-name")[0], "Õige klient-119 klient-119")
	is.Equal(rows("/kliendid?sort=nonsense"), rows("/kliendid"))

	doc, _ := b.page("/kliendid?sort=-name&q=klient-1&p=2018")
	head := doc.all("#clients thead th")[0]
	is.Equal(head.attr("aria-sort"), "descending")
	is.Equal(head.all("a")[0].attr("href"), "/kliendid?p=2018&q=klient-1&sort=name") // keeps everything else
	doc, _ = b.page("/kliendid?q=nothing")
	is.True(strings.Contains(doc.one(t, "#clients").text(), "nothing"))
}

func TestEveryStepAndExpression(t *testing.T) {
	h := httpui.New(spring(t), fullOptions())
	for _, url := range []string{
		"/?step=hour&p=2018-04-28", "/?step=day&p=2018", "/?step=week&p=", "/?step=month&p=2018-04-28", "/?step=year&p=",
		"/?step=hour&p=2017", "/?p=2018-04-28T10", "/?p=2018-0[4-6]", "/meetodid?p=T1[0]:", "/kliendid?p=T1[0]:&show=months",
		"/kliendid/emta?p=T1[0]:&show=hours", "/andmed?p=T1[0]:", "/?p=2019", "/?p=1999", "/kliendid?p=2019-01&show=silent",
		"/kliendid?compare=none&show=silent", "/meetodid?error=USER_CANCEL", "/meetodid?country=FI&p=2018", "/meetodid?bank=SEB&p=2017",
		"/?step=nonsense&compare=nonsense", "/kliendid/emta?p=2018-03-25&show=hours", "/kliendid/emta?p=2017-10-29&show=hours",
	} {
		doc, code := browse(t, h).page(url)
		if code != 200 {
			t.Errorf("%s: status %d", url, code)
		}
		checkPage(t, url, doc)
	}
}

func TestHostileNamesInFiles(t *testing.T) {
	is := is.New(t)
	s := &fakeStore{}
	for _, name := range append(hostile, "a/b", "a?b#c%2F") {
		failed := uitest.At(t, "2018-04-28T10:51", name, name, name, event.OpFailure)
		failed.Error = name
		s.Add(failed)
	}
	h := httpui.New(s, options())
	for _, table := range []string{"/kliendid?table=clients", "/meetodid?table=errors", "/stat?table=stat"} {
		w := browse(t, h).get(table + "&p=2018&format=csv")
		lines, err := csv.NewReader(w.Body).ReadAll()
		is.NoErr(err)
		for _, line := range lines {
			for _, cell := range line {
				is.True(!strings.HasPrefix(cell, "=")) // no formula
			}
		}
		w = browse(t, h).get(table + "&p=2018&format=xlsx")
		book, err := excelize.OpenReader(w.Body)
		is.NoErr(err)
		sheet := book.GetSheetName(0)
		rows, err := book.GetRows(sheet)
		is.NoErr(err)
		for i, row := range rows {
			for j := range row {
				at, err := excelize.CoordinatesToCellName(j+1, i+1)
				is.NoErr(err)
				formula, err := book.GetCellFormula(sheet, at)
				is.NoErr(err)
				is.Equal(formula, "")
			}
		}
	}
	for _, name := range append(hostile, "a/b", "a?b#c%2F") {
		w := browse(t, h).get(clientAddress(name) + "?p=2018")
		is.Equal(w.Code, 200)
		doc := parse(t, w.Body.String())
		checkPage(t, name, doc)
		is.Equal(doc.one(t, "h1").text(), strings.Join(strings.Fields(name), " "))
		is.Equal(len(doc.all("main img")), 0)
		for _, a := range doc.all(".presets a") { // its own links come back to it
			doc, code := browse(t, h).page(a.attr("href"))
			is.Equal(code, 200)
			is.Equal(doc.one(t, "h1").text(), strings.Join(strings.Fields(name), " "))
		}
	}
}

func TestFailuresAloneHaveNoRate(t *testing.T) {
	is := is.New(t)
	h := httpui.New(spring(t), options())
	for _, path := range []string{"/", "/kliendid", "/meetodid", "/kliendid/emta"} {
		doc, code := browse(t, h).page(path + "?p=2018-03&error=USER_CANCEL")
		is.Equal(code, 200)
		checkPage(t, path, doc)
		for _, th := range doc.all("thead th") {
			is.True(th.text() != "Õnnestumismäär")
		}
		for _, tile := range doc.all(".tile h2") {
			is.True(tile.text() != "Õnnestumismäär")
		}
	}
}

// shared is a store that others write to as well.
type shared struct {
	*fakeStore
	backlog logbase.Backlog
}

func (s shared) Backlog(context.Context) (logbase.Backlog, error) { return s.backlog, nil }

func TestRecordsInNoSumAreTold(t *testing.T) {
	for _, tt := range []struct {
		backlog logbase.Backlog
		want    map[string]string
	}{
		{logbase.Backlog{}, map[string]string{}},
		{logbase.Backlog{Uncounted: 1200}, map[string]string{"Loendamata kirjeid": "1\u00a0200"}},
		{logbase.Backlog{Unreadable: 3}, map[string]string{"Loetamatu ajaga kirjeid": "3"}},
	} {
		is := is.New(t)
		doc, code := browse(t, httpui.New(shared{spring(t), tt.backlog}, options())).page("/andmed")
		is.Equal(code, 200)
		got := map[string]string{}
		for _, div := range doc.all(".figures div") {
			name := div.one(t, "dt").text()
			if name == "Loendamata kirjeid" || name == "Loetamatu ajaga kirjeid" {
				got[name] = div.one(t, "dd").text()
			}
		}
		is.Equal(got, tt.want)
	}
}
