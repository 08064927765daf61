package syslogtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// CA is a throwaway certificate authority. Its key never leaves the process.
type CA struct {
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
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
func NewCA() *CA {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := authority("syslogtest CA")
	der := must(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
	return &CA{cert: must(x509.ParseCertificate(der)), key: key}
}

// Intermediate returns an authority vouched for by ca. Certificates that it issues
// carry the chain up to ca's.
func (ca *CA) Intermediate() *CA {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := authority("syslogtest intermediate CA")
	der := must(x509.CreateCertificate(rand.Reader, template, ca.cert, key.Public(), ca.key))
	return &CA{cert: must(x509.ParseCertificate(der)), key: key, chain: append([][]byte{der}, ca.chain...)}
}

func authority(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          serial(),
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
	pool.AddCert(ca.cert)
	return pool
}

// PEM returns the authority's certificate in PEM.
func (ca *CA) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw})
}

// Issue returns a new certificate with its key. It panics if opts make none.
func (ca *CA) Issue(opts CertOptions) tls.Certificate {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: opts.CommonName},
		DNSNames:     opts.DNSNames,
		IPAddresses:  opts.IPAddresses,
		NotBefore:    orTime(opts.NotBefore, -time.Hour),
		NotAfter:     orTime(opts.NotAfter, 24*time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  opts.ExtKeyUsage,
	}
	if opts.ExtKeyUsage == nil {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	parent, signer, chain := ca.cert, ca.key, ca.chain
	if opts.SelfSigned {
		parent, signer, chain = template, key, nil
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

func orTime(t time.Time, fromNow time.Duration) time.Time {
	if t.IsZero() {
		return time.Now().Add(fromNow)
	}
	return t
}

func serial() *big.Int {
	return must(rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("syslogtest: %v", err))
	}
	return v
}
