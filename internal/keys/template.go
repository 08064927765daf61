package keys

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
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
		name := strings.ToLower(h)
		if ip := net.ParseIP(h); ip != nil {
			if !slices.ContainsFunc(t.IPAddresses, ip.Equal) {
				t.IPAddresses = append(t.IPAddresses, ip)
			}
		} else if !slices.Contains(t.DNSNames, name) {
			t.DNSNames = append(t.DNSNames, name)
		}
	}
	return t
}

func template(name string, now time.Time, life time.Duration) *x509.Certificate {
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
	}
}
