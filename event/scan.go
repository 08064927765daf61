package event

import (
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"
)

// fields are the members that are kept, decoded. A slice may alias the
// payload.
type fields struct {
	time, clientID, method, bank, country, operation, err []byte

	seen  uint8
	notes Notes
}

// member returns where the value of a kept member goes, and its bit in seen.
func (f *fields) member(name []byte) (*[]byte, uint8) {
	switch string(name) {
	case memberTime:
		return &f.time, 1 << 0
	case memberClientID:
		return &f.clientID, 1 << 1
	case memberMethod:
		return &f.method, 1 << 2
	case memberBank:
		return &f.bank, 1 << 3
	case memberCountry:
		return &f.country, 1 << 4
	case memberOperation:
		return &f.operation, 1 << 5
	case memberError:
		return &f.err, 1 << 6
	}
	return nil, 0
}

// scanner reads one JSON object. encoding/json is not used on this path: it
// matches names without regard to case, turns broken text into U+FFFD and null
// into "" without a word, and takes four times as long. It is the oracle in the
// tests instead.
type scanner struct {
	data     []byte
	pos      int
	maxDepth int
	maxKeys  int
}

func (s *scanner) fail(c Class) error { return &FieldError{Class: c, Offset: s.pos} }

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// peek returns the next byte, or 0 at the end; a NUL is no JSON either.
func (s *scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

func (s *scanner) take(c byte) bool {
	if s.pos < len(s.data) && s.data[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// record reads the whole payload.
func (s *scanner) record(f *fields) error {
	s.space()
	if !s.take('{') {
		return s.fail(ClassNoJSON)
	}
	if err := s.members(f); err != nil {
		return err
	}
	if s.space(); s.pos < len(s.data) {
		return s.fail(ClassJSONTrailing)
	}
	return nil
}

func (s *scanner) members(f *fields) error {
	if s.space(); s.take('}') {
		return nil
	}
	for keys := 1; ; keys++ {
		if keys > s.maxKeys {
			return s.fail(ClassTooManyKeys)
		}
		s.space()
		name, err := s.str()
		if err != nil {
			return err
		}
		if s.space(); !s.take(':') {
			return s.fail(ClassJSONSyntax)
		}
		s.space()
		if err := s.member(f, name); err != nil {
			return err
		}
		s.space()
		switch {
		case s.take(','):
		case s.take('}'):
			return nil
		default:
			return s.fail(ClassJSONSyntax)
		}
	}
}

func (s *scanner) member(f *fields, name []byte) error {
	dst, bit := f.member(name)
	if dst == nil {
		return s.skip(2)
	}
	if f.seen&bit != 0 {
		f.notes |= NoteDuplicateKey
	}
	f.seen |= bit
	if s.peek() != '"' {
		field := string(name)
		start := s.pos
		if err := s.skip(2); err != nil {
			return err // not JSON at all, which is the better answer
		}
		return &FieldError{Class: ClassWrongType, Field: field, Offset: start}
	}
	start := s.pos
	v, err := s.str()
	if fe, ok := err.(*FieldError); ok && fe.Class == ClassNotUTF8 { //nolint:errorlint // our own, never wrapped
		fe.Field, fe.Offset = string(name), start
	}
	*dst = v
	return err
}

// skip passes over one value of an unknown member. depth is the nesting that
// the value would open.
func (s *scanner) skip(depth int) error {
	switch c := s.peek(); c {
	case '"':
		_, _, err := s.quoted()
		return err
	case '{', '[':
		if depth > s.maxDepth {
			return s.fail(ClassTooDeep)
		}
		return s.skipNested(c, depth)
	}
	return s.skipLiteral()
}

func (s *scanner) skipNested(open byte, depth int) error {
	end := open + 2 // '{' to '}' and '[' to ']'
	s.pos++
	if s.space(); s.take(end) {
		return nil
	}
	for {
		s.space()
		if open == '{' {
			if _, _, err := s.quoted(); err != nil {
				return err
			}
			if s.space(); !s.take(':') {
				return s.fail(ClassJSONSyntax)
			}
			s.space()
		}
		if err := s.skip(depth + 1); err != nil {
			return err
		}
		s.space()
		switch {
		case s.take(','):
		case s.take(end):
			return nil
		default:
			return s.fail(ClassJSONSyntax)
		}
	}
}

// skipLiteral passes over a number, true, false or null. These are rare in
// unknown members and absent in kept ones, so encoding/json may judge them.
func (s *scanner) skipLiteral() error {
	start := s.pos
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '+', c == '.', c == 'E':
			s.pos++
			continue
		}
		break
	}
	if !json.Valid(s.data[start:s.pos]) {
		s.pos = start
		return s.fail(ClassJSONSyntax)
	}
	return nil
}

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
