// Package locale says everything a person reads on a page: the texts of the
// catalogue in Estonian and English, and numbers, dates, periods and names in
// the form each language writes them.
//
// The texts are in catalogue/et.json and catalogue/en.json: flat keys such as
// "overview.title", the same ones in the same order in both files. A text may
// hold the placeholders {0}, {1} and so on, and may be given in two forms
// instead, {"one": ..., "other": ...}; then the first argument chooses, and
// "one" is for exactly 1, as both languages have it.
//
// Estonian follows the orthography of the Institute of the Estonian Language
// and EVS 8: 1 234 567 with no-break spaces, 94,7% closed up, 28.04.2018,
// 16.–26. mai 2018. English is British.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"golang.org/x/text/language"

	"github.com/e-gov/tarastat/logbase"
)

//go:embed catalogue/*.json
var catalogues embed.FS

// Locale is one language with its texts and its forms of numbers and dates.
// It is safe for concurrent use. Times are shown in the zone they carry.
type Locale struct {
	lang  logbase.Lang
	tag   language.Tag
	texts map[string]message
	form  form
}

// form is how a language writes numbers and dates.
type form struct {
	group   string // between groups of three digits
	decimal string // before the decimals
	ordinal string // after the number of a day
	date    string // layout of a date
	day     string // layout of day and month, for an axis
	between string // between date and clock
	span    string // between two dates
}

// For returns the locale of a language. An unknown language gets Estonian.
//
// It reads the catalogue anew on every call: make one for each language at
// the start and share it.
func For(lang logbase.Lang) *Locale {
	l := &Locale{lang: logbase.Estonian, tag: language.Estonian, form: form{
		group: "\u00a0", decimal: ",", ordinal: ".", date: "02.01.2006", day: "02.01", between: " ", span: "–",
	}}
	if lang == logbase.English {
		l = &Locale{lang: logbase.English, tag: language.BritishEnglish, form: form{
			group: ",", decimal: ".", date: "2 Jan 2006", day: "2 Jan", between: ", ", span: " – ",
		}}
	}
	data, err := catalogues.ReadFile("catalogue/" + string(l.lang) + ".json")
	if err == nil {
		err = json.Unmarshal(data, &l.texts)
	}
	if err != nil {
		// The catalogue is part of the program; a test reads every text of it.
		panic(fmt.Sprintf("locale: catalogue of %s: %v", l.lang, err))
	}
	return l
}

// Lang is the language of l.
func (l *Locale) Lang() logbase.Lang { return l.lang }

// message is one text of the catalogue. It is written as a text, or as a pair
// of forms.
type message struct {
	One   string // for exactly 1; "" for a text of a single form
	Other string
}

// UnmarshalJSON reads a text or a pair of forms.
func (m *message) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &m.Other)
	}
	type pair message
	return json.Unmarshal(data, (*pair)(m))
}

// T returns the text of a key with its placeholders filled: {0} with the first
// argument and so on. Integers are written as [Locale.Int] does, other values
// as fmt prints them. Where a text has two forms, the first argument, an
// integer, chooses.
//
// An unknown key gives a marker that nobody can overlook, ⟦key⟧; a placeholder
// without an argument stays as it is. The text is plain and must be escaped
// like any other, as html/template does.
func (l *Locale) T(key string, args ...any) string {
	m, ok := l.texts[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	if len(args) == 0 {
		return m.Other
	}
	text := m.Other
	if n, _ := integer(args[0]); n == 1 && m.One != "" {
		text = m.One
	}
	var b strings.Builder
	for i, part := range strings.Split(text, "{") {
		n := placeholder(part)
		switch {
		case i == 0: // before the first brace
		case n >= 0 && n < len(args):
			b.WriteString(l.value(args[n]))
			part = part[len("0}"):]
		default:
			b.WriteByte('{')
		}
		b.WriteString(part)
	}
	return b.String()
}

// placeholder is the number of the placeholder whose opening brace stands
// before s, or -1.
func placeholder(s string) int {
	if len(s) < len("0}") || s[0] < '0' || s[0] > '9' || s[1] != '}' {
		return -1
	}
	return int(s[0] - '0')
}

func (l *Locale) value(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	if n, ok := integer(v); ok {
		return l.Int(n)
	}
	return fmt.Sprint(v)
}

// integer returns the value of a plain integer. A type with a String method,
// such as a civil day, is none.
func integer(v any) (int64, bool) {
	if _, ok := v.(fmt.Stringer); ok {
		return 0, false
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return r.Int(), true
	case r.CanUint():
		return int64(r.Uint()), true
	}
	return 0, false
}

// Has reports whether the catalogue holds a key: for keys that are put
// together from data.
func (l *Locale) Has(key string) bool {
	_, ok := l.texts[key]
	return ok
}
