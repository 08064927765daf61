// Mounted shows the pages inside another program: under /stats/ and behind its
// own authentication, here over a log base in memory. On another host than this
// machine it names its host in httpui.Options.Hosts, behind a proxy the name that
// people use.
package main

import (
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/logbase"
)

func main() {
	server := &http.Server{Addr: "127.0.0.1:8080", Handler: site(new(logbase.Memory)), ReadHeaderTimeout: 5 * time.Second}
	fmt.Fprintln(os.Stderr, server.ListenAndServe())
}

func site(store logbase.Store) http.Handler {
	mux := http.NewServeMux() // which has more to serve
	mux.Handle("/stats/", signedIn(httpui.New(store, httpui.Options{Prefix: "/stats", User: user})))
	return mux
}

func user(r *http.Request) string {
	name, _, _ := r.BasicAuth()
	return name
}

func signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, password, _ := r.BasicAuth(); name != "mari" || password != "changeit" {
			w.Header().Set("WWW-Authenticate", `Basic realm="stats"`)
			http.Error(w, "sign in", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
