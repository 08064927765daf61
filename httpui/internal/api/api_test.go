package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/api"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/httpui/internal/uitest"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/report"
)

// errSecret is a cause that nobody outside may see.
var errSecret = errors.New("mongodb://rakendus:changeit@10.0.0.1")

var now = uitest.Now

// broken is a log base that answers nothing.
type broken struct{ err error }

func (b broken) Sums(context.Context, aggregate.Query) ([]aggregate.Row, error) { return nil, b.err }

func (b broken) Bounds(context.Context) (logbase.Bounds, error) { return logbase.Bounds{}, b.err }

func (b broken) Clients(context.Context) ([]logbase.Seen, error) { return nil, b.err }

func (b broken) Deletions(context.Context) ([]logbase.Deletion, error) { return nil, b.err }

// plainNames call everything by its id.
type plainNames struct{}

func (plainNames) Name(_ aggregate.Dim, id string) string { return id }
func (plainNames) Institution(string) string              { return "an institution" }
func (plainNames) Compare() func(a, b string) int         { return strings.Compare }

// site serves the API over a log base, with deletion.
func site(m *logbase.Memory) http.Handler {
	return over(m, func(_ http.ResponseWriter, r *http.Request, p aggregate.Period) (int64, error) {
		x, err := m.Extent(r.Context(), p)
		if err != nil {
			return 0, err
		}
		return m.Delete(r.Context(), logbase.Deletion{Period: p, UpTo: x.UpTo, At: now})
	})
}

// over serves the API over whatever answers; without remove, nothing can be
// deleted.
func over(src report.Source, remove func(http.ResponseWriter, *http.Request, aggregate.Period) (int64, error)) http.Handler {
	s := web.NewSite(web.Options{Timeout: time.Minute, Logger: slog.New(slog.DiscardHandler)}, web.TellLine)
	opts := api.Options{
		Source:  src,
		Delete:  remove,
		Now:     func() time.Time { return now },
		Locales: map[logbase.Lang]*locale.Locale{logbase.Estonian: locale.For(logbase.Estonian)},
		Names:   func(*locale.Locale) report.Names { return plainNames{} },
	}
	a := api.Route(s, opts)
	s.Handle("GET", "/stat", api.TellStat, a.Stat)
	return s
}

func do(h http.Handler, method, url string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, nil)
	r.Host = "localhost"
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func spring(t *testing.T) *logbase.Memory {
	t.Helper()
	s := new(logbase.Memory)
	uitest.Spring(t, s)
	return s
}

// conforms reports what in v breaks a schema: a wrong type, a member that is
// missing, and one that is not described.
func conforms(t *testing.T, spec, schema, v any, where string) {
	t.Helper()
	if ref, ok := uitest.Dig(schema, "$ref").(string); ok {
		schema = uitest.Dig(spec, "components", "schemas", ref[strings.LastIndex(ref, "/")+1:])
	}
	if choice, ok := uitest.Dig(schema, "anyOf").([]any); ok {
		if v != nil {
			conforms(t, spec, choice[0], v, where)
		}
		return
	}
	wrong := func() { t.Errorf("%s: %v is no %v", where, v, uitest.Dig(schema, "type")) }
	switch uitest.Dig(schema, "type") {
	case "object":
		m, ok := v.(map[string]any)
		if !ok {
			wrong()
			return
		}
		for _, name := range uitest.Dig(schema, "required").([]any) {
			if _, ok := m[name.(string)]; !ok {
				t.Errorf("%s: no member %s", where, name)
			}
		}
		for name, member := range m {
			s := uitest.Dig(schema, "properties", name)
			if s == nil {
				t.Errorf("%s: member %s is not described", where, name)
				continue
			}
			conforms(t, spec, s, member, where+"."+name)
		}
	case "array":
		list, ok := v.([]any)
		if !ok {
			wrong()
		}
		for _, e := range list {
			conforms(t, spec, uitest.Dig(schema, "items"), e, where+"[]")
		}
	case "integer":
		if n, ok := v.(float64); !ok || n != float64(int64(n)) {
			wrong()
		}
	case "number":
		if _, ok := v.(float64); !ok {
			wrong()
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			wrong()
		}
	case "string":
		s, ok := v.(string)
		layout := map[any]string{"date": time.DateOnly, "date-time": time.RFC3339}[uitest.Dig(schema, "format")]
		if _, err := time.Parse(layout, s); !ok || layout != "" && err != nil {
			wrong()
		}
	default:
		t.Errorf("%s: a schema without a type: %v", where, schema)
	}
}

