package event

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of a payload. Each is the default of the [Parser] field of the same
// name.
const (
	DefaultMaxBytes      = 64 << 10 // the payload, in bytes
	DefaultMaxFieldBytes = 1 << 10  // one kept field, decoded, in bytes
	DefaultMaxDepth      = 8        // nesting of objects and arrays, the record itself being 1
	DefaultMaxKeys       = 64       // members of the record
)

// Notes are remarks on a record that was accepted. They are counted, never a
// reason to refuse.
type Notes uint8

// The remarks. More than one may hold.
const (
	NoteDuplicateKey  Notes = 1 << iota // a kept field stood twice; the last one counts
	NoteErrorCut                        // the error text was cut to the field limit
	NoteErrorMasked                     // personal data in the error text was blanked
	NoteUnknownMethod                   // the method is none of the known ones
	NoteTimeFuture                      // see [TimeNotes]
	NoteTimeOld                         // see [TimeNotes]
)

// Names returns the names under which the remarks in n are counted.
func (n Notes) Names() []string {
	names := [...]string{
		"duplicate_key", "error_cut", "error_masked", "unknown_method", "time_future", "time_old",
	}
	var out []string
	for i, name := range names {
		if n&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

// String gives the names, parted by commas.
func (n Notes) String() string { return strings.Join(n.Names(), ",") }

// Bounds outside which a time is remarked upon, though the record is kept.
const (
	futureAfter = 24 * time.Hour
	oldBefore   = 2015 // TARA did not exist yet
)

// TimeNotes remarks on a time that is more than a day ahead of now, or before
// 2015: most likely a wrong clock at the sender.
func TimeNotes(t, now time.Time) Notes {
	switch {
	case t.Year() < oldBefore:
		return NoteTimeOld
	case t.Sub(now) > futureAfter:
		return NoteTimeFuture
	}
	return 0
}

// Parser reads events. The zero value is ready for use and applies the
// documented defaults. A Parser may be used by several goroutines at once, as
// long as its fields do not change.
type Parser struct {
	Location      *time.Location // zone of times written without one; nil: [DefaultLocation]
	MaxBytes      int            // 0: DefaultMaxBytes
	MaxFieldBytes int            // 0: DefaultMaxFieldBytes
	MaxDepth      int            // 0: DefaultMaxDepth
	MaxKeys       int            // 0: DefaultMaxKeys
}

// Parse reads one event with the default [Parser].
func Parse(payload []byte) (Event, error) {
	var p Parser
	e, _, err := p.Parse(payload)
	return e, err
}

// Parse reads the one JSON object that payload holds. White space may stand
// around it, nothing else.
//
// Members are matched by their exact name. Of a member that stands twice the
// last one counts; unknown members, which includes names that differ in case,
// are checked to be JSON and dropped. The error text is kept only when the
// operation is [OpFailure]: control characters in it become spaces, personal data
// is blanked ([MaskText]), and what exceeds the field limit is cut, so that no
// event is lost for its text.
//
// A refusal is a [*FieldError], for which errors.Is(err, [ErrInvalid]) holds.
// The event shares no memory with payload.
func (p *Parser) Parse(payload []byte) (Event, Notes, error) {
	var e Event
	if len(payload) > orDefault(p.MaxBytes, DefaultMaxBytes) {
		return e, 0, &FieldError{Class: ClassTooLong}
	}
	if !utf8.Valid(payload) {
		return e, 0, &FieldError{Class: ClassNotUTF8, Offset: invalidAt(payload)}
	}
	s := scanner{
		data:     payload,
		maxDepth: orDefault(p.MaxDepth, DefaultMaxDepth),
		maxKeys:  orDefault(p.MaxKeys, DefaultMaxKeys),
	}
	var f fields
	if err := s.record(&f); err != nil {
		return e, 0, err
	}
	return p.build(&f)
}

// build makes the event of the decoded fields and checks it.
func (p *Parser) build(f *fields) (Event, Notes, error) {
	limit := orDefault(p.MaxFieldBytes, DefaultMaxFieldBytes)
	notes := f.notes
	e := Event{
		TimeText:  string(f.time),
		ClientID:  string(f.clientID),
		Method:    internMethod(f.method),
		Bank:      string(f.bank),
		Country:   string(f.country),
		Operation: internOperation(f.operation),
	}
	if e.Operation == OpFailure {
		var n Notes
		e.Error, n = cleanError(f.err, limit)
		notes |= n
	}
	// A time that does not parse stays zero, which validate reports last, so
	// that a missing or overlong one is named as what it is.
	e.Time, _ = ParseTime(e.TimeText, p.Location)
	if err := e.validate(limit); err != nil {
		return Event{}, 0, err
	}
	if !KnownMethod(e.Method) {
		notes |= NoteUnknownMethod
	}
	return e, notes, nil
}

// cleanError makes the free text of a failure fit to keep.
func cleanError(raw []byte, limit int) (string, Notes) {
	var notes Notes
	// Of a text far too long only the beginning is worked on. Masking still
	// comes before the cut to the limit: a number cut in half would not be
	// recognised for what it is.
	shortened := len(raw)/4 > limit
	if shortened {
		raw = raw[:4*limit]
	}
	text := strings.Map(func(r rune) rune {
		if isControl(r) {
			return ' '
		}
		return r
	}, string(raw))
	if masked := MaskText(text); masked != text {
		notes |= NoteErrorMasked
		text = masked
	}
	if shortened && len(text) <= 2*limit { // so much was blanked that the last word, cut in half, may show
		text = text[:strings.LastIndexByte(text, ' ')+1]
	}
	if shortened || len(text) > limit {
		notes |= NoteErrorCut
		text = strings.Clone(cutAtRune(text, limit)) // what is left must not hold on to the rest
	}
	return text, notes
}

// internMethod saves an allocation for the methods that nearly all events have.
func internMethod(b []byte) string {
	switch string(b) {
	case MethodIDCard:
		return MethodIDCard
	case MethodMobileID:
		return MethodMobileID
	case MethodSmartID:
		return MethodSmartID
	case MethodEIDAS:
		return MethodEIDAS
	case MethodBankLink:
		return MethodBankLink
	}
	return string(b)
}

func internOperation(b []byte) Operation {
	switch string(b) {
	case string(OpStart):
		return OpStart
	case string(OpSuccess):
		return OpSuccess
	case string(OpFailure):
		return OpFailure
	}
	return Operation(b)
}

func invalidAt(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

func orDefault(n, def int) int {
	if n > 0 {
		return n
	}
	return def
}
