package acceptance_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/internal/acceptance/browser"
	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/logbase"
)

// addresses are all that a page leads to or loads, as a browser resolves them.
const addresses = `[...document.querySelectorAll("a[href], link[href], script[src], form[action]")]
	.map((e) => (e.href?.baseVal ?? e.href ?? e.src ?? e.action)).map((u) => new URL(u, location.href).href.split("#")[0])`

// mounted is the pages in another program, which knows who asks.
func mounted(store logbase.Store) http.Handler {
	user := func(r *http.Request) string {
		name, _, _ := r.BasicAuth()
		return name
	}
	pages := httpui.New(store, httpui.Options{Prefix: "/stats", User: user})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user(r) == "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="stats"`)
			http.Error(w, "sign in", http.StatusUnauthorized)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// TestMounted clicks through such pages as somebody who is signed in. No address
// leaves /stats/, and none is missing.
func TestMounted(t *testing.T) {
	is := is.New(t)
	var store logbase.Memory
	for day := range 60 {
		when := time.Now().AddDate(0, 0, -day)
		for _, o := range []event.Operation{event.OpStart, event.OpSuccess, event.OpFailure} {
			e := event.Event{Time: when, TimeText: when.Format(time.RFC3339), ClientID: "openIdDemo", Method: event.MethodBankLink, Bank: "SEB", Operation: o}
			if o == event.OpFailure {
				e.Error = "USER_CANCEL"
			}
			store.Add(e)
		}
	}
	files := make(chan string, 1) // the first that was loaded
	pages := mounted(&store)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pages.ServeHTTP(w, r)
		if kind := w.Header().Get("Content-Disposition"); kind != "" {
			select {
			case files <- kind:
			default:
			}
		}
	}))
	t.Cleanup(server.Close)
	within := server.URL + "/stats/"

	answer, err := http.Get(within)
	is.NoErr(err)
	is.NoErr(answer.Body.Close())
	is.Equal(answer.StatusCode, http.StatusUnauthorized)

	tab := browser.Start(t).Open(t, browser.Options{Lang: "en"})
	tab.Go(strings.Replace(within, "//", "//mari:changeit@", 1)) // which the browser remembers
	tab.Settle()
	tab.Forget()
	tab.Go(within)
	found := map[string]bool{}
	look := func() {
		for _, a := range browser.Eval[[]string](tab, addresses) {
			found[a] = true
		}
	}
	look()
	for _, name := range []string{
		"Client applications", "openIdDemo", "Methods and errors", "Summary table", "Help", "Accessibility", "Eesti", "English",
		"Overview", "All time", "Data", "Deletion of records",
	} {
		tab.Follow(name)
		look()
	}
	month := time.Now().AddDate(0, 0, -59).Format("2006-01")
	tab.Fill("Period to delete", month)
	tab.Follow("See what will be deleted")
	look()
	tab.Fill("To confirm, type the period: "+month, month)
	tab.Follow(tab.Texts("button.danger")[0])
	is.True(strings.HasPrefix(tab.Texts("[role=status]")[0], "Deleted"))
	is.Equal(tab.Table("#audit ~ .scroll table")[1][1], "mari")
	tab.Follow("Summary table")
	tab.Click("XLSX") // the page stays
	select {
	case file := <-files:
		is.True(strings.Contains(file, ".xlsx"))
	case <-time.After(testenv.Patience):
		t.Fatal("no file was asked for")
	}
	tab.Follow("Overview")
	tab.Fill("Period", "2018-04")
	tab.Follow("Show")
	look()
	tab.Settle()

	for a := range found {
		if !strings.HasPrefix(a, within) {
			t.Errorf("%s is not below %s", a, within)
			continue
		}
		status := browser.Eval[int](tab, `fetch("`+a+`").then((a) => a.status)`)
		if status != http.StatusOK {
			t.Errorf("%s: status %d", a, status)
		}
	}
	is.True(len(found) > 50)
	seen := tab.Seen()
	for _, r := range seen.Requests {
		url := strings.Replace(r.URL, "mari:changeit@", "", 1) // the icon of the first page may come late
		if !strings.HasPrefix(url, within) || r.Status >= http.StatusBadRequest {
			t.Errorf("%+v", r)
		}
	}
	is.Equal(len(seen.Console)+len(seen.Violations), 0)
}
