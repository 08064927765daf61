package keys_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
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
	dir := t.TempDir()
	is := is.New(t)
	is.NoErr(keys.Ensure(dir, []string{"localhost", "tarastat.example", "::1"}, now))
	before := files(t, dir)
	for name, hosts := range map[string][]string{
		"equal":     {"localhost", "tarastat.example", "::1"},
		"fewer":     {"::1"},
		"none":      nil,
		"otherwise": {"0:0:0:0:0:0:0:1", "LOCALHOST", "localhost"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			is.NoErr(keys.Ensure(dir, hosts, now.AddDate(1, 0, 0)))
			is.Equal(files(t, dir), before)
		})
	}
}

func TestEnsureRenewsItsOwnServerCertificate(t *testing.T) {
	for name, tt := range map[string]struct {
		hosts []string
		at    time.Time
	}{
		"about to end":     {[]string{"localhost"}, now.AddDate(0, 0, 780)}, // within 30 days of its end
		"lacks a name":     {[]string{"localhost", "new.example", "New.example"}, now},
		"lacks an address": {[]string{"127.0.0.1", "127.0.0.1", "::ffff:127.0.0.1"}, now},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			dir := t.TempDir()
			is.NoErr(keys.Ensure(dir, []string{"localhost"}, now))
			key := filepath.Join(dir, keys.ServerKey)
			is.NoErr(os.Chmod(key, 0o640)) // the operator lets a group read it
			before := files(t, dir)
			is.NoErr(keys.Ensure(dir, tt.hosts, tt.at))
			after := files(t, dir)
			is.True(after[keys.ServerCert] != before[keys.ServerCert])
			info, err := os.Stat(key)
			is.NoErr(err)
			is.Equal(info.Mode().Perm(), fs.FileMode(0o640))
			pair, err := keys.LoadPair(filepath.Join(dir, keys.ServerCert), key)
			is.NoErr(err)
			for _, host := range tt.hosts {
				is.NoErr(pair.Leaf.VerifyHostname(host))
			}
			names := pair.Leaf.DNSNames
			for _, ip := range pair.Leaf.IPAddresses {
				names = append(names, ip.String())
			}
			slices.Sort(names)
			is.Equal(len(slices.Compact(slices.Clone(names))), len(names)) // each once
			delete(before, keys.ServerCert)
			delete(after, keys.ServerCert)
			is.Equal(after, before) // a sender has the client's
		})
	}
}

// An operator's certificate stays as it is, whatever it says and lacks.
func TestEnsureNeverTouchesTheOperators(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	cert, key := syslogtest.PEMPair(syslogtest.NewCA().Issue(syslogtest.CertOptions{
		CommonName: "TARA-Stat", NotAfter: now.AddDate(0, 0, -1),
	}))
	is.NoErr(os.WriteFile(filepath.Join(dir, keys.ServerCert), cert, 0o600))
	is.NoErr(os.WriteFile(filepath.Join(dir, keys.ServerKey), key, 0o600))
	for range 2 { // with a CA to be made, and with one
		is.NoErr(keys.Ensure(dir, []string{"localhost"}, now))
		got := files(t, dir)
		is.Equal(got[keys.ServerCert], string(cert))
		is.Equal(got[keys.ServerKey], string(key))
	}
	is.NoErr(os.Remove(filepath.Join(dir, keys.ServerKey))) // it may be elsewhere
	is.NoErr(keys.Ensure(dir, []string{"localhost"}, now))
}

func TestEnsureNarrowsTheDirectory(t *testing.T) {
	for _, mode := range []fs.FileMode{0o777, 0o750, 0o701, 0o700} {
		t.Run(mode.String(), func(t *testing.T) {
			is := is.New(t)
			dir := t.TempDir()
			is.NoErr(os.Chmod(dir, mode))
			is.NoErr(keys.Ensure(dir, nil, now))
			info, err := os.Stat(dir)
			is.NoErr(err)
			is.Equal(info.Mode().Perm(), fs.FileMode(0o700))
		})
	}
}

func TestEnsureWithTheCAKeyElsewhere(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	is.NoErr(keys.Ensure(dir, nil, now))
	is.NoErr(os.Remove(filepath.Join(dir, keys.CAKey)))
	is.NoErr(keys.Ensure(dir, nil, now))                     // nothing is missing that it must make
	is.NoErr(keys.Ensure(dir, []string{"new.example"}, now)) // a renewal has to wait for the key
	is.NoErr(os.Remove(filepath.Join(dir, keys.ClientCert)))
	is.NoErr(os.Remove(filepath.Join(dir, keys.ClientKey)))
	err := keys.Ensure(dir, nil, now) // it says so rather than make another CA
	is.True(err != nil && strings.Contains(err.Error(), "client.crt is missing, and so is ca.key"))
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
	is.NoErr(os.Remove(filepath.Join(dir, keys.CAKey)))
	for _, without := range []string{dir, t.TempDir()} {
		_, _, err = keys.IssueClient(without, "x", now)
		is.True(errors.Is(err, fs.ErrNotExist))
	}
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
