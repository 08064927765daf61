package keys_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/e-gov/tarastat/internal/keys"
)

// A first start makes everything; the CA's certificate is what a browser or a
// sender has to know.
func ExampleEnsure() {
	data, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(data)
	dir := filepath.Join(data, "keys")
	if err := keys.Ensure(dir, []string{"tarastat.example", "127.0.0.1"}, time.Now()); err != nil {
		panic(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		fmt.Println(f.Name())
	}
	// Output:
	// ca.crt
	// ca.key
	// client.crt
	// client.key
	// server.crt
	// server.key
}

func ExampleLoadPair() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := keys.Ensure(dir, []string{"tarastat.example"}, time.Now()); err != nil {
		panic(err)
	}
	certFile, keyFile := filepath.Join(dir, keys.ServerCert), filepath.Join(dir, keys.ServerKey)
	pair, err := keys.LoadPair(certFile, keyFile)
	if err != nil {
		panic(err)
	}
	pool, err := keys.LoadPool(filepath.Join(dir, keys.CACert))
	if err != nil {
		panic(err)
	}
	_, err = pair.Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: "tarastat.example"})
	fmt.Println("verified:", err == nil)

	if err := os.Chmod(keyFile, 0o644); err != nil {
		panic(err)
	}
	_, err = keys.LoadPair(certFile, keyFile)
	fmt.Println("readable by all:", errors.Is(err, keys.ErrKeyMode))
	// Output:
	// verified: true
	// readable by all: true
}
