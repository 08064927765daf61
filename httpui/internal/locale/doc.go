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
