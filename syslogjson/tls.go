package syslogjson

import (
	"crypto/tls"
	"crypto/x509"
)

// ServerTLSConfig returns a configuration for [Server.TLSConfig]: TLS 1.2 with
// ECDHE and AEAD, or TLS 1.3 (RFC 9662), a client certificate that leads to one of
// clientCAs, and no session tickets. A self-signed certificate in clientCAs is
// accepted itself. A certificate whose extended key usage excludes client
// authentication is refused.
func ServerTLSConfig(cert tls.Certificate, clientCAs *x509.CertPool) *tls.Config {
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
// the CAs that may vouch for the server.
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

// withoutTickets returns a clone of cfg that never issues a session ticket, also
// not through GetConfigForClient. An unread ticket makes a sender that never reads
// reset the connection when it closes.
func withoutTickets(cfg *tls.Config) *tls.Config {
	cfg = cfg.Clone()
	cfg.SessionTicketsDisabled = true
	if choose := cfg.GetConfigForClient; choose != nil {
		cfg.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			chosen, err := choose(hello)
			if err != nil || chosen == nil || chosen.SessionTicketsDisabled {
				return chosen, err
			}
			chosen = chosen.Clone()
			chosen.SessionTicketsDisabled = true
			return chosen, nil
		}
	}
	return cfg
}
