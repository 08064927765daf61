package event

import (
	"unicode/utf16"
	"unicode/utf8"
)

// str reads a JSON string. Without escapes the result aliases the payload.
func (s *scanner) str() ([]byte, error) {
	raw, escaped, err := s.quoted()
	if err != nil || !escaped {
		return raw, err
	}
	v, ok := unescape(raw)
	if !ok {
		return nil, s.fail(ClassNotUTF8)
	}
	return v, nil
}

// quoted passes over a JSON string and checks its form. It returns what stands
// between the quotes, and whether escapes do.
func (s *scanner) quoted() (raw []byte, escaped bool, err error) {
	if !s.take('"') {
		return nil, false, s.fail(ClassJSONSyntax)
	}
	i := s.pos
	for ; i < len(s.data); i++ {
		c := s.data[i]
		if c == '"' {
			raw = s.data[s.pos:i]
			s.pos = i + 1
			return raw, escaped, nil
		}
		if c < ' ' {
			break
		}
		if c == '\\' {
			n := escapeLen(s.data[i:])
			if n == 0 {
				break
			}
			escaped = true
			i += n - 1
		}
	}
	s.pos = i
	return nil, false, s.fail(ClassJSONSyntax)
}

// escapeLen returns the length of the escape that b begins with, or 0.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(b[2:]); ok {
			return 6
		}
	}
	return 0
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// unescape decodes a string whose form quoted has checked. It reports
// false for half a surrogate pair, which no Unicode text can hold.
func unescape(raw []byte) ([]byte, bool) {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		c := raw[i]
		if c != '\\' {
			out = append(out, c)
			i++
			continue
		}
		switch e := raw[i+1]; e {
		case 'u':
			r, _ := hex4(raw[i+2:])
			i += 6
			if utf16.IsSurrogate(r) {
				low, ok := lowSurrogate(raw[i:])
				if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
					return nil, false
				}
				i += 6
			}
			out = utf8.AppendRune(out, r)
			continue
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		default: // the quote, the backslash and the slash stand for themselves
			out = append(out, e)
		}
		i += 2
	}
	return out, true
}

func lowSurrogate(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	return hex4(b[2:])
}
