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

// TestCrawl follows every address that the pages refer to, in both languages and
// through redirects, as a signed-in user: none is outside /stats/ and none is
// missing.
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
	seen := map[string]bool{base.String(): true}
	for queue := []*url.URL{base}; len(queue) > 0 && len(seen) < 3000; queue = queue[1:] {
		at := queue[0]
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
			if !seen[u.String()] {
				seen[u.String()] = true
				queue = append(queue, u)
			}
		}
		refer(res.Header.Get("Location"))
		if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			for _, m := range reference.FindAllStringSubmatch(string(body), -1) {
				refer(html.UnescapeString(m[1] + m[2]))
			}
		}
	}
	t.Logf("%d addresses", len(seen))
	is.True(len(seen) > 300)
}
