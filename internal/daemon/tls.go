package daemon

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"os"
	"time"

	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/syslogjson"
)

// makeKeys makes our own keys if any of them is used.
func (d *Daemon) makeKeys() error {
	if d.cfg.keys.own {
		if err := os.MkdirAll(d.cfg.DataDir, 0o700); err != nil {
			return fmt.Errorf("daemon: data directory: %w", err)
		}
		if err := keys.Ensure(d.cfg.KeyDir(), d.cfg.certHosts(), time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// loadKeys loads all keys, so that a wrong one is found before anything opens.
func (d *Daemon) loadKeys() error {
	toSenders, err := keys.LoadPair(d.cfg.keys.syslogCert, d.cfg.keys.syslogKey)
	if err != nil {
		return err
	}
	senders, err := keys.LoadPool(d.cfg.keys.syslogClientCA)
	if err != nil {
		return err
	}
	ofPages, err := keys.LoadPair(d.cfg.keys.httpCert, d.cfg.keys.httpKey)
	if err != nil {
		return err
	}
	d.syslogTLS = syslogjson.ServerTLSConfig(toSenders, senders)
	d.httpTLS = &tls.Config{Certificates: []tls.Certificate{ofPages}, MinVersion: tls.VersionTLS12}
	return nil
}

// fingerprint is the SHA-256 of the certificate that c shows, in hex.
func fingerprint(c *tls.Config) string {
	if len(c.Certificates) == 0 || len(c.Certificates[0].Certificate) == 0 {
		return ""
	}
	sum := sha256.Sum256(c.Certificates[0].Certificate[0])
	return hex.EncodeToString(sum[:])
}
