package event

import (
	"strings"
	"time"
)

// Operation says what happened in an authentication, in the word the sender
// uses for it (specification, section 2.1).
type Operation string

// The operations a record may carry. Any other is refused with
// [ClassUnknownOperation].
const (
	StartAuth      Operation = "START_AUTH"      // the user chose a method: an attempt
	SuccessfulAuth Operation = "SUCCESSFUL_AUTH" // the attempt ended well: a success
	Failed         Operation = "ERROR"           // the attempt ended badly: a failure
)

// Known reports whether o is one of the three operations of the specification.
func (o Operation) Known() bool {
	return o == StartAuth || o == SuccessfulAuth || o == Failed
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
	MemberTime      = "time"
	MemberClientID  = "clientId"
	MemberMethod    = "method"
	MemberBank      = "bank"
	MemberCountry   = "country"
	MemberOperation = "operation"
	MemberError     = "error"
)

// Event is one authentication event, as TARA-Server reported it.
type Event struct {
	// Time is the instant the sender wrote. A text without a zone is local
	// time in the zone of the [Parser]; see [ParseTime] for the hours at which
	// summer time begins and ends.
	Time time.Time

	// TimeText is the time as written by the sender. It is what the log base
	// keeps as "time".
	TimeText string

	ClientID  string    // the client application; never empty
	Method    string    // the authentication method; never empty
	Bank      string    // the bank; never empty when Method is MethodBankLink
	Country   string    // the country, sent with eIDAS; may be empty
	Operation Operation // what happened

	// Error is the sender's free text, with personal data blanked, at most
	// [DefaultMaxFieldBytes] long. It is empty unless Operation is [Failed].
	Error string
}

// Record is an event as a log base keeps it.
type Record struct {
	// ID is given on receipt. It is positive, unique within a log base, and
	// grows with the order of receipt at one instance; it says nothing about
	// the time of the event. A store that is handed the same ID twice keeps
	// one record.
	ID int64
	Event
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

// Validate reports the first rule that e breaks, as a [*FieldError], or nil.
// [Parse] applies it; call it for events made by hand. That Time is the
// instant of TimeText is not checked, since the zone is not known here.
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
		{MemberTime, e.TimeText, ClassMissingTime},
		{MemberClientID, e.ClientID, ClassMissingClientID},
		{MemberMethod, e.Method, ClassMissingMethod},
		{MemberOperation, string(e.Operation), ClassMissingOperation},
		{MemberBank, e.Bank, missingBank},
		{MemberCountry, e.Country, ""},
		{MemberError, e.Error, ""},
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
		return &FieldError{Class: ClassUnknownOperation, Field: MemberOperation}
	}
	if e.Time.IsZero() {
		return &FieldError{Class: ClassBadTime, Field: MemberTime}
	}
	if e.Error != "" && e.Operation != Failed {
		return &FieldError{Class: ClassUnexpectedError, Field: MemberError}
	}
	return nil
}
