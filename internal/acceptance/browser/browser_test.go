package browser_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/acceptance/browser"
)

// good is a page without fault.
const good = `<!DOCTYPE html><html lang="en"><head><title>Good</title><link rel="stylesheet" href="/style.css"></head><body><main>
<h1>Good</h1><p><a href="/next">Next&nbsp;page</a></p><form action="/next"><label for="q">Query</label>
<input id="q" name="q" value="old"> <button>Send</button></form>
<details><summary>More</summary><table><tr><th scope="row">a <span aria-hidden="true">!</span></th><td>1 234</td></tr></table></details>
<p id="script">no</p></main><script src="/script.js"></script></body></html>`

// bad has a fault of every kind that is looked for.
const bad = `<!DOCTYPE html><html><head><title>Bad</title></head><body><h1 style="color: red">Bad</h1>
<script>document.title = "ran"</script><img src="http://elsewhere.test/x.png"><script src="/bad.js"></script>
<div id="wide">wide</div><link rel="stylesheet" href="/bad.css"><a id="blind" href="/next">blind</a><p id="late"></p><p>below</p></body></html>`

var files = map[string][2]string{
	"/":     {"text/html", good},
	"/bad":  {"text/html", bad},
	"/next": {"text/html", `<!DOCTYPE html><html lang="en"><title>Next</title><h1>Next</h1></html>`},
	"/icon": {"image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"/>`},
	"/style.css": {"text/css", `@media (prefers-color-scheme: dark) { body { background: #000; color: #fff } }
		:focus-visible { outline: 3px solid #00f }`},
	"/script.js": {"text/javascript", `document.getElementById("script").textContent = "yes"`},
	"/bad.css":   {"text/css", `#wide { width: 3000px } #blind { outline: 0 !important }`},
	"/bad.js": {"text/javascript", `alert("hello"); console.error("oh"); addEventListener("load", () => {
		setTimeout(() => { document.getElementById("late").style.height = "300px" }, 50) })`},
}

func site(t *testing.T) string {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", f[0]+"; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		_, _ = w.Write([]byte(f[1]))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestBrowser holds that the tab does what a person does, and that every fault
// that it is there to find is found.
func TestBrowser(t *testing.T) {
	b := browser.Start(t)
	base := site(t)

	t.Run("walk", func(t *testing.T) {
		is := is.New(t)
		tab := b.Open(t, browser.Options{})
		tab.Go(base)
		is.Equal(tab.Texts("h1, #script"), []string{"Good", "yes"})
		is.Equal(len(tab.Texts("table")), 0) // folded away
		is.Equal(tab.Table("table"), [][]string{{"a", "1 234"}})
		tab.Click("More")
		tab.Await("the table", `document.querySelector("details").open`)
		is.Equal(len(tab.Texts("table")), 1)
		tab.Fill("Query", "new")
		is.Equal(tab.Value("Query"), "new")
		tab.Follow("send", "form")
		is.Equal(tab.URL(), base+"/next?q=new")
		tab.Back()
		tab.Follow("Next page")
		is.Equal(tab.Texts("h1"), []string{"Next"})
		tab.Back()
		tab.Forward()
		is.Equal(tab.URL(), base+"/next")
	})
	t.Run("keys", func(t *testing.T) {
		is := is.New(t)
		tab := b.Open(t, browser.Options{})
		tab.Go(base)
		is.Equal(len(tab.Tabbable()), 4)
		tab.Press(browser.TabKey)
		is.Equal(tab.Focus(), browser.Stop{Name: "a Next page", Index: 0, Ring: true, InView: true})
		tab.PressLoads(browser.Enter)
		is.Equal(tab.URL(), base+"/next")
		tab.Go(base + "/bad")
		tab.Press(browser.TabKey)
		is.Equal(tab.Focus().Ring, false) // hidden by its style
	})
	t.Run("no scripts", func(t *testing.T) {
		is := is.New(t)
		tab := b.Open(t, browser.Options{NoScript: true})
		tab.Go(base)
		is.Equal(tab.Texts("#script"), []string{"no"})
	})
	t.Run("dark", func(t *testing.T) {
		is := is.New(t)
		tab := b.Open(t, browser.Options{Dark: true, Width: 320})
		tab.Go(base)
		is.Equal(browser.Eval[string](tab, `getComputedStyle(document.body).backgroundColor`), "rgb(0, 0, 0)")
		is.Equal(browser.Eval[int](tab, `innerWidth`), 320)
		tab.Show(1000, 0, false)
		is.Equal(browser.Eval[int](tab, `innerWidth`), 1000)
		is.True(strings.HasPrefix(string(tab.Screenshot()), "\x89PNG"))
		is.True(strings.HasPrefix(string(tab.PDF()), "%PDF"))
	})
	t.Run("good", func(t *testing.T) {
		is := is.New(t)
		tab := b.Open(t, browser.Options{})
		tab.Go(base)
		tab.Settle()
		is.Equal(len(tab.Audit()), 0)
		is.Equal(len(tab.Inline())+len(tab.Overflow()), 0)
		is.Equal(len(tab.Shifts()), 0)
		seen := tab.Seen()
		is.Equal(len(seen.Violations)+len(seen.Dialogs), 0)
		is.True(seen.Requests[0].Bytes > len(good))
		is.Equal(seen.Requests[0].Status, 200)
	})
	t.Run("bad", func(t *testing.T) {
		is := is.New(t)
		tab := b.Open(t, browser.Options{})
		tab.Go(base + "/bad")
		is.True(slices.ContainsFunc(tab.Audit(), func(v browser.Violation) bool { return v.Rule == "image-alt" }))
		is.True(len(tab.Inline()) >= 2) // style and script
		is.True(len(tab.Overflow()) > 0)
		tab.Await("a shift", `document.getElementById("late").style.height !== ""`)
		is.True(len(tab.Shifts()) > 0)
		seen := tab.Seen()
		is.Equal(seen.Dialogs, []string{"hello"})
		is.True(len(seen.Violations) >= 2) // the style, the script; the image
		is.True(slices.ContainsFunc(seen.Console, func(line string) bool { return strings.Contains(line, "oh") }))
		is.True(slices.ContainsFunc(seen.Requests, func(r browser.Request) bool { return strings.Contains(r.URL, "elsewhere.test") }))
		tab.Forget()
		is.Equal(len(tab.Seen().Requests), 0)
	})
}
