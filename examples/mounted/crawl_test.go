package main

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// reference is what an HTML document refers to.
var reference = regexp.MustCompile(`\s(?:(?:href|src|action|formaction)="([^"]*)"|data-[a-z-]+="(/[^"]*)")`)

// described is a path of the OpenAPI description.
var described = regexp.MustCompile(`"/api/v1(/[a-z]+)": *\{`)

// fetches is how many addresses are asked for: each path in each language, and of
// the endless combinations of parameters as many as remain.
const fetches = 1000

// TestCrawl follows the addresses that the pages, the descriptions and redirects
// lead to, in both languages, as a signed-in user: none is outside /stats/ and
// none is missing.
func TestCrawl(t *testing.T) {
	is := is.New(t)
	var store logbase.Memory
	for day := range 40 {
		for _, o := range []event.Operation{event.OpStart, event.OpSuccess, event.OpFailure} {
			e := event.Event{ClientID: "openIdDemo", Method: event.MethodBankLink, Bank: "SEB", Operation: o}
			e.Time = time.Now().AddDate(0, 0, -day)
			e.TimeText = e.Time.Format(time.RFC3339)
			store.Add(e)
		}
	}
	server := httptest.NewServer(site(&store))
	t.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

	base, err := url.Parse(server.URL + "/stats/")
	is.NoErr(err)
	api, err := base.Parse("api/v1/openapi.json")
	is.NoErr(err)
	seen := map[string]bool{}
	asked := map[string]int{} // by path and language
	cookies := 0
	var fresh, more []*url.URL
	for fresh = []*url.URL{base, api}; len(fresh)+len(more) > 0 && len(seen) < fetches; {
		if len(fresh) == 0 {
			fresh, more = more[:1], more[1:]
		}
		at := fresh[0]
		fresh = fresh[1:]
		if seen[at.String()] {
			continue
		}
		seen[at.String()] = true
		asked[strings.TrimPrefix(at.Path, base.Path)+" "+at.Query().Get("lang")]++
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at.String(), http.NoBody)
		is.NoErr(err)
		req.SetBasicAuth("mari", "changeit")
		req.AddCookie(&http.Cookie{Name: "lang", Value: "the host's own"})
		res, err := client.Do(req)
		is.NoErr(err)
		body, err := io.ReadAll(res.Body)
		is.NoErr(err)
		is.NoErr(res.Body.Close())
		if res.StatusCode >= http.StatusBadRequest {
			t.Errorf("%s: status %d", at, res.StatusCode)
		}
		for _, c := range res.Cookies() {
			cookies++
			is.Equal(c.Path, "/stats/")
			is.True(c.Name != "lang") // the host has one of this name
		}
		refer := func(to string) {
			if to == "" || strings.HasPrefix(to, "#") {
				return
			}
			u, err := at.Parse(to)
			is.NoErr(err)
			u.Fragment = ""
			if u.Host != base.Host || !strings.HasPrefix(u.Path, base.Path) {
				t.Errorf("%s leads to %s", at, u)
				return
			}
			if asked[strings.TrimPrefix(u.Path, base.Path)+" "+u.Query().Get("lang")] == 0 {
				fresh = append(fresh, u)
			} else if !seen[u.String()] {
				more = append(more, u)
			}
		}
		refer(res.Header.Get("Location"))
		for _, m := range described.FindAllStringSubmatch(string(body), -1) {
			refer(base.Path + "api/v1" + m[1]) // the server of the description is the prefix
		}
		if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			for _, m := range reference.FindAllStringSubmatch(string(body), -1) {
				refer(html.UnescapeString(m[1] + m[2]))
			}
		}
	}
	t.Logf("%d addresses of %d paths and languages", len(seen), len(asked))
	is.Equal(len(seen), fetches)
	is.True(cookies > 0)
	for _, path := range []string{
		" en", " et", "kliendid ", "kliendid/openIdDemo ", "meetodid ", "stat ", "andmed ", "andmed/kustutamine ", "abi ", "abi/api ",
		"ligipaasetavus ", "api/v1/summary ", "api/v1/openapi.json ",
	} {
		if asked[path] == 0 {
			t.Errorf("%q was never asked for", path)
		}
	}
}
