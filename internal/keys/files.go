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
	raw, err := os.ReadFile(file) //nolint:gosec // a configured path
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("keys: %s holds no certificate", file)
	}
	return pool, nil
}

func readCert(file string) (*x509.Certificate, error) {
	raw, err := os.ReadFile(file) //nolint:gosec // a configured path
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("keys: %s holds no PEM block", file)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("keys: %s: %w", file, err)
	}
	return cert, nil
}

func encode(der []byte, key *ecdsa.PrivateKey) (certPEM, keyPEM []byte, err error) {
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("keys: encode key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), nil
}

// writePair writes the key first: a certificate without its key would be taken
// for one that somebody brought.
func writePair(dir, certFile, keyFile string, certPEM, keyPEM []byte) error {
	if err := writeFile(filepath.Join(dir, keyFile), keyPEM, 0o600); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, certFile), certPEM, 0o644)
}

// writeFile writes a file whole or not at all.
func writeFile(name string, data []byte, mode os.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // gone already when all went well
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("keys: write %s: %w", name, err)
	}
	return nil
}
