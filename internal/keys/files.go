package keys

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
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

// readPair reads a certificate, which may have others after it, and looks for
// its key. It returns no certificate when both are missing; a key alone gives
// [ErrIncomplete] with that remedy.
func readPair(dir, certFile, keyFile, remedy string) (certs []*x509.Certificate, hasKey bool, err error) {
	_, err = os.Stat(filepath.Join(dir, keyFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, false, fmt.Errorf("keys: %w", err)
	}
	hasKey = err == nil
	certs, err = readCerts(filepath.Join(dir, certFile))
	if err == nil && certs == nil && hasKey {
		err = incomplete(dir, keyFile, certFile, remedy)
	}
	return certs, hasKey, err
}

// readCerts reads the certificates of a PEM file, of which there is at least
// one: it returns none when there is no such file.
func readCerts(name string) ([]*x509.Certificate, error) {
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	var certs []*x509.Certificate
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("keys: %s: %w", name, err)
		}
		certs = append(certs, cert)
	}
	if len(certs) == 0 {
		return nil, fmt.Errorf("keys: %s: no certificate in it", name)
	}
	return certs, nil
}

func readKey(name string) (*ecdsa.PrivateKey, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("keys: %s holds no PEM block", name)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("keys: %s: %w", name, err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("keys: %s is not an ECDSA key", name)
	}
	return key, nil
}

// file is a file to be written.
type file struct {
	name string
	data []byte
	mode os.FileMode
}

func certFile(name string, cert *x509.Certificate) file {
	return file{name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}), 0o644}
}

// pairFiles has the key first: a certificate alone may be one that somebody brought.
func pairFiles(certName, keyName string, cert *x509.Certificate, key *ecdsa.PrivateKey) ([]file, error) {
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("keys: encode key: %w", err)
	}
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	return []file{{keyName, keyPEM, 0o600}, certFile(certName, cert)}, nil
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
