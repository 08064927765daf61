package event

import (
	"errors"
	"strconv"
)

// ErrInvalid is what every refusal of this package wraps: the record is
// malformed (ERR-03). Use errors.As with [*FieldError] for the details.
var ErrInvalid = errors.New("malformed record")

// Class names one way in which a record is malformed. Refusals are counted by
// class, so the set is closed and its names are stable.
type Class string

// The classes of refusal. Those of framing come from the syslog layer, which
// counts them under the same kind of name.
const (
	ClassNoJSON           Class = "no_json"           // no JSON object at all
	ClassJSONSyntax       Class = "json_syntax"       // an object that does not end or is not JSON
	ClassJSONTrailing     Class = "json_trailing"     // anything but space after the object
	ClassNotUTF8          Class = "not_utf8"          // bytes or escapes that are not Unicode text
	ClassControlChar      Class = "control_char"      // control, line separator or bidirectional mark in a key field
	ClassMissingTime      Class = "missing_time"      // time absent or empty
	ClassMissingClientID  Class = "missing_clientId"  // clientId absent or empty
	ClassMissingMethod    Class = "missing_method"    // method absent or empty
	ClassMissingOperation Class = "missing_operation" // operation absent or empty
	ClassMissingBank      Class = "missing_bank"      // a bank link without its bank
	ClassWrongType        Class = "wrong_type"        // a field that is not a string
	ClassBadTime          Class = "bad_time"          // time is not a date with an optional time of day
	ClassUnknownOperation Class = "unknown_operation" // none of the three operations
	ClassFieldTooLong     Class = "field_too_long"    // a key field over DefaultMaxFieldBytes
	ClassTooDeep          Class = "too_deep"          // nested beyond DefaultMaxDepth
	ClassTooManyKeys      Class = "too_many_keys"     // more than DefaultMaxKeys members
	ClassTooLong          Class = "too_long"          // a payload over DefaultMaxBytes
	ClassUnexpectedError  Class = "unexpected_error"  // hand-made: error text without the operation OpFailure
)

// Classes returns all classes of refusal in a fixed order.
func Classes() []Class {
	return []Class{
		ClassNoJSON, ClassJSONSyntax, ClassJSONTrailing, ClassNotUTF8, ClassControlChar,
		ClassMissingTime, ClassMissingClientID, ClassMissingMethod, ClassMissingOperation, ClassMissingBank,
		ClassWrongType, ClassBadTime, ClassUnknownOperation, ClassFieldTooLong,
		ClassTooDeep, ClassTooManyKeys, ClassTooLong, ClassUnexpectedError,
	}
}

// FieldError says why a record is malformed. It never carries the value, only
// where it stood.
type FieldError struct {
	Class  Class
	Field  string // the member concerned, "" when it is the payload as a whole
	Offset int    // byte offset in the payload, or in the value for [Event.Validate]; 0 when unknown
}

// Error gives class, field and offset, as far as they are known. It holds
// nothing of the payload.
func (e *FieldError) Error() string {
	s := string(e.Class)
	if e.Field != "" {
		s += ": " + e.Field
	}
	if e.Offset > 0 {
		s += " at byte " + strconv.Itoa(e.Offset)
	}
	return s
}

// Unwrap makes errors.Is(err, ErrInvalid) true.
func (e *FieldError) Unwrap() error { return ErrInvalid }

// Reason is the class, and for a wrong type the field as well: the name under
// which the refusal is counted and shown, such as "wrong_type_bank".
func (e *FieldError) Reason() string {
	if e.Class == ClassWrongType && e.Field != "" {
		return string(e.Class) + "_" + e.Field
	}
	return string(e.Class)
}
