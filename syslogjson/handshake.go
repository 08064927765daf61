package syslogjson

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
	"unicode"
)

// HandshakeFailure says why a connection did not become ready. Its text is stable.
type HandshakeFailure uint8

// The kinds of failure.
const (
	HandshakeOther         HandshakeFailure = iota // anything else, such as no common version or cipher
	HandshakePlain                                 // the peer speaks no TLS
	HandshakeHTTP                                  // the peer speaks HTTP without TLS
	HandshakeNoCertificate                         // the peer has no client certificate
	HandshakeCertificate                           // the peer's certificate is not accepted
	HandshakeTimedOut                              // the peer did not complete it in time
	HandshakeLeft                                  // the peer went away, or refuses our certificate

	numHandshakeFailures = iota
)

var handshakeNames = [numHandshakeFailures]string{
	"other", "no_tls", "http", "no_certificate", "bad_certificate", "timeout", "left",
}

// String returns the kind's stable name, such as "no_certificate".
func (f HandshakeFailure) String() string {
	if int(f) < len(handshakeNames) {
		return handshakeNames[f]
	}
	return fmt.Sprintf("handshake(%d)", uint8(f))
}

// HandshakeError describes a connection that did not become ready. A sender under
// TLS 1.3 often sees no error in this case: only the receiver can raise the alarm.
type HandshakeError struct {
	Peer     Peer // its Name is what the refused certificate claims, unverified
	Failure  HandshakeFailure
	NotAfter time.Time // of the refused certificate, or zero
	Err      error
}

// Error names the peer and the cause.
func (e *HandshakeError) Error() string {
	return fmt.Sprintf("syslogjson: handshake with %s: %s: %v", e.Peer.Addr, e.Failure, e.Err)
}

// Unwrap returns the cause.
func (e *HandshakeError) Unwrap() error { return e.Err }

// shake does the TLS handshake, if the server has TLS, and learns the peer's name.
func (c *conn) shake() bool {
	if c.tls == nil {
		return true
	}
	deadline := time.Now().Add(c.s.limits.handshakeTimeout)
	ctx, cancel := context.WithDeadline(c.s.ctx, deadline)
	defer cancel()
	gate := &handshakeGate{Conn: c.in, ctx: ctx, tokens: c.s.handshake}
	tc := tls.Server(gate, c.tls)
	err := gate.enter()
	if err == nil {
		err = tc.HandshakeContext(ctx)
	}
	gate.open()
	if err != nil {
		c.refuse(err)
		return false
	}
	c.nc = tc
	if cert := c.certificate(); cert != nil {
		c.peer.Name = certificateName(cert)
	}
	return true
}

// certificate returns the peer's verified certificate, or nil.
func (c *conn) certificate() *x509.Certificate {
	tc, ok := c.nc.(*tls.Conn)
	if !ok {
		return nil
	}
	state := tc.ConnectionState()
	if len(state.VerifiedChains) == 0 {
		return nil
	}
	return state.PeerCertificates[0]
}

// refuse accounts for a failed handshake.
func (c *conn) refuse(err error) {
	he := &HandshakeError{Peer: c.peer, Failure: classify(err), Err: err}
	if ve, ok := errors.AsType[*tls.CertificateVerificationError](err); ok && len(ve.UnverifiedCertificates) > 0 {
		cert := ve.UnverifiedCertificates[0]
		he.Peer.Name, he.NotAfter = certificateName(cert), cert.NotAfter
	}
	c.s.counts.handshakes[he.Failure].Add(1)
	c.s.log.handshake(he)
	if c.s.OnHandshakeError != nil {
		c.s.OnHandshakeError(he)
	}
}

func classify(err error) HandshakeFailure {
	var (
		record  tls.RecordHeaderError
		invalid *tls.CertificateVerificationError
		alert   tls.AlertError
		op      *net.OpError
	)
	switch {
	case errors.As(err, &invalid):
		return HandshakeCertificate
	case errors.As(err, &record):
		if isHTTP(record.RecordHeader[:]) {
			return HandshakeHTTP
		}
		return HandshakePlain
	case isTimeout(err), errors.Is(err, context.DeadlineExceeded):
		return HandshakeTimedOut
	case strings.Contains(err.Error(), "didn't provide a certificate"): // crypto/tls has no value for it
		return HandshakeNoCertificate
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &alert), errors.As(err, &op):
		return HandshakeLeft
	}
	return HandshakeOther
}

func isHTTP(first []byte) bool {
	for _, method := range []string{"GET ", "HEAD ", "POST ", "PUT ", "PATCH ", "DELETE ", "OPTIONS ", "PRI * "} {
		if bytes.HasPrefix(first, []byte(method[:min(len(method), len(first))])) {
			return true
		}
	}
	return false
}

// certificateName returns the common name, else the first DNS name, fit for a log.
func certificateName(cert *x509.Certificate) string {
	name := cert.Subject.CommonName
	if name == "" && len(cert.DNSNames) > 0 {
		name = cert.DNSNames[0]
	}
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, name)
	for len(name) > maxNameBytes {
		name = strings.ToValidUTF8(name[:maxNameBytes], "")
	}
	return name
}
