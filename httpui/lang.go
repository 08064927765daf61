package httpui

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/e-gov/tarastat/logbase"
)

// langCookie remembers the chosen language. It holds nothing else.
const langCookie = "lang"

const cookieSeconds = 365 * 24 * 60 * 60

func parseLang(s string) (logbase.Lang, bool) {
	switch l := logbase.Lang(strings.ToLower(s)); l {
	case logbase.Estonian, logbase.English:
		return l, true
	}
	return logbase.Estonian, false
}

// langOf decides the language: ?lang=, else the cookie, else what the browser
// asks for, else Estonian.
func langOf(r *http.Request) logbase.Lang {
	if l, ok := parseLang(r.URL.Query().Get("lang")); ok {
		return l
	}
	if c, err := r.Cookie(langCookie); err == nil {
		if l, ok := parseLang(c.Value); ok {
			return l
		}
	}
	return acceptedLang(r.Header.Get("Accept-Language"))
}

// acceptedLang returns the language of the header that has the greatest
// weight among those spoken here; of equal ones the first (RFC 9110, 12.5.4).
func acceptedLang(header string) logbase.Lang {
	best, weight := logbase.Estonian, 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(part, ";")
		base, _, _ := strings.Cut(strings.TrimSpace(tag), "-")
		if l, ok := parseLang(base); ok {
			if q := qvalue(params); q > weight {
				best, weight = l, q
			}
		}
	}
	return best
}

// qvalue reads the weight of one element of an Accept header; 1 when it has
// none, 0 when it is nonsense.
func qvalue(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(name, "q") {
			q, err := strconv.ParseFloat(value, 64)
			if err != nil || q < 0 || q > 1 {
				return 0
			}
			return q
		}
	}
	return 1
}

// rememberLang sets the cookie when the address chose a language.
func rememberLang(w http.ResponseWriter, r *http.Request) {
	l, ok := parseLang(r.URL.Query().Get("lang"))
	if !ok {
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: langCookie, Value: string(l), Path: "/", MaxAge: cookieSeconds,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// wantsHTML reports whether the client asks for a page rather than for JSON:
// whether it names text/html, and gives JSON no greater weight. What asks for
// nothing, or for anything, is a program.
func wantsHTML(r *http.Request) bool {
	html, jsonWeight := 0.0, 0.0
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		media, params, _ := strings.Cut(part, ";")
		switch strings.ToLower(strings.TrimSpace(media)) {
		case "text/html", "application/xhtml+xml":
			html = max(html, qvalue(params))
		case "application/json":
			jsonWeight = max(jsonWeight, qvalue(params))
		}
	}
	return html > 0 && html >= jsonWeight
}