func TestAnswersKeepTheContract(t *testing.T) {
	stores := map[string]*logbase.Memory{"spring": spring(t), "empty": {}}
	for name, s := range stores {
		h := site(s)
		description := uitest.Description(t, h)
		paths := uitest.Dig(description, "paths").(map[string]any)
		if len(paths) < 8 {
			t.Fatalf("only %d paths", len(paths))
		}
		for path, item := range paths {
			for _, query := range []string{"", "?p=", "?p=2018-03&compare=lastyear", "?p=2018-W17&step=day&method=idcard", "?p=T1[0]", "?p=2018-04-28"} {
				w := do(h, "GET", path+query)
				if w.Code != http.StatusOK {
					t.Errorf("%s%s: status %d", path, query, w.Code)
					continue
				}
				var v any
				if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
					t.Error(err)
				}
				schema := uitest.Dig(item, "get", "responses", "200", "content", "application/json", "schema")
				conforms(t, description, schema, v, name+" "+path+query)
			}
		}
	}
}

func TestAPIErrors(t *testing.T) {
	broken := broken{logbase.WithCode(logbase.CodeReadFailed, errSecret)}
	tests := []struct {
		store      report.Source
		path, code string
		status     int
	}{
		{spring(t), "/api/v1/summary?p=%5B", "ERR-07", 400},
		{spring(t), "/api/v1/summary?compare=never", "", 400},
		{spring(t), "/api/v1/series?step=fortnight", "", 400},
		{spring(t), "/api/v1/nothing", "", 404},
		{broken, "/api/v1/clients", "ERR-02", 503},
		{broken, "/api/v1/bounds", "ERR-02", 503},
	}
	for _, tt := range tests {
		h := over(tt.store, nil)
		w := do(h, "GET", tt.path)
		if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: content type %q", tt.path, got)
		}
		var p struct {
			Title, Code string
			Status      int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if w.Code != tt.status || p.Status != tt.status || p.Code != tt.code || p.Title == "" {
			t.Errorf("%s: %d %+v", tt.path, w.Code, p)
		}
		if strings.Contains(w.Body.String(), "changeit") {
			t.Errorf("%s: shows the cause", tt.path)
		}
	}
	h := site(spring(t))
	w := do(h, "POST", "/api/v1/summary")
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestAPIAnswersAreConditional(t *testing.T) {
	is := is.New(t)
	h := site(spring(t))
	tag := do(h, "GET", "/api/v1/clients").Header().Get("ETag")
	is.Equal(do(h, "GET", "/api/v1/clients", "If-None-Match: "+tag).Code, 304)
}

// periods is one of every form of DESIGN.md section 5.
var periods = []string{
	"", "2018", "2018-04", "2018-04-28", "2018-04-28T10", "2018-Q2", "2018-W17", "2018-04-01/2018-06-30",
	"2018-0[4-6]", "T1[0]:", "^2017-12-3", "1999", "nothing like it",
}

// old asks an old endpoint as a program does.
func old(t *testing.T, h http.Handler, method, path, p string) (int, string) {
	t.Helper()
	w := do(h, method, path+"?p="+url.QueryEscape(p), "Accept: */*")
	if got := w.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("%s: content type %q", path, got)
	}
	return w.Code, w.Body.String()
}

func events(s *logbase.Memory) iter.Seq[event.Event] {
	return func(yield func(event.Event) bool) {
		for r, err := range s.Records(context.Background(), aggregate.Everything(nil)) {
			if err != nil || !yield(r.Event) {
				return
			}
		}
	}
}

func TestOldEndpointsAnswerAsTheOracle(t *testing.T) {
	s := spring(t)
	h := site(s)
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
			for _, r := range aggregate.Count(events(s), aggregate.Query{Period: p, By: aggregate.ByStat}) {
				k := r.Key
				w := row{id{ClientID: k.ClientID, Method: k.Method, Operation: k.Operation}, r.Count}
				if k.Bank != "" {
					w.ID.Bank = &k.Bank
				}
				want = append(want, w)
				records += r.Count
				if k.Operation == event.OpSuccess {
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
	s := new(logbase.Memory)
	s.Add(uitest.At(t, "2018-04-28T10:51", "a<b>", event.MethodBankLink, "SEB", event.OpStart),
		uitest.At(t, "2018-04-28", "a<b>", event.MethodIDCard, "", event.OpSuccess))
	h := site(s)
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
	h := over(broken{logbase.WithCode(logbase.CodeUnreachable, errSecret)}, nil)
	for _, path := range []string{"/stat", "/standard", "/kirjeid", "/alates"} {
		code, body := old(t, h, http.MethodGet, path, "2018")
		is.Equal(code, 503)
		var got struct{ Err string }
		is.NoErr(json.Unmarshal([]byte(body), &got))
		is.Equal(got.Err, "ERR-01: Logibaasiga ühendumine ebaõnnestus")
	}
	code, body := old(t, h, http.MethodGet, "/alates", "")
	is.Equal(code, 503)
	is.Equal(body, `{"err":"ERR-01: Logibaasiga ühendumine ebaõnnestus","alates":null}`+"\n")
	code, _ = old(t, h, http.MethodDelete, "/kustuta", "2018-04") // where nothing can be deleted
	is.Equal(code, 404)
}
