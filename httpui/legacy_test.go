package httpui_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/logbase"
)

// periods is one of every form of DESIGN.md section 5.
var periods = []string{
	"", "2018", "2018-04", "2018-04-28", "2018-04-28T10", "2018-Q2", "2018-W17", "2018-04-01/2018-06-30",
	"2018-0[4-6]", "T10:", "^2017-12-3", "1999", "nothing like it",
}

// old asks an old endpoint as a program does.
func old(t *testing.T, h http.Handler, method, path, p string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, path+"?p="+url.QueryEscape(p), nil)
	r.Header.Set("Accept", "*/*")
	w := browse(t, h).do(r)
	if got := w.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("%s: content type %q", path, got)
	}
	return w.Code, w.Body.String()
}

func TestOldEndpointsAnswerAsTheOracle(t *testing.T) {
	s := spring(t)
	h := httpui.New(s, options())
	for _, text := range periods {
		t.Run(text, func(t *testing.T) {
			is := is.New(t)
			p, err := aggregate.ParsePeriod(text, nil)
			is.NoErr(err)

			type id struct {
				ClientID  string          `json:"clientId"`
				Method    string          `json:"method"`
				Operation event.Operation `json:"operation"`
				Bank      *string         `json:"bank"`
			}
			type row struct {
				ID    id    `json:"_id"`
				Count int64 `json:"kirjeteArv"`
			}
			want := []row{}
			var records, successes int64
			for _, r := range aggregate.Count(s.events, aggregate.Query{Period: p, By: aggregate.ByStat}) {
				k := r.Key
				w := row{id{ClientID: k.ClientID, Method: k.Method, Operation: k.Operation}, r.Count}
				if k.Bank != "" {
					w.ID.Bank = &k.Bank
				}
				want = append(want, w)
				records += r.Count
				if k.Operation == event.SuccessfulAuth {
					successes += r.Count
				}
			}
			var got struct {
				Err  *string
				Rows []row `json:"kirjed"`
			}
			code, body := old(t, h, http.MethodGet, "/stat", text)
			is.Equal(code, 200)
			is.NoErr(json.Unmarshal([]byte(body), &got))
			is.True(got.Err == nil)
			if diff := cmp.Diff(want, got.Rows); diff != "" {
				t.Error(diff)
			}
			for path, n := range map[string]int64{"/kirjeid": records, "/standard": successes} {
				code, body := old(t, h, http.MethodGet, path, text)
				is.Equal(code, 200)
				want, err := json.Marshal(n)
				is.NoErr(err)
				is.Equal(body, `{"err":null,"kirjeid":`+string(want)+"}\n")
			}
		})
	}
}

func TestOldEndpointsByteForByte(t *testing.T) {
	s := &fakeStore{}
	s.Add(at(t, "2018-04-28T10:51", "a<b>", event.MethodBankLink, "SEB", event.StartAuth),
		at(t, "2018-04-28", "a<b>", event.MethodIDCard, "", event.SuccessfulAuth))
	h := httpui.New(s, options())
	tests := []struct {
		method, path, p string
		code            int
		want            string
	}{
		{"GET", "/stat", "2018-04", 200, `{"err":null,"kirjed":[{"_id":{"clientId":"a<b>","method":"banklink","operation":"START_AUTH","bank":"SEB"},"kirjeteArv":1},{"_id":{"clientId":"a<b>","method":"idcard","operation":"SUCCESSFUL_AUTH"},"kirjeteArv":1}]}`},
		{"GET", "/stat", "2017", 200, `{"err":null,"kirjed":[]}`},
		{"GET", "/standard", "2018", 200, `{"err":null,"kirjeid":1}`},
		{"GET", "/alates", "", 200, `{"err":null,"alates":"2018-04-28"}`},
		{"GET", "/kirjeid", "[", 400, `{"err":"ERR-07: Vigane perioodi muster","kirjeid":null}`},
		{"GET", "/stat", "(", 400, `{"err":"ERR-07: Vigane perioodi muster","kirjed":null}`},
		{"DELETE", "/kustuta", "", 400, `{"err":"ERR-07: Vigane perioodi muster","kustutati":null}`},
		{"DELETE", "/kustuta", "2018-0[4-6]", 400, `{"err":"ERR-07: Vigane perioodi muster","kustutati":null}`},
		{"DELETE", "/kustuta", "2018-04", 200, `{"err":null,"kustutati":2}`},
		{"GET", "/alates", "", 200, `{"err":null,"alates":null}`},
	}
	for _, tt := range tests {
		code, body := old(t, h, tt.method, tt.path, tt.p)
		if code != tt.code || body != tt.want+"\n" {
			t.Errorf("%s %s?p=%s: %d %s, want %d %s", tt.method, tt.path, tt.p, code, body, tt.code, tt.want)
		}
	}
}

func TestOldEndpointsTellTheCode(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	s.fail = logbase.WithCode(logbase.Unreachable, errSecret)
	h := httpui.New(s, options())
	for _, path := range []string{"/stat", "/standard", "/kirjeid", "/alates"} {
		code, body := old(t, h, http.MethodGet, path, "2018")
		is.Equal(code, 503)
		var got struct{ Err string }
		is.NoErr(json.Unmarshal([]byte(body), &got))
		is.Equal(got.Err, "ERR-01: Logibaasiga ühendumine ebaõnnestus")
	}
}

func TestNoDeletion(t *testing.T) {
	is := is.New(t)
	o := options()
	o.NoDeletion = true
	h := httpui.New(spring(t), o)
	code, _ := old(t, h, http.MethodDelete, "/kustuta", "2018-04")
	is.Equal(code, 404)
	is.Equal(browse(t, h).get("/andmed/kustutamine").Code, 404)
	doc, _ := browse(t, h).page("/andmed")
	for _, a := range doc.all("a") {
		is.True(a.attr("href") != "/andmed/kustutamine") // nothing leads to deletion
	}
}
