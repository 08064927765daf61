package event

import (
	"unicode"
	"unicode/utf8"
)

// checkText returns the class that forbids s in a field and the byte at which
// it breaks, or "".
func checkText(s string) (Class, int) {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf {
			return checkUnicode(s, i)
		} else if c < ' ' || c == 0x7f {
			return ClassControlChar, i
		}
	}
	return "", 0
}

// checkUnicode goes on where plain ASCII ends.
func checkUnicode(s string, from int) (Class, int) {
	for i, r := range s[from:] {
		if isControl(r) {
			return ClassControlChar, from + i
		}
	}
	if !utf8.ValidString(s) {
		return ClassNotUTF8, from
	}
	return "", 0
}

// isControl reports whether r commands rather than shows: the control
// characters of Unicode (C0, DEL, C1), the line and paragraph separators, and
// the marks that reorder what stands around them, by which a name or a log
// line can be made to read as another.
func isControl(r rune) bool {
	switch {
	case unicode.IsControl(r):
		return true
	case r == '\u2028', r == '\u2029':
		return true
	}
	return r == '\u061c' || r == '\u200e' || r == '\u200f' || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

// cutAtRune returns the longest prefix of s that is at most n bytes long and
// does not end inside a rune.
func cutAtRune(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
