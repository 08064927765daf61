// Package event is one authentication event of TARA: what its fields mean,
// how it is read from the JSON a sender writes, and when it is refused.
//
// [Parse] turns the payload of a syslog message into an [Event], or says why
// it cannot with a [FieldError], which carries the [Class] under which the
// refusal is counted. Nothing but the fields of [Event] survives decoding:
// unknown fields, which may hold personal data, are dropped unread, and
// identity codes, addresses and credentials inside the free error text are
// blanked before anybody sees them.
//
// The package also holds the error codes of the specification (section 3.2,
// ERR-01 to ERR-07) as typed values with their texts in Estonian and English,
// and [Mask], which makes a refused payload safe to show.
//
// The wire's own names, such as clientId and SUCCESSFUL_AUTH, stand in this
// package and nowhere else. It imports the standard library only.
package event
