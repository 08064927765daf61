package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// authority is a CA: ours, or one that the operator brought.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey // nil: kept elsewhere
}

// newCA returns a new CA and its files.
func newCA(now time.Time) (*authority, []file, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("keys: make key: %w", err)
	}
	t := template(caName, now, caLife)
	t.IsCA, t.BasicConstraintsValid, t.MaxPathLenZero = true, true, true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	certPEM, err := (&authority{cert: t, key: key}).sign(t, key.Public())
	if err != nil {
		return nil, nil, err
	}
	certs, err := parseCerts(certPEM)
	if err != nil {
		return nil, nil, fmt.Errorf("keys: CA: %w", err)
	}
	keyPEM, err := encodeKey(key)
	return &authority{cert: certs[0], key: key}, []file{{CAKey, keyPEM, 0o600}, {CACert, certPEM, 0o644}}, err
}

// readCA reads the CA in dir, nil when there is none. Its certificate is the one
// in ca.crt that belongs to the key: there may be more, of other senders.
func readCA(dir string) (*authority, error) {
	certFile, keyFile := filepath.Join(dir, CACert), filepath.Join(dir, CAKey)
	hasKey, err := exists(keyFile)
	if err != nil {
		return nil, err
	}
	certs, err := readCerts(certFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && hasKey:
		return nil, incomplete(dir, CAKey, CACert, beginAnew(dir))
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil // none is no error
	case err != nil:
		return nil, err
	case !hasKey:
		return &authority{cert: certs[0]}, nil
	}
	key, err := readKey(keyFile)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(certs, func(c *x509.Certificate) bool { return key.PublicKey.Equal(c.PublicKey) })
	if i < 0 {
		return nil, fmt.Errorf("keys: %s is not the key of %s", keyFile, certFile)
	}
	return &authority{cert: certs[i], key: key}, nil
}

func readKey(file string) (*ecdsa.PrivateKey, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("keys: %s holds no PEM block", file)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("keys: %s: %w", file, err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("keys: %s is not an ECDSA key", file)
	}
	return key, nil
}

// made reports whether cert was made here from such a template, by this CA.
func (ca *authority) made(cert, template *x509.Certificate) bool {
	return cert.CheckSignatureFrom(ca.cert) == nil && cert.Subject.CommonName == template.Subject.CommonName
}

// pair makes a certificate and its key, as files.
func (ca *authority) pair(certFile, keyFile string, template *x509.Certificate) ([]file, error) {
	if ca.key == nil {
		return nil, fmt.Errorf("keys: %s is missing, and so is %s to make it with", certFile, CAKey)
	}
	cert, key, err := ca.issue(template)
	// The key is written first: a certificate alone may be one that somebody brought.
	return []file{{keyFile, key, 0o600}, {certFile, cert, 0o644}}, err
}

func (ca *authority) issue(template *x509.Certificate) (certPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("keys: make key: %w", err)
	}
	if certPEM, err = ca.sign(template, key.Public()); err != nil {
		return nil, nil, err
	}
	keyPEM, err = encodeKey(key)
	return certPEM, keyPEM, err
}

func (ca *authority) sign(template *x509.Certificate, key crypto.PublicKey) (certPEM []byte, err error) {
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, key, ca.key)
	if err != nil {
		return nil, fmt.Errorf("keys: make certificate %q: %w", template.Subject.CommonName, err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}
