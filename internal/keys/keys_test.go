package keys_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/keys"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, name := range []string{
		keys.CACert, keys.CAKey, keys.ServerCert, keys.ServerKey, keys.ClientCert, keys.ClientKey,
	} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(data)
	}
	return out
}

func TestEnsureMakesWhatServesBothSides(t *testing.T) {
	is := is.New(t)
	dir := filepath.Join(t.TempDir(), "keys")
	is.NoErr(keys.Ensure(dir, []string{"localhost", "127.0.0.1", "::1", "tarastat.example"}, now))
	pool, err := keys.LoadPool(filepath.Join(dir, keys.CACert))
	is.NoErr(err)

	server, err := keys.LoadPair(filepath.Join(dir, keys.ServerCert), filepath.Join(dir, keys.ServerKey))
	is.NoErr(err)
	for _, host := range []string{"localhost", "127.0.0.1", "::1", "tarastat.example"} {
		_, err := server.Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: host, CurrentTime: now})
		is.NoErr(err)
	}
	client, err := keys.LoadPair(filepath.Join(dir, keys.ClientCert), filepath.Join(dir, keys.ClientKey))
	is.NoErr(err)
	asClient := x509.VerifyOptions{Roots: pool, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	_, err = client.Leaf.Verify(asClient)
	is.NoErr(err)
	is.Equal(client.Leaf.Subject.CommonName, keys.ClientName)
	_, err = server.Leaf.Verify(asClient)
	is.True(err != nil) // the server's certificate does not make a sender

	for name := range files(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		is.NoErr(err)
		if filepath.Ext(name) == ".key" {
			is.Equal(info.Mode().Perm(), fs.FileMode(0o600))
		}
	}
}

func TestEnsureKeepsWhatIsThere(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	is.NoErr(keys.Ensure(dir, []string{"localhost"}, now))
	before := files(t, dir)
	is.NoErr(keys.Ensure(dir, []string{"localhost", "other"}, now.AddDate(1, 0, 0)))
	is.Equal(files(t, dir), before)
}

func TestEnsureRenewsItsOwnServerCertificate(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	is.NoErr(keys.Ensure(dir, []string{"localhost"}, now))
	before := files(t, dir)
	later := now.AddDate(0, 0, 780) // within 30 days of its end
	is.NoErr(keys.Ensure(dir, []string{"localhost"}, later))
	after := files(t, dir)
	is.True(after[keys.ServerCert] != before[keys.ServerCert])
	is.Equal(after[keys.CACert], before[keys.CACert])
	is.Equal(after[keys.ClientCert], before[keys.ClientCert]) // a sender has it
	_, err := tls.X509KeyPair([]byte(after[keys.ServerCert]), []byte(after[keys.ServerKey]))
	is.NoErr(err)
}

func TestEnsureWithTheCAKeyElsewhere(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	is.NoErr(keys.Ensure(dir, nil, now))
	is.NoErr(os.Remove(filepath.Join(dir, keys.CAKey)))
	is.NoErr(keys.Ensure(dir, nil, now)) // nothing is missing that it must make
	is.NoErr(os.Remove(filepath.Join(dir, keys.ClientCert)))
	is.True(keys.Ensure(dir, nil, now) != nil) // and it says so rather than make another CA
}

func TestIssueClient(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	is.NoErr(keys.Ensure(dir, nil, now))
	cert, key, err := keys.IssueClient(dir, "tara-2", now)
	is.NoErr(err)
	pair, err := tls.X509KeyPair(cert, key)
	is.NoErr(err)
	is.Equal(pair.Leaf.Subject.CommonName, "tara-2")
	_, _, err = keys.IssueClient(t.TempDir(), "x", now)
	is.True(errors.Is(err, fs.ErrNotExist))
}

func TestLoadRefuses(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	is.NoErr(keys.Ensure(dir, nil, now))
	cert, key := filepath.Join(dir, keys.ServerCert), filepath.Join(dir, keys.ServerKey)
	is.NoErr(os.Chmod(key, 0o640))
	_, err := keys.LoadPair(cert, key)
	is.NoErr(err)
	is.NoErr(os.Chmod(key, 0o644))
	_, err = keys.LoadPair(cert, key)
	is.True(errors.Is(err, keys.ErrKeyMode))
	_, err = keys.LoadPair(cert, filepath.Join(dir, keys.ClientKey))
	is.True(err != nil) // another's key
	_, err = keys.LoadPool(key)
	is.True(err != nil) // no certificate in it
	_, err = keys.LoadPool(filepath.Join(dir, "absent"))
	is.True(errors.Is(err, fs.ErrNotExist))
}
