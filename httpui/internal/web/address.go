package web

import (
	"fmt"
	"net/http"
	"path"
	"strings"

	"golang.org/x/text/language"

	"github.com/e-gov/tarastat/logbase"
)

// Root is the path under which a site is mounted: "" for a whole host, or one
// such as "/stats". Every address within the site is made by Href.
type Root string

// ParseRoot reads a root, with or without its last slash. It holds only
// characters that stand for themselves in an address (RFC 3986, section 2.3).
func ParseRoot(s string) (Root, error) {
	root := strings.TrimSuffix(s, "/")
	if root == "" {
		return "", nil
	}
	plain := func(c rune) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("-._~/", c)
	}
	if root[0] != '/' || path.Clean(root) != root || strings.TrimLeftFunc(root, plain) != "" {
		return "", fmt.Errorf("the path %q is not one such as /stats", s)
	}
	return Root(root), nil
}

// Href is the address of a path of the site, which begins with a slash.
func (r Root) Href(path string) string { return string(r) + path }

// paramLang chooses the language in an address, and langCookie remembers it.
// The cookie holds nothing else.
const (
	paramLang  = "lang"
	langCookie = "tarastat_lang"
)

const cookieSeconds = 365 * 24 * 60 * 60

func parseLang(s string) (logbase.Lang, bool) {
	switch l := logbase.Lang(strings.ToLower(s)); l {
	case logbase.Estonian, logbase.English:
		return l, true
	}
	return logbase.Estonian, false
}

// Language decides the language: ?lang=, else the cookie, else what the
// browser asks for, else Estonian.
func Language(r *http.Request) logbase.Lang {
	if l, ok := parseLang(r.URL.Query().Get(paramLang)); ok {
		return l
	}
	if c, err := r.Cookie(langCookie); err == nil {
		if l, ok := parseLang(c.Value); ok {
			return l
		}
	}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return logbase.Estonian
	}
	for _, tag := range tags { // the greatest weight first
		base, _ := tag.Base()
		if l, ok := parseLang(base.String()); ok {
			return l
		}
	}
	return logbase.Estonian
}

// RememberLanguage sets the cookie when the address chose a language.
func (r Root) RememberLanguage(w http.ResponseWriter, hr *http.Request) {
	l, ok := parseLang(hr.URL.Query().Get(paramLang))
	if !ok {
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: langCookie, Value: string(l), Path: r.Href("/"), MaxAge: cookieSeconds,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
