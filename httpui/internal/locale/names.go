package locale

import (
	"bytes"
	"strings"

	"golang.org/x/text/collate"

	"github.com/e-gov/tarastat/event"
)

// Method is the name of an authentication method as people know it: ID-kaart
// for idcard. A method that is not known is shown under its own name.
func (l *Locale) Method(name string) string { return l.named("method.", name) }

// Bank is the name of a bank. One that is not known is shown as it came.
func (l *Locale) Bank(code string) string { return l.named("bank.", code) }

// Country is the name of a country by the code that eIDAS uses, which is ISO
// 3166-1 with EL for Greece. One that is not known is shown as it came.
func (l *Locale) Country(code string) string { return l.named("country.", code) }

func (l *Locale) named(prefix, name string) string {
	if key := prefix + name; l.Has(key) {
		return l.T(key)
	}
	return name
}

// Reason says in words why a record was rejected. It takes a class of package
// event or syslogjson, or [event.FieldError.Reason]. One that is not known is
// shown as it came.
func (l *Locale) Reason(reason string) string {
	if field, ok := strings.CutPrefix(reason, string(event.ClassWrongType)+"_"); ok {
		return l.T("class.wrong_type_of", field)
	}
	return l.named("class.", reason)
}

// Compare returns the order in which the language sorts names, for
// [slices.SortFunc]: s š z ž t u v w õ ä ö ü x y in Estonian, numbers within
// names by value. The function is for one goroutine and one list: it keeps
// what it has worked out for each name.
func (l *Locale) Compare() func(a, b string) int {
	var (
		c    = collate.New(l.tag, collate.Numeric)
		buf  collate.Buffer
		keys = make(map[string][]byte)
	)
	key := func(s string) []byte {
		k, ok := keys[s]
		if !ok {
			k = c.KeyFromString(&buf, s)
			keys[s] = k
		}
		return k
	}
	return func(a, b string) int { return bytes.Compare(key(a), key(b)) }
}
