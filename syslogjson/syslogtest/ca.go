package syslogtest

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"net"
	"time"
)

// CA is a throwaway certificate authority. Its key never leaves the process.
type CA struct {
	own   tls.Certificate
	chain [][]byte // of an intermediate authority: up to the root, without it
}

// CertOptions are the properties of an issued certificate. The zero value is a
// client certificate without a name, valid from an hour ago for a day.
type CertOptions struct {
	CommonName  string
	DNSNames    []string
	IPAddresses []net.IP
	NotBefore   time.Time          // zero: an hour ago
	NotAfter    time.Time          // zero: 24 hours from now
	ExtKeyUsage []x509.ExtKeyUsage // nil: client authentication; empty and not nil: no such extension
	SelfSigned  bool               // signed by its own key instead of the CA's
}

// NewCA returns a new authority. It panics if the system has no randomness.
func NewCA() *CA { return &CA{own: newCertificate(authority("syslogtest CA"), nil)} }

// Intermediate returns an authority vouched for by ca. Certificates that it issues
// carry the chain up to ca's.
func (ca *CA) Intermediate() *CA {
	own := newCertificate(authority("syslogtest intermediate CA"), ca)
	return &CA{own: own, chain: own.Certificate}
}

func authority(name string) *x509.Certificate {
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
}

// Pool returns a pool with this authority alone.
func (ca *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.own.Leaf)
	return pool
}

// PEM returns the authority's certificate in PEM.
func (ca *CA) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.own.Leaf.Raw})
}

// Issue returns a new certificate with its key. It panics if opts make none.
func (ca *CA) Issue(opts CertOptions) tls.Certificate {
	now := time.Now()
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: opts.CommonName},
		DNSNames:    opts.DNSNames,
		IPAddresses: opts.IPAddresses,
		NotBefore:   cmp.Or(opts.NotBefore, now.Add(-time.Hour)),
		NotAfter:    cmp.Or(opts.NotAfter, now.Add(24*time.Hour)),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: opts.ExtKeyUsage,
	}
	if opts.ExtKeyUsage == nil {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	if opts.SelfSigned {
		ca = nil
	}
	return newCertificate(template, ca)
}

// newCertificate makes a key and a certificate for it that ca signs, or the key itself
// when ca is nil.
func newCertificate(template *x509.Certificate, ca *CA) tls.Certificate {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	parent, signer, chain := template, any(key), [][]byte(nil)
	if ca != nil {
		parent, signer, chain = ca.own.Leaf, ca.own.PrivateKey, ca.chain
	}
	der := must(x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer))
	return tls.Certificate{
		Certificate: append([][]byte{der}, chain...),
		PrivateKey:  key,
		Leaf:        must(x509.ParseCertificate(der)),
	}
}

// PEMPair returns a certificate and its key in PEM, for programs that read files.
func PEMPair(cert tls.Certificate) (certPEM, keyPEM []byte) {
	for _, der := range cert.Certificate {
		certPEM = append(certPEM, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	der := must(x509.MarshalPKCS8PrivateKey(cert.PrivateKey))
	return certPEM, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("syslogtest: %v", err))
	}
	return v
}
