package event

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxSampleBytes bounds what [Mask] reads of a payload.
const MaxSampleBytes = 256

// blank stands where something was blanked.
const blank = "***"

// MaskText blanks what may be personal data or a secret inside free text: runs
// of 11 and more digits (identity codes, phone and card numbers), IP
// addresses, the values of things named like a password, and unbroken tokens
// of 32 and more characters. Other text is returned as it is.
func MaskText(s string) string {
	if !suspicious(s) {
		return s
	}
	m := newMasks()
	s = m.secret.ReplaceAllString(s, "${1}"+blank)
	s = m.digits.ReplaceAllString(s, blank)
	s = m.ipv4.ReplaceAllString(s, blank)
	s = m.ipv6.ReplaceAllStringFunc(s, maskIPv6)
	return m.token.ReplaceAllString(s, blank)
}

// masks are compiled for each suspicious text, of which there are few, rather
// than kept in package variables.
type masks struct{ secret, digits, ipv4, ipv6, token *regexp.Regexp }

func newMasks() masks {
	return masks{
		secret: regexp.MustCompile(`(?i)((?:passw(?:or)?d|passphrase|pwd|parool|salas[õo]na|secret|token|authorization|api-?key)["']?\s*[:=]\s*["']?)[^\s"',;&]+`),
		digits: regexp.MustCompile(`\d{11,}`),
		ipv4:   regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`),
		ipv6:   regexp.MustCompile(`[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*`),
		token:  regexp.MustCompile(`[0-9A-Za-z+/=_-]{32,}`),
	}
}

func maskIPv6(s string) string {
	trimmed := strings.TrimRight(s, ".")
	if _, err := netip.ParseAddr(trimmed); err == nil {
		return blank + s[len(trimmed):]
	}
	return s
}

// suspicious is a quick look that lets nearly every error text pass unread by
// the expressions. It may be wrong on the careful side only.
func suspicious(s string) bool {
	var digits, dots, colons, separators, token int
	for i := range len(s) {
		c := s[i]
		switch {
		case '0' <= c && c <= '9':
			digits++
			token++
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '+', c == '/', c == '_', c == '-', c == '=':
			digits = 0
			token++
		default:
			digits, token = 0, 0
		}
		switch c {
		case '.':
			dots++
		case ':':
			colons++
			separators++
		case '=':
			separators++
		}
		if digits >= 11 || token >= 32 || dots >= 3 || colons >= 2 {
			return true
		}
	}
	return separators > 0 && namesSecret(s)
}

func namesSecret(s string) bool {
	lower := strings.ToLower(s)
	for _, name := range [...]string{"pass", "pwd", "parool", "salas", "secret", "token", "authorization", "key"} {
		if strings.Contains(lower, name) {
			return true
		}
	}
	return false
}

// Mask makes the beginning of a refused payload safe to keep and to show.
// What helps to find the mistake stays: punctuation, the names of the members
// that are kept, and their values when these look harmless. Every other letter
// becomes x or X and every other digit 9, so that nobody's data can be read
// from the shape. Control characters and broken text become a dot. At most
// [MaxSampleBytes] of the payload are read; an ellipsis says that more stood
// there.
func Mask(payload []byte) string {
	more := len(payload) > MaxSampleBytes
	s := string(payload)
	if more {
		s = cutAtRune(s[:MaxSampleBytes], MaxSampleBytes-utf8.UTFMax)
	}
	var b strings.Builder
	var name string // the member whose value comes next
	for i := 0; i < len(s); {
		if s[i] != '"' {
			j := strings.IndexByte(s[i:], '"')
			if j < 0 {
				j = len(s) - i
			}
			shape(&b, s[i:i+j])
			if !strings.Contains(s[i:i+j], ":") {
				name = ""
			}
			i += j
			continue
		}
		end := strings.IndexByte(s[i+1:], '"')
		if end < 0 {
			shape(&b, s[i:])
			break
		}
		text := s[i+1 : i+1+end]
		b.WriteByte('"')
		switch {
		case name == "" && keptMember(text):
			b.WriteString(text)
			name = text
		case name != "" && harmless(text):
			b.WriteString(MaskText(text))
			name = ""
		default:
			shape(&b, text)
			name = ""
		}
		b.WriteByte('"')
		i += end + 2
	}
	if more {
		b.WriteString("…")
	}
	return b.String()
}

func keptMember(s string) bool {
	var f fields
	dst, _ := f.member([]byte(s))
	return dst != nil && s != MemberError
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

func shape(b *strings.Builder, s string) {
	for i, r := range s {
		switch {
		case r == utf8.RuneError && s[i] != "\uFFFD"[0]:
			b.WriteByte('.')
		case unicode.IsUpper(r):
			b.WriteByte('X')
		case unicode.IsLetter(r):
			b.WriteByte('x')
		case unicode.IsDigit(r):
			b.WriteByte('9')
		case r < utf8.RuneSelf && r >= ' ' && r != 0x7f:
			b.WriteRune(r)
		default:
			b.WriteByte('.')
		}
	}
}
