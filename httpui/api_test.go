package httpui_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/httpui"
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

func TestAPIPageListsEveryEndpoint(t *testing.T) {
	is := is.New(t)
	h := httpui.New(spring(t), options())
	doc, _ := browse(t, h).page("/abi/api")
	text := doc.text()
	for path := range dig(spec(t, h), "paths").(map[string]any) {
		is.True(strings.Contains(text, "GET "+path))
	}
}

func TestNoDeletion(t *testing.T) {
	is := is.New(t)
	o := options()
	o.NoDeletion = true
	h := httpui.New(spring(t), o)
	is.Equal(browse(t, h).do(httptest.NewRequest(http.MethodDelete, "/kustuta?p=2018-04", nil)).Code, 404)
	is.Equal(browse(t, h).get("/andmed/kustutamine").Code, 404)
	doc, _ := browse(t, h).page("/andmed")
	for _, a := range doc.all("a") {
		is.True(a.attr("href") != "/andmed/kustutamine") // nothing leads to deletion
	}
}
