package locale

import (
	"embed"
	"encoding/json"
	"fmt"

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
	return m.format(l, args)
}

// Has reports whether the catalogue holds a key: for keys that are put
// together from data.
func (l *Locale) Has(key string) bool {
	_, ok := l.texts[key]
	return ok
}
