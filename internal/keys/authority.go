package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Lifetimes of what is made.
const (
	caLife      = 20 * 365 * 24 * time.Hour
	serverLife  = 800 * 24 * time.Hour // browsers refuse more than 825 days
	clientLife  = 10 * 365 * 24 * time.Hour
	renewBefore = 30 * 24 * time.Hour
	backdate    = time.Hour // the sender's clock may be behind
)

// Common names of what is made, beside ClientName.
const (
	caName     = "TARA-Stat CA"
	serverName = "TARA-Stat"
)

func template(name string, now time.Time, life time.Duration) *x509.Certificate {
	return &x509.Certificate{
		Subject:   pkix.Name{CommonName: name},
		NotBefore: now.Add(-backdate),
		NotAfter:  now.Add(life),
		KeyUsage:  x509.KeyUsageDigitalSignature,
	}
}

func clientTemplate(name string, now time.Time) *x509.Certificate {
	t := template(name, now, clientLife)
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return t
}

// serverTemplate names every host once, in the order given.
func serverTemplate(hosts []string, now time.Time) *x509.Certificate {
	t := template(serverName, now, serverLife)
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, h := range hosts {
		if t.VerifyHostname(h) == nil {
			continue
		}
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, strings.ToLower(h))
		}
	}
	return t
}

// authority is a CA: ours, or one that the operator brought.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey // nil: kept elsewhere
}

// newCA returns a new CA and its files.
func newCA(now time.Time) (*authority, []file, error) {
	key, err := newKey()
	if err != nil {
		return nil, nil, err
	}
	t := template(caName, now, caLife)
	t.IsCA, t.BasicConstraintsValid, t.MaxPathLenZero = true, true, true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	cert, err := (&authority{cert: t, key: key}).sign(t, key.Public())
	if err != nil {
		return nil, nil, err
	}
	files, err := pairFiles(CACert, CAKey, cert, key)
	return &authority{cert: cert, key: key}, files, err
}

// readCA reads the CA in dir, nil when there is none. Its certificate is the one
// in ca.crt that belongs to the key: there may be more, of other senders.
func readCA(dir string) (*authority, error) {
	certs, hasKey, err := readPair(dir, CACert, CAKey, beginAnew(dir))
	switch {
	case err != nil || certs == nil:
		return nil, err
	case !hasKey:
		return &authority{cert: certs[0]}, nil
	}
	keyFile := filepath.Join(dir, CAKey)
	key, err := readKey(keyFile)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(certs, func(c *x509.Certificate) bool { return key.PublicKey.Equal(c.PublicKey) })
	if i < 0 {
		return nil, fmt.Errorf("keys: %s is not the key of %s", keyFile, filepath.Join(dir, CACert))
	}
	return &authority{cert: certs[i], key: key}, nil
}

// issue makes a key and a certificate for it.
func (ca *authority) issue(template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := newKey()
	if err != nil {
		return nil, nil, err
	}
	cert, err := ca.sign(template, key.Public())
	return cert, key, err
}

// pair makes a certificate and its key, as files.
func (ca *authority) pair(certFile, keyFile string, template *x509.Certificate) ([]file, error) {
	if ca.key == nil {
		return nil, fmt.Errorf("keys: %s is missing, and so is %s to make it with", certFile, CAKey)
	}
	cert, key, err := ca.issue(template)
	if err != nil {
		return nil, err
	}
	return pairFiles(certFile, keyFile, cert, key)
}

func (ca *authority) sign(template *x509.Certificate, key crypto.PublicKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, key, ca.key)
	if err != nil {
		return nil, fmt.Errorf("keys: make certificate %q: %w", template.Subject.CommonName, err)
	}
	return x509.ParseCertificate(der)
}

func newKey() (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("keys: make key: %w", err)
	}
	return key, nil
}
