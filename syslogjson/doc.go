// Package syslogjson receives syslog messages whose text is a JSON object, over
// TLS or TCP, and sends them. A receiver, which demands certificates of its senders:
//
//	srv := &syslogjson.Server{
//		TLSConfig: syslogjson.ServerTLSConfig(cert, senderCAs),
//		Handler: syslogjson.HandlerFunc(func(ctx context.Context, m *syslogjson.Message) error {
//			fmt.Printf("%s sent %s\n", m.Peer.Name, m.Payload)
//			return nil
//		}),
//	}
//	err := srv.ListenAndServeTLS("", "") // until srv.Shutdown(ctx)
//
// A sender:
//
//	c, err := syslogjson.Dial(ctx, "logs.example:6514", syslogjson.ClientTLSConfig(cert, serverCAs), syslogjson.ClientOptions{})
//	err = c.Send([]byte(`{"n":1}`))
//	err = c.Close() // nil: the server has read everything
//
// The sender's whole certificate is at m.Peer.TLS. What could not be handed on is told
// to [Server.OnReject], or logged, and counted in [Server.Stats].
//
// [Server] is shaped like [net/http.Server]: set its fields, then call
// [Server.Serve]. It hands every message to a [Handler]. [Reader] and [Parser]
// are its two halves for those who bring their own connection: a Reader cuts a
// byte stream into bounded frames, a Parser finds the header and the JSON
// payload in a frame. [Client] sends.
//
// # What is understood
//
//   - RFC 6587 framing, told apart for every frame: octet counting (section
//     3.4.1) where the bytes match "[1-9][0-9]{0,6} <", otherwise non-transparent
//     framing (section 3.4.2) that ends at a newline. Stray LF, CR, NUL and
//     spaces between frames are skipped.
//   - RFC 5424 headers, and the loose BSD headers of RFC 3164.
//   - RFC 5425 transport (syslog over TLS) with client certificates, as amended by
//     RFC 9662: TLS 1.2 with ECDHE and AEAD, or TLS 1.3.
//
// Not understood: UDP (RFC 5426), DTLS (RFC 6012), RELP, messages without a
// priority, and messages that hold no JSON object.
//
// # What is promised
//
// A bad frame never ends a connection and never harms its neighbours; only
// [MaxBadFrames] bad frames in a row end it. Each is counted in one
// [Class]. Memory for one connection is bounded by the message limit, whatever
// the peer sends.
//
// Octet counts may lie. Where the JSON object of a counted frame ends and the
// beginning of another frame follows inside the count, the count was too large:
// the frame is rejected as [ClassBadCount] and reading goes on where its object
// ended. Where a counted frame is followed by bytes that begin no frame, the
// count was too small: those bytes are rejected as [ClassBadCount] up to the next
// newline or the next "count <PRI>", and the frame itself has been handed on with an
// incomplete object, which no JSON parser accepts. So every good frame but the lying
// one is delivered. Two limits: the bytes claimed by a count above the message limit are
// skipped unread (at most [MaxSkipBytes]), and text that ends in a digit
// just before the next count cannot be told from that count.
//
// The server writes nothing on a connection unless [Server.Replies] is set, and
// never issues TLS session tickets: a sender that never reads and closes with
// unread bytes in its socket resets the connection, which destroys what it had
// sent and we had not read.
package syslogjson
