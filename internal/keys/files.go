package keys

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// maxKeyMode is the widest mode of a key file that is accepted: its owner
// writes, its group reads.
const maxKeyMode = 0o640

// ErrKeyMode is returned for a key file that others can read.
var ErrKeyMode = errors.New("key file is readable by others: want mode 0640 or less")

// LoadPair loads a certificate chain and its key from PEM files. A key file
// that others than owner and group may read gives [ErrKeyMode].
func LoadPair(certFile, keyFile string) (tls.Certificate, error) {
	info, err := os.Stat(keyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("keys: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&^maxKeyMode != 0 {
		return tls.Certificate{}, fmt.Errorf("keys: %s: %w", keyFile, ErrKeyMode)
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("keys: load %s: %w", certFile, err)
	}
	return pair, nil
}

// LoadPool loads the certificates of a PEM file: CAs, or the self-signed
// certificates of single senders.
func LoadPool(file string) (*x509.CertPool, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("keys: %s holds no certificate", file)
	}
	return pool, nil
}

// readCerts reads the certificates of a PEM file, of which there is at least one.
func readCerts(file string) ([]*x509.Certificate, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	certs, err := parseCerts(raw)
	if err != nil {
		return nil, fmt.Errorf("keys: %s: %w", file, err)
	}
	return certs, nil
}

func parseCerts(raw []byte) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		certs = append(certs, cert)
	}
	if len(certs) == 0 {
		return nil, errors.New("no certificate in it")
	}
	return certs, nil
}

func encodeKey(key *ecdsa.PrivateKey) ([]byte, error) {
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("keys: encode key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), nil
}

// file is a file to be written.
type file struct {
	name string
	data []byte
	mode os.FileMode
}

// writeFiles writes each file whole or not at all, in this order. When it
// returns nil, they survive a power cut.
func writeFiles(dir string, files []file) error {
	if len(files) == 0 {
		return nil
	}
	for _, f := range files {
		if err := writeFile(dir, f); err != nil {
			return fmt.Errorf("keys: write %s: %w", filepath.Join(dir, f.name), err)
		}
	}
	return syncDir(dir)
}

func writeFile(dir string, f file) error {
	tmp, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(f.data)
	if err := errors.Join(err, tmp.Chmod(f.mode), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), filepath.Join(dir, f.name))
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // which has no such call
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("keys: sync %s: %w", dir, err)
	}
	return nil
}
