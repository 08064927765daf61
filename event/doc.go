// Package event is one authentication event of TARA: what its fields mean,
// how it is read from the JSON a sender writes, and when it is refused.
//
//	e, err := event.Parse(payload) // what a sender wrote
//	var refused *event.FieldError
//	if errors.As(err, &refused) {
//		rejected[refused.Class]++ // event.Classes() are all of them
//	}
//	own, err := event.New(event.Event{ // made by hand
//		Time: time.Now(), ClientID: "openIdDemo", Method: event.MethodIDCard, Operation: event.OpSuccess,
//	})
//	line := event.AppendJSON(nil, own) // as a sender writes it
//
// [Parse] turns the payload of a syslog message into an [Event], or says why
// it cannot with a [FieldError], which carries the [Class] under which the
// refusal is counted. Nothing but the fields of [Event] survives decoding:
// unknown fields, which may hold personal data, are dropped unread, and
// identity codes, addresses and credentials inside the free error text are
// blanked before anybody sees them.
//
// [Mask] makes a refused payload safe to show.
//
// The wire's own names, such as clientId and SUCCESSFUL_AUTH, stand in this
// package and nowhere else. It imports the standard library only.
package event
