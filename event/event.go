package event

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Operation says what happened in an authentication, in the word the sender
// uses for it (specification, section 2.1).
type Operation string

// The operations a record may carry. Any other is refused with
// [ClassUnknownOperation].
const (
	OpStart   Operation = "START_AUTH"      // the user chose a method: an attempt
	OpSuccess Operation = "SUCCESSFUL_AUTH" // the attempt ended well: a success
	OpFailure Operation = "ERROR"           // the attempt ended badly: a failure
)

// Known reports whether o is one of the three operations of the specification.
func (o Operation) Known() bool {
	return o == OpStart || o == OpSuccess || o == OpFailure
}

// The methods TARA-Server is known to send. A method outside this list is
// accepted and counted under its own name, since new methods come.
const (
	MethodIDCard   = "idcard"
	MethodMobileID = "mID"
	MethodSmartID  = "smartid"
	MethodEIDAS    = "eIDAS"
	MethodBankLink = "banklink"
)

// KnownMethod reports whether m is one of the methods listed here.
func KnownMethod(m string) bool {
	switch m {
	case MethodIDCard, MethodMobileID, MethodSmartID, MethodEIDAS, MethodBankLink:
		return true
	}
	return false
}

// Other is the value that stands for clients, methods and the like once there
// are more different ones than a cap allows. A sender may use it as well, and
// is then counted with them.
const Other = "OTHER"

// Names of the JSON members a sender writes. These are also the field names a
// [FieldError] reports.
const (
	memberTime      = "time"
	memberClientID  = "clientId"
	memberMethod    = "method"
	memberBank      = "bank"
	memberCountry   = "country"
	memberOperation = "operation"
	memberError     = "error"
)

// Event is one authentication event, as TARA-Server reported it.
type Event struct {
	// Time is the instant the sender wrote. A text without a zone is local
	// time in the zone of the [Parser]; see [ParseTime] for the hours at which
	// summer time begins and ends.
	Time time.Time

	// TimeText is the time as written by the sender. It is what the log base
	// keeps as "time". For an event made by hand, [New] derives it from Time.
	TimeText string

	ClientID  string    // the client application; never empty
	Method    string    // the authentication method; never empty
	Bank      string    // the bank; never empty when Method is MethodBankLink
	Country   string    // the country, sent with eIDAS; may be empty
	Operation Operation // what happened

	// Error is the sender's free text, with personal data blanked, at most
	// [DefaultMaxFieldBytes] long. It is empty unless Operation is [OpFailure].
	Error string
}

// MaxErrorCodeBytes bounds what [Event.ErrorCode] returns.
const MaxErrorCodeBytes = 64

// ErrorCode returns the part of the error text under which failures are
// counted: what stands before the first colon, without surrounding space, at
// most [MaxErrorCodeBytes] long and cut at a rune. It is empty when there is
// no error text.
func (e Event) ErrorCode() string {
	code, _, _ := strings.Cut(e.Error, ":")
	return strings.TrimSpace(cutAtRune(strings.TrimSpace(code), MaxErrorCodeBytes))
}

// New completes an event made by hand and returns it as [Parse] would: of Time
// and TimeText the one that is missing is made of the other (a text without a
// zone being local time of [DefaultLocation]), the text of a failure is masked
// and cut. A [*FieldError] says what else is wrong with it, see [Event.Validate].
func New(e Event) (Event, error) {
	switch {
	case e.TimeText != "" && e.Time.IsZero():
		e.Time, _ = ParseTime(e.TimeText, nil) // what does not parse stays zero, which is refused below
	case e.TimeText == "" && !e.Time.IsZero():
		e.TimeText = writeTime(e.Time)
		if t, err := ParseTime(e.TimeText, nil); err != nil || !t.Equal(e.Time) { // a year that no text can hold
			return Event{}, &FieldError{Class: ClassBadTime, Field: memberTime}
		}
	}
	if e.Operation == OpFailure {
		e.Error, _ = cleanError([]byte(e.Error), DefaultMaxFieldBytes)
	}
	if err := e.Validate(); err != nil {
		return Event{}, err
	}
	return e, nil
}

// Validate reports the first rule that e breaks, as a [*FieldError], or nil.
// [Parse] and [New] apply it. Both Time and TimeText must be there; that one is
// the instant of the other is not checked, since the zone is not known here.
func (e Event) Validate() error {
	return e.validate(DefaultMaxFieldBytes)
}

func (e *Event) validate(maxField int) error {
	var missingBank Class // "" where a bank may be absent
	if e.Method == MethodBankLink {
		missingBank = ClassMissingBank
	}
	members := [...]struct {
		name, value string
		missing     Class
	}{
		{memberTime, e.TimeText, ClassMissingTime},
		{memberClientID, e.ClientID, ClassMissingClientID},
		{memberMethod, e.Method, ClassMissingMethod},
		{memberOperation, string(e.Operation), ClassMissingOperation},
		{memberBank, e.Bank, missingBank},
		{memberCountry, e.Country, ""},
		{memberError, e.Error, ""},
	}
	for i := range members {
		m := &members[i]
		if m.value == "" && m.missing != "" {
			return &FieldError{Class: m.missing, Field: m.name}
		}
		if len(m.value) > maxField {
			return &FieldError{Class: ClassFieldTooLong, Field: m.name}
		}
		if class, at := checkText(m.value); class != "" {
			return &FieldError{Class: class, Field: m.name, Offset: at}
		}
	}
	if !e.Operation.Known() {
		return &FieldError{Class: ClassUnknownOperation, Field: memberOperation}
	}
	if e.Time.IsZero() {
		return &FieldError{Class: ClassBadTime, Field: memberTime}
	}
	if e.Error != "" && e.Operation != OpFailure {
		return &FieldError{Class: ClassUnexpectedError, Field: memberError}
	}
	return nil
}

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
