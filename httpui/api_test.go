package httpui_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/logbase"
)

// spec is the served OpenAPI description.
func spec(t *testing.T, h http.Handler) map[string]any {
	t.Helper()
	var s map[string]any
	w := browse(t, h).get("/api/v1/openapi.json")
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || w.Code != http.StatusOK {
		t.Fatal(w.Code, err)
	}
	return s
}

// dig follows names into an object.
func dig(v any, names ...string) any {
	for _, n := range names {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[n]
	}
	return v
}

// conforms reports what in v breaks a schema: a wrong type, a member that is
// missing, and one that is not described.
func conforms(t *testing.T, spec, schema, v any, where string) {
	t.Helper()
	if ref, ok := dig(schema, "$ref").(string); ok {
		schema = dig(spec, "components", "schemas", ref[strings.LastIndex(ref, "/")+1:])
	}
	if choice, ok := dig(schema, "anyOf").([]any); ok {
		if v != nil {
			conforms(t, spec, choice[0], v, where)
		}
		return
	}
	wrong := func() { t.Errorf("%s: %v is no %v", where, v, dig(schema, "type")) }
	switch dig(schema, "type") {
	case "object":
		m, ok := v.(map[string]any)
		if !ok {
			wrong()
			return
		}
		for _, name := range dig(schema, "required").([]any) {
			if _, ok := m[name.(string)]; !ok {
				t.Errorf("%s: no member %s", where, name)
			}
		}
		for name, member := range m {
			s := dig(schema, "properties", name)
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
			conforms(t, spec, dig(schema, "items"), e, where+"[]")
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
		layout := map[any]string{"date": time.DateOnly, "date-time": time.RFC3339}[dig(schema, "format")]
		if _, err := time.Parse(layout, s); !ok || layout != "" && err != nil {
			wrong()
		}
	default:
		t.Errorf("%s: a schema without a type: %v", where, schema)
	}
}

func TestAnswersKeepTheContract(t *testing.T) {
	stores := map[string]*fakeStore{"spring": spring(t), "empty": {}}
	for name, s := range stores {
		h := httpui.New(s, options())
		description := spec(t, h)
		paths := dig(description, "paths").(map[string]any)
		if len(paths) < 8 {
			t.Fatalf("only %d paths", len(paths))
		}
		for path, item := range paths {
			for _, query := range []string{"", "?p=", "?p=2018-03&compare=lastyear", "?p=2018-W17&step=day&method=idcard", "?p=T10", "?p=2018-04-28"} {
				w := browse(t, h).get(path + query)
				if w.Code != http.StatusOK {
					t.Errorf("%s%s: status %d", path, query, w.Code)
					continue
				}
				var v any
				if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
					t.Error(err)
				}
				schema := dig(item, "get", "responses", "200", "content", "application/json", "schema")
				conforms(t, description, schema, v, name+" "+path+query)
				checkHeaders(t, path, w.Header())
			}
		}
	}
}

func TestDescribedParametersAreTheUsedOnes(t *testing.T) {
	is := is.New(t)
	doc, _ := browse(t, httpui.New(spring(t), options())).page("/")
	var fields []string
	for _, f := range slices.Concat(doc.all(".bar input"), doc.all(".bar select")) {
		if name := f.attr("name"); name != "from" && name != "to" {
			fields = append(fields, name)
		}
	}
	var described []string
	h := httpui.New(spring(t), options())
	for _, p := range dig(spec(t, h), "paths", "/api/v1/series", "get", "parameters").([]any) {
		described = append(described, dig(p, "name").(string))
	}
	for _, f := range fields {
		is.True(slices.Contains(described, f)) // pages and API ask in the same words
	}
}

func TestAPIErrors(t *testing.T) {
	broken := spring(t)
	broken.fail = logbase.WithCode(logbase.ReadFailed, errSecret)
	tests := []struct {
		store      *fakeStore
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
		h := httpui.New(tt.store, options())
		w := browse(t, h).get(tt.path)
		if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: content type %q", tt.path, got)
		}
		var p httpui.Problem
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
	h := httpui.New(spring(t), options())
	w := browse(t, h).do(httptest.NewRequest(http.MethodPost, "/api/v1/summary", nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestAPIAnswersAreConditional(t *testing.T) {
	is := is.New(t)
	b := browse(t, httpui.New(spring(t), options()))
	tag := b.get("/api/v1/clients").Header().Get("ETag")
	r := newRequest("/api/v1/clients")
	r.Header.Set("If-None-Match", tag)
	is.Equal(b.do(r).Code, 304)
}

func TestAPIPageListsEveryEndpoint(t *testing.T) {
	is := is.New(t)
	h := httpui.New(spring(t), options())
	doc, _ := browse(t, h).page("/abi/api")
	text := doc.text()
	for path := range dig(spec(t, h), "paths").(map[string]any) {
		is.True(strings.Contains(text, "GET "+path))
	}
}
