package b

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

var link = regexp.MustCompile(`\s(?:href|src|action)="([^"#]+)`)

// get returns the status and the body; who is nobody has not logged in.
func get(t *testing.T, c *http.Client, address, who string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if who != "" {
		r.SetBasicAuth(who, "changeit")
	}
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestSite(t *testing.T) {
	var store logbase.Memory
	for day := range 30 {
		store.Add(event.Event{
			Time: time.Now().AddDate(0, 0, -day), ClientID: "openIdDemo", Method: event.MethodBankLink, Bank: "SEB", Operation: event.OpSuccess,
		})
	}
	server := httptest.NewServer(Site(&store))
	defer server.Close()
	c := server.Client()
	c.Jar, _ = cookiejar.New(nil)
	root := server.URL + "/stats/"
	if code, _ := get(t, c, root, ""); code != http.StatusUnauthorized {
		t.Errorf("nobody gets %d", code)
	}
	_, _ = get(t, c, server.URL+"/", "")

	paths, seen := map[string]bool{}, map[string]bool{root: true}
	first, later := []string{root}, []string(nil)
	for n := 0; n < 400 && len(first)+len(later) > 0; n++ {
		if len(first) == 0 {
			first, later = later[:1], later[1:]
		}
		at := first[0]
		first = first[1:]
		code, body := get(t, c, at, "mari")
		if code != http.StatusOK {
			t.Errorf("%s: %d", at, code)
		}
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			u, err := url.Parse(at)
			if err == nil {
				u, err = u.Parse(html.UnescapeString(m[1]))
			}
			if err != nil || !strings.HasPrefix(u.String(), root) {
				t.Errorf("%s leads to %s (%v)", at, u, err)
				continue
			}
			switch to := u.String(); {
			case seen[to]:
			case paths[u.Path]:
				seen[to] = true
				later = append(later, to)
			default:
				paths[u.Path], seen[to] = true, true
				first = append(first, to)
			}
		}
	}
	if len(paths) < 9 {
		t.Errorf("only %d paths: %v", len(paths), paths)
	}
	for _, gone := range []string{"standard", "kirjeid", "alates", "andmed/kustutamine"} {
		if code, _ := get(t, c, root+gone, "mari"); code != http.StatusNotFound {
			t.Errorf("%s: %d", gone, code)
		}
	}
	at, _ := url.Parse(server.URL)
	if cookies := c.Jar.Cookies(at); len(cookies) != 1 || cookies[0].Value != "ours" {
		t.Errorf("our own cookie: %v", cookies)
	}
}
