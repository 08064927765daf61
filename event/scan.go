package event

import "encoding/json"

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
	case MemberTime:
		return &f.time, 1 << 0
	case MemberClientID:
		return &f.clientID, 1 << 1
	case MemberMethod:
		return &f.method, 1 << 2
	case MemberBank:
		return &f.bank, 1 << 3
	case MemberCountry:
		return &f.country, 1 << 4
	case MemberOperation:
		return &f.operation, 1 << 5
	case MemberError:
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
