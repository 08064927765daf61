// Package b is a web service with a page, a login and a cookie of its own, which
// shows the statistics at /stats/.
package b

import (
	"net/http"

	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/logbase"
)

// Site is the whole service.
func Site(store logbase.Store) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "lang", Value: "ours", Path: "/"})
		_, _ = w.Write([]byte("our own root page"))
	})
	mux.Handle("/stats/", login(httpui.New(store, httpui.Options{
		Prefix:         "/stats",
		User:           func(r *http.Request) string { name, _, _ := r.BasicAuth(); return name },
		NoDeletion:     true,
		NoOldAddresses: true,
	})))
	return mux
}

func login(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, password, _ := r.BasicAuth(); name == "" || password != "changeit" {
			w.Header().Set("WWW-Authenticate", `Basic realm="ours"`)
			http.Error(w, "log in", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
