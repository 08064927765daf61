package syslogjson

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"time"
	"unicode"
)

// ServerTLSConfig returns a configuration for [Server.TLSConfig]: TLS 1.2 with
// ECDHE and AEAD, or TLS 1.3 (RFC 9662), a client certificate that leads to one of
// clientCAs, and no session tickets. A self-signed certificate in clientCAs is
// accepted itself. A certificate whose extended key usage excludes client
// authentication is refused. A nil clientCAs lets nobody in: the authorities of the
// system vouch for servers of strangers, not for senders.
func ServerTLSConfig(cert tls.Certificate, clientCAs *x509.CertPool) *tls.Config {
	if clientCAs == nil {
		clientCAs = x509.NewCertPool() // crypto/tls takes nil for the system's authorities
	}
	return &tls.Config{
		Certificates:           []tls.Certificate{cert},
		ClientCAs:              clientCAs,
		ClientAuth:             tls.RequireAndVerifyClientCert,
		MinVersion:             tls.VersionTLS12,
		CipherSuites:           cipherSuites12(),
		SessionTicketsDisabled: true,
	}
}

// ClientTLSConfig returns a configuration for [Dial]: the client's certificate, and
// the CAs that may vouch for the server; nil means the system's.
func ClientTLSConfig(cert tls.Certificate, serverCAs *x509.CertPool) *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{cert},
		RootCAs:      serverCAs,
		MinVersion:   tls.VersionTLS12,
		CipherSuites: cipherSuites12(),
	}
}

// cipherSuites12 are the suites for TLS 1.2: forward secret and authenticated.
func cipherSuites12() []uint16 {
	return []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	}
}

// prepared returns a clone of cfg that is fit to serve, or why none is: see [usable]
// and [withoutTickets]. A configuration that is chosen for each client is judged when
// it is chosen, and refuses that client.
func prepared(cfg *tls.Config) (*tls.Config, error) {
	choose := cfg.GetConfigForClient
	if choose == nil {
		if err := usable(cfg); err != nil {
			return nil, err
		}
		return withoutTickets(cfg), nil
	}
	own := cfg
	cfg = withoutTickets(cfg)
	cfg.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		chosen, err := choose(hello)
		if err != nil {
			return nil, err
		}
		if err := usable(cmp.Or(chosen, own)); err != nil {
			return nil, err
		}
		if chosen == nil || chosen.SessionTicketsDisabled {
			return chosen, nil
		}
		return withoutTickets(chosen), nil
	}
	return cfg, nil
}

// usable refuses a configuration that could let in nobody, for want of a certificate,
// or anybody, because crypto/tls takes nil ClientCAs for the system's authorities.
func usable(cfg *tls.Config) error {
	if cfg.ClientAuth >= tls.VerifyClientCertIfGiven && cfg.ClientCAs == nil {
		return errors.New("syslogjson: TLSConfig verifies client certificates, but its ClientCAs are nil: " +
			"say who vouches for the senders, see ServerTLSConfig")
	}
	if cfg.GetCertificate == nil && !slices.ContainsFunc(cfg.Certificates, func(c tls.Certificate) bool { return len(c.Certificate) > 0 }) {
		return errors.New("syslogjson: TLSConfig has no certificate: fill Certificates, or set GetCertificate")
	}
	return nil
}

// withoutTickets returns a clone of cfg that never issues a session ticket. An unread
// ticket makes a sender that never reads reset the connection when it closes.
func withoutTickets(cfg *tls.Config) *tls.Config {
	cfg = cfg.Clone()
	cfg.SessionTicketsDisabled = true
	return cfg
}

// shake does the TLS handshake, if there is TLS, and learns the peer's name.
func (c *conn) shake() bool {
	tc := c.secure
	if c.tls != nil {
		tc = tls.Server(c.in, c.tls)
		c.nc = tc
	}
	if tc == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(c.s.ctx, positive(c.s.HandshakeTimeout, DefaultHandshakeTimeout))
	defer cancel()
	if err := tc.HandshakeContext(ctx); err != nil {
		c.refuse(err)
		return false
	}
	state := tc.ConnectionState()
	c.peer.TLS = &state
	if chains := state.VerifiedChains; len(chains) > 0 {
		cert := chains[0][0]
		c.peer.Name, c.notAfter = certificateName(cert), cert.NotAfter
	}
	return true
}

// refuse accounts for a failed handshake. A sender under TLS 1.3 often sees no error
// in this case: only the receiver can raise the alarm. The certificate's name is what
// it claims, unverified.
func (c *conn) refuse(err error) {
	class := classify(err)
	c.s.counts.add(func(st *Stats) { st.Handshakes[class]++ })
	var name string
	var notAfter time.Time
	var ve *tls.CertificateVerificationError
	if errors.As(err, &ve) && len(ve.UnverifiedCertificates) > 0 {
		name, notAfter = certificateName(ve.UnverifiedCertificates[0]), ve.UnverifiedCertificates[0].NotAfter
	}
	c.s.rarely(string(class), c.peer.String()).Warn("syslog connection refused", "reason", class, "addr", c.peer.Addr,
		"certificate", name, "not_after", notAfter, "err", err)
}

func classify(err error) HandshakeClass {
	var (
		record  tls.RecordHeaderError
		invalid *tls.CertificateVerificationError
		alert   tls.AlertError
		op      *net.OpError
	)
	switch {
	case errors.As(err, &invalid):
		return HandshakeBadCertificate
	case errors.As(err, &record):
		if isHTTP(record.RecordHeader[:]) {
			return HandshakeHTTP
		}
		return HandshakeNoTLS
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
	const maxNameBytes = 256
	for len(name) > maxNameBytes {
		name = strings.ToValidUTF8(name[:maxNameBytes], "")
	}
	return name
}
