package httpui_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/httpui/internal/uitest"
	"github.com/e-gov/tarastat/logbase"
)

// form returns the values of the confirmation form, the typed text left out.
func form(t *testing.T, doc *node) url.Values {
	t.Helper()
	values := url.Values{}
	for _, in := range doc.one(t, "form.danger").all("input") {
		if in.attr("name") != "confirm" {
			values.Set(in.attr("name"), in.attr("value"))
		}
	}
	return values
}

func TestDeletionTwiceInOneVisit(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	b := browse(t, httpui.New(s, options()))
	for _, period := range []string{"2017-05", "2017-Q3"} {
		before := len(s.records())
		doc, code := b.page("/andmed/kustutamine?p=" + period)
		is.Equal(code, 200)
		counts := doc.one(t, "section .figures").all("dd")
		n := atoi(t, counts[0].text())
		is.True(n > 0)
		table := doc.all("#preview")
		is.Equal(len(table), 1)
		is.Equal(len(s.records()), before) // a preview changes nothing

		values := form(t, doc)
		values.Set("confirm", period)
		w := b.post("/andmed/kustutamine", values.Encode())
		is.Equal(w.Code, 303)
		is.Equal(int64(before-len(s.records())), n) // exactly what was shown

		doc, code = b.page(w.Header().Get("Location"))
		is.Equal(code, 200)
		is.True(strings.HasPrefix(strings.ReplaceAll(doc.one(t, ".notice").text(), "\u00a0", ""), "Kustutatud "+itoa(n)+" kirjet"))
	}
	is.Equal(len(s.audit()), 2)
	is.Equal(s.audit()[0].By, "192.0.2.1")
	doc, _ := b.page("/andmed/kustutamine")
	is.Equal(len(doc.one(t, "table").table()), 3) // the head and two deletions
}

func TestPreviewCountsByMonthAndClient(t *testing.T) {
	is := is.New(t)
	doc, _ := browse(t, httpui.New(spring(t), options())).page("/andmed/kustutamine?p=2017-Q3")
	rows := doc.all("table")[0].table()
	is.Equal(rows[1][0], "juuli 2017")
	is.Equal(len(rows), 5)
	total := atoi(t, rows[4][1])
	is.Equal(atoi(t, rows[1][1])+atoi(t, rows[2][1])+atoi(t, rows[3][1]), total)
	clients := doc.all("table")[1].table()
	is.Equal(clients[1][0], "openIdDemo") // the one with the most
	is.Equal(len(clients), 5)
	is.Equal(atoi(t, clients[1][1])+atoi(t, clients[2][1])+atoi(t, clients[3][1]), total)
	is.Equal(atoi(t, clients[4][1]), total)
}

func TestDeletionIsRefused(t *testing.T) {
	const period = "2017-05"
	tests := map[string]struct {
		change func(v url.Values)
		meddle func(s *fakeStore, clock *time.Time)
		code   int
	}{
		"mistyped":      {change: func(v url.Values) { v.Set("confirm", "2017-06") }, code: 409},
		"untyped":       {change: func(v url.Values) { v.Del("confirm") }, code: 409},
		"no token":      {change: func(v url.Values) { v.Del("token") }, code: 409},
		"other period":  {change: func(v url.Values) { v.Set("p", "2017"); v.Set("confirm", "2017") }, code: 409},
		"forged token":  {change: func(v url.Values) { v.Set("token", strings.Repeat("A", len(v.Get("token")))) }, code: 409},
		"everything":    {change: func(v url.Values) { v.Set("p", ""); v.Set("confirm", "") }, code: 400},
		"an expression": {change: func(v url.Values) { v.Set("p", ".*"); v.Set("confirm", ".*") }, code: 400},
		"expired": {
			meddle: func(_ *fakeStore, clock *time.Time) { *clock = clock.Add(5*time.Minute + time.Second) },
			code:   409,
		},
		"count changed": {
			meddle: func(s *fakeStore, _ *time.Time) { s.lost = 1 },
			code:   409,
		},
		"log base away": {
			meddle: func(s *fakeStore, _ *time.Time) { s.fail = logbase.WithCode(logbase.CodeUnreachable, errSecret) },
			code:   503,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := spring(t)
			clock := now
			opts := options()
			opts.Now = func() time.Time { return clock }
			b := browse(t, httpui.New(s, opts))
			doc, _ := b.page("/andmed/kustutamine?p=" + period)
			values := form(t, doc)
			values.Set("confirm", period)
			if tt.change != nil {
				tt.change(values)
			}
			if tt.meddle != nil {
				tt.meddle(s, &clock)
			}
			before := len(s.records())
			w := b.post("/andmed/kustutamine", values.Encode())
			is.Equal(w.Code, tt.code)
			is.Equal(len(s.records()), before)
			is.Equal(len(s.audit()), 0)
			doc = parse(t, w.Body.String())
			checkPage(t, name, doc)
			is.True(len(doc.all("main .fault"))+len(doc.all("#p-wrong")) > 0) // says why
		})
	}
}

func TestTokenOfAnotherProcess(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	doc, _ := browse(t, httpui.New(s, options())).page("/andmed/kustutamine?p=2017-05")
	values := form(t, doc)
	values.Set("confirm", "2017-05")
	is.Equal(browse(t, httpui.New(s, options())).post("/andmed/kustutamine", values.Encode()).Code, 409)
}

func TestRecordsThatCameAfterThePreviewStay(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	b := browse(t, httpui.New(s, options()))
	doc, _ := b.page("/andmed/kustutamine?p=2017-05")
	s.Add(uitest.At(t, "2017-05-05T10:00", "hiline", event.MethodIDCard, "", event.OpStart))
	values := form(t, doc)
	values.Set("confirm", "2017-05")
	is.Equal(b.post("/andmed/kustutamine", values.Encode()).Code, 303)
	is.Equal(s.records()[len(s.records())-1].ClientID, "hiline")
}

func TestPreviewsAreNotKept(t *testing.T) {
	is := is.New(t)
	b := browse(t, httpui.New(spring(t), options()))
	is.Equal(b.get("/andmed/kustutamine?p=2017-05").Header().Get("Cache-Control"), "no-store")
}
