package event

import (
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
			if text != MemberError {
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
