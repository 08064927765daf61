package event

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxSampleBytes bounds what [Mask] reads of a payload.
const MaxSampleBytes = 256

// Mask makes the beginning of a refused payload safe to keep and to show.
// What helps to find the mistake stays: punctuation, the names of the members
// that are kept, and the values of these (but for the error text) when they
// look harmless. Every other letter becomes x or X and every other digit #, so
// that nobody's data can be read from the shape. Control characters and broken
// text become a dot. At most [MaxSampleBytes] of the payload are read; an
// ellipsis says that more stood there.
func Mask(payload []byte) string {
	more := len(payload) > MaxSampleBytes
	if more {
		payload = payload[:MaxSampleBytes]
	}
	rest := string(payload)
	var b strings.Builder
	var member string // the kept member whose value may come next
	for rest != "" {
		between, after, quoted := strings.Cut(rest, `"`)
		shape(&b, between)
		if !quoted {
			break
		}
		if strings.TrimSpace(between) != ":" {
			member = ""
		}
		text, after, closed := strings.Cut(after, `"`)
		rest = after
		b.WriteByte('"')
		switch {
		case !closed: // cut off: who knows what it would have become
			shape(&b, text)
		case member == "" && isMember(text):
			b.WriteString(text)
			if text != memberError {
				member = text
			}
		case member != "" && harmless(text):
			b.WriteString(MaskText(text))
			member = ""
		default:
			shape(&b, text)
			member = ""
		}
		if closed {
			b.WriteByte('"')
		}
	}
	if more {
		b.WriteString("…")
	}
	return b.String()
}

func isMember(s string) bool {
	var f fields
	dst, _ := f.member([]byte(s))
	return dst != nil
}

// harmless reports whether a value may be a client name, a method or a time,
// and nothing that could hide anything else.
func harmless(s string) bool {
	if len(s) > 40 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '_', c == '.', c == '-', c == ':', c == '+':
		default:
			return false
		}
	}
	return true
}

// shape writes s without its content.
func shape(b *strings.Builder, s string) {
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			b.WriteByte('X')
		case unicode.IsLetter(r):
			b.WriteByte('x')
		case unicode.IsDigit(r):
			b.WriteByte('#')
		case ' ' <= r && r < utf8.RuneSelf && r != 0x7f:
			b.WriteRune(r)
		default:
			b.WriteByte('.')
		}
	}
}

// blank stands where something was blanked.
const blank = "***"

// MaskText blanks what may be personal data or a secret inside free text: runs
// of 9 and more digits (identity codes, of which users forget digits when they
// type them, and card numbers), Latvian identity codes, telephone numbers with a
// plus, e-mail and IP addresses, the user part of an URL, the values of things
// named like a password, and unbroken tokens of 32 and more characters that hold
// a digit. Other text is returned as it is.
func MaskText(s string) string {
	// Most texts hold nothing of the kind. Each expression runs only where a
	// cheap look, which may err on the careful side, cannot rule it out.
	if namesSecret(s) {
		s = secrets.ReplaceAllString(s, "${1}"+blank)
	}
	if strings.Contains(s, "@") {
		s = maskAt(s)
	}
	if longestRun(s, inToken) >= minToken { // before its digits, which may be part of one
		s = tokens.ReplaceAllStringFunc(s, maskToken)
	}
	if longestRun(s, isDigit) >= 5 || strings.Count(s, ".") >= 3 {
		s = personal.ReplaceAllString(s, blank)
	}
	if strings.Contains(s, "::") || strings.Count(s, ":") >= 5 {
		s = ipv6.ReplaceAllStringFunc(s, maskIPv6)
	}
	return s
}

// The expressions never change: they are constants in all but name. None can
// match far ahead of the place where another match may begin, so that the time
// stays proportional to the text.
var (
	// A name, what joins it to its value, and the value: in quotes, which may
	// themselves be escaped, or up to the next space.
	secrets = regexp.MustCompile(`(?i)((?:pass(?:w(?:or)?d|phrase|code)?|pwd|parool|salas[õo]na|secret|token|authorization|api[-_ ]?key)` +
		`[\\"']*\s*[:=]\s*(?:(?:bearer|basic)\s+)?)` +
		`(?:\\*"[^"]*"?|\\*'[^']*'?|\S+)`)

	personal = regexp.MustCompile(`\d{9,}` +
		`|\d{6}-\d{5,}` + // Latvia, before 2017
		`|\+\d{7,}` +
		`|\d{1,3}(?:\.\d{1,3}){3}\d*`) // IPv4

	// Six groups make an address too: a MAC address is as personal.
	ipv6 = regexp.MustCompile(`(?i)(?:[0-9a-f]{1,4}:){5,}[0-9a-f]{1,4}` +
		`|(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?`)

	tokens = regexp.MustCompile(`[0-9A-Za-z+/=_-]{32,}`)
)

const minToken = 32

// maskAt blanks what stands before an @: the name in an e-mail address, user
// and password in an URL. It spares what Java prints for an object without a
// text of its own, such as java.lang.Object@6d06d69c.
func maskAt(s string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "@")
		if !found {
			b.WriteString(s)
			return b.String()
		}
		name := strings.LastIndexAny(before, " \t\"'<>(),;:=/") + 1
		if i := strings.LastIndex(before, "//"); i >= 0 && !strings.ContainsAny(before[i:], " \t") {
			name = i + len("//") // in an URL a password may hold any of these
		}
		if word := before[name:]; word == "" || strings.Contains(word, ".") && javaHash(after) {
			b.WriteString(before)
		} else {
			b.WriteString(before[:name] + blank)
		}
		b.WriteByte('@')
		s = after
	}
}

// javaHash reports whether s begins with the hash code of an object.
func javaHash(s string) bool {
	n := 0
	for n < len(s) && (isDigit(s[n]) || 'a' <= s[n] && s[n] <= 'f') {
		n++
	}
	return 0 < n && n <= 8 && (n == len(s) || s[n] != '.' && !inToken(s[n]))
}

// maskIPv6 spares what merely has two colons in a row, such as NOT_FOUND::x.
func maskIPv6(s string) string {
	if strings.ContainsAny(s, "0123456789") || strings.Count(s, ":") >= 3 {
		return blank
	}
	return s
}

// maskToken spares long words, such as the name of an exception or the code
// REQUIRED_INTERACTION_NOT_SUPPORTED_BY_APP: a random token has digits.
func maskToken(s string) string {
	if strings.ContainsAny(s, "0123456789") {
		return blank
	}
	return s
}

func namesSecret(s string) bool {
	if !strings.ContainsAny(s, ":=") {
		return false
	}
	s = strings.ToLower(s)
	for _, name := range [...]string{"pass", "pwd", "parool", "salas", "secret", "token", "authorization", "key"} {
		if strings.Contains(s, name) {
			return true
		}
	}
	return false
}

// longestRun returns the length of the longest run of bytes that is accepts.
func longestRun(s string, is func(byte) bool) int {
	longest, run := 0, 0
	for i := range len(s) {
		if is(s[i]) {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func inToken(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', isDigit(c):
		return true
	}
	return c == '+' || c == '/' || c == '=' || c == '_' || c == '-'
}
