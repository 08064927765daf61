// Package keys makes the certificates that a first start needs, and loads those
// that the operator brings.
package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// The files of a key directory.
const (
	CACert     = "ca.crt"
	CAKey      = "ca.key"
	ServerCert = "server.crt"
	ServerKey  = "server.key"
	ClientCert = "client.crt"
	ClientKey  = "client.key"
)

// Lifetimes of what is made. The server's own certificate is made anew when it
// is about to end; the client's is not, since somebody has carried it to a
// sender.
const (
	caLife      = 20 * 365 * 24 * time.Hour
	serverLife  = 800 * 24 * time.Hour // browsers refuse more than 825 days
	clientLife  = 10 * 365 * 24 * time.Hour
	renewBefore = 30 * 24 * time.Hour
	backdate    = time.Hour // the sender's clock may be behind
)

// ClientName is the common name of the client certificate that is made: the
// sender's name on the pages.
const ClientName = "tara-server"

// Ensure makes in dir whatever is missing of a CA, a server certificate for the
// given names and addresses, and a client certificate for one sender. What is
// there stays, but for a server certificate of ours that ends within 30 days.
// The directory and the keys are readable by their owner only.
func Ensure(dir string, hosts []string, now time.Time) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	ca, err := ensureCA(dir, now)
	if err != nil {
		return err
	}
	server := leaf("TARA-Stat", x509.ExtKeyUsageServerAuth, now, serverLife)
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			server.IPAddresses = append(server.IPAddresses, ip)
		} else {
			server.DNSNames = append(server.DNSNames, h)
		}
	}
	if err := ca.ensure(dir, ServerCert, ServerKey, server, now.Add(renewBefore)); err != nil {
		return err
	}
	return ca.ensure(dir, ClientCert, ClientKey, leaf(ClientName, x509.ExtKeyUsageClientAuth, now, clientLife), time.Time{})
}

// IssueClient makes a certificate for one more sender by the CA in dir, and
// returns it and its key as PEM.
func IssueClient(dir, name string, now time.Time) (cert, key []byte, err error) {
	ca, err := loadCA(dir)
	if err != nil {
		return nil, nil, err
	}
	return ca.issue(leaf(name, x509.ExtKeyUsageClientAuth, now, clientLife))
}

type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func ensureCA(dir string, now time.Time) (*authority, error) {
	ca, err := loadCA(dir)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return ca, err
	}
	if _, err := os.Stat(filepath.Join(dir, CACert)); err == nil {
		return &authority{}, nil // an operator's CA whose key is elsewhere, rightly
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("keys: make CA key: %w", err)
	}
	template := leaf("TARA-Stat CA", 0, now, caLife)
	template.ExtKeyUsage = nil
	template.IsCA, template.BasicConstraintsValid, template.MaxPathLenZero = true, true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("keys: make CA certificate: %w", err)
	}
	certPEM, keyPEM, err := encode(der, key)
	if err != nil {
		return nil, err
	}
	if err := writePair(dir, CACert, CAKey, certPEM, keyPEM); err != nil {
		return nil, err
	}
	return loadCA(dir)
}

func loadCA(dir string) (*authority, error) {
	cert, err := readCert(filepath.Join(dir, CACert))
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(filepath.Join(dir, CAKey)) //nolint:gosec // a configured path
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("keys: %s holds no PEM block", filepath.Join(dir, CAKey))
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("keys: CA key: %w", err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("keys: CA key is not an ECDSA key")
	}
	return &authority{cert: cert, key: key}, nil
}

// ensure makes a pair that is missing, or whose certificate is ours and ends
// before the given time.
func (ca *authority) ensure(dir, certFile, keyFile string, template *x509.Certificate, endsBefore time.Time) error {
	old, err := readCert(filepath.Join(dir, certFile))
	if err == nil {
		ours := ca.cert != nil && old.CheckSignatureFrom(ca.cert) == nil
		if !ours || !old.NotAfter.Before(endsBefore) {
			return nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if ca.key == nil {
		return fmt.Errorf("keys: %s is missing, and so is %s to make it with", certFile, CAKey)
	}
	cert, key, err := ca.issue(template)
	if err != nil {
		return err
	}
	return writePair(dir, certFile, keyFile, cert, key)
}

func (ca *authority) issue(template *x509.Certificate) (certPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("keys: make key: %w", err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, key.Public(), ca.key)
	if err != nil {
		return nil, nil, fmt.Errorf("keys: make certificate: %w", err)
	}
	return encode(der, key)
}

func leaf(name string, usage x509.ExtKeyUsage, now time.Time, life time.Duration) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		panic("keys: no randomness: " + err.Error()) // crypto/rand never fails on a supported system
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-backdate),
		NotAfter:     now.Add(life),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{usage},
	}
}
