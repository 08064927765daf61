package httpui

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// Characters that keep the direction of a text from what stands around it
// (Unicode Standard Annex 9, section 2.4).
const (
	firstStrongIsolate    = "\u2068"
	popDirectionalIsolate = "\u2069"
)

// isolated prepares a name from outside for a sentence, where no <bdi> can hold
// it: one with letters that are written from right to left would turn the
// figures beside it. Others stay as they are.
func isolated(name string) string {
	turns := func(c rune) bool {
		p, _ := bidi.LookupRune(c)
		switch p.Class() {
		case bidi.R, bidi.AL, bidi.AN:
			return true
		}
		return false
	}
	if !strings.ContainsFunc(name, turns) {
		return name
	}
	return firstStrongIsolate + name + popDirectionalIsolate
}
