package keys_test

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

var all = []string{keys.CACert, keys.CAKey, keys.ClientCert, keys.ClientKey, keys.ServerCert, keys.ServerKey}

// ensured is a key directory with everything in it.
func ensured(t *testing.T, hosts ...string) string {
	t.Helper()
	dir := t.TempDir()
	is.New(t).NoErr(keys.Ensure(dir, hosts, now))
	return dir
}

// files returns the contents of all files in dir.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	is := is.New(t)
	entries, err := os.ReadDir(dir)
	is.NoErr(err)
	out := make(map[string]string)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		is.NoErr(err)
		out[e.Name()] = string(data)
	}
	return out
}

func remove(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		is.New(t).NoErr(os.Remove(filepath.Join(dir, name)))
	}
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	is.New(t).NoErr(err)
	return info.Mode().Perm()
}

func loadServer(t *testing.T, dir string) tls.Certificate {
	t.Helper()
	pair, err := keys.LoadPair(filepath.Join(dir, keys.ServerCert), filepath.Join(dir, keys.ServerKey))
	is.New(t).NoErr(err)
	return pair
}

func TestEnsureMakesWhatServesBothSides(t *testing.T) {
	is := is.New(t)
	dir := filepath.Join(t.TempDir(), "keys")
	hosts := []string{"localhost", "127.0.0.1", "::1", "tarastat.example"}
	is.NoErr(keys.Ensure(dir, hosts, now))
	pool, err := keys.LoadPool(filepath.Join(dir, keys.CACert))
	is.NoErr(err)

	server := loadServer(t, dir)
	for _, host := range hosts {
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

	is.Equal(slices.Sorted(maps.Keys(files(t, dir))), all)
	for _, key := range []string{keys.CAKey, keys.ServerKey, keys.ClientKey} {
		is.Equal(mode(t, filepath.Join(dir, key)), fs.FileMode(0o600))
	}
}

func TestEnsureKeepsWhatIsThere(t *testing.T) {
	dir := ensured(t, "localhost", "tarastat.example", "::1")
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
			dir := ensured(t, "localhost")
			key := filepath.Join(dir, keys.ServerKey)
			is.NoErr(os.Chmod(key, 0o640)) // the operator lets a group read it
			before := files(t, dir)
			is.NoErr(keys.Ensure(dir, tt.hosts, tt.at))
			after := files(t, dir)
			is.True(after[keys.ServerCert] != before[keys.ServerCert])
			is.Equal(mode(t, key), fs.FileMode(0o640))
			leaf := loadServer(t, dir).Leaf
			for _, host := range tt.hosts {
				is.NoErr(leaf.VerifyHostname(host))
			}
			names := leaf.DNSNames
			for _, ip := range leaf.IPAddresses {
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
	remove(t, dir, keys.ServerKey) // it may be elsewhere
	is.NoErr(keys.Ensure(dir, []string{"localhost"}, now))
}

func TestEnsureNarrowsTheDirectory(t *testing.T) {
	for _, wide := range []fs.FileMode{0o777, 0o750, 0o701, 0o700} {
		is := is.New(t)
		dir := t.TempDir()
		is.NoErr(os.Chmod(dir, wide))
		is.NoErr(keys.Ensure(dir, nil, now))
		is.Equal(mode(t, dir), fs.FileMode(0o700))
	}
}

func TestEnsureWithTheCAKeyElsewhere(t *testing.T) {
	is := is.New(t)
	dir := ensured(t)
	remove(t, dir, keys.CAKey)
	is.NoErr(keys.Ensure(dir, nil, now))                     // nothing is missing that it must make
	is.NoErr(keys.Ensure(dir, []string{"new.example"}, now)) // a renewal has to wait for the key
	remove(t, dir, keys.ClientCert, keys.ClientKey)
	err := keys.Ensure(dir, nil, now) // it says so rather than make another CA
	is.True(err != nil && strings.Contains(err.Error(), "client.crt is missing, and so is ca.key"))
}

func TestEnsureRefusesWhatIsIncomplete(t *testing.T) {
	for name, tt := range map[string]struct {
		lost  []string
		named []string // in the error
	}{
		"CA certificate":     {[]string{keys.CACert}, []string{"ca.key is there without", "ca.crt"}},
		"CA":                 {[]string{keys.CACert, keys.CAKey}, []string{"server.crt is there without", "ca.crt"}},
		"CA, server":         {[]string{keys.CACert, keys.CAKey, keys.ServerCert, keys.ServerKey}, []string{"client.crt is there without", "ca.crt"}},
		"server certificate": {[]string{keys.ServerCert}, []string{"server.key is there without", "server.crt"}},
		"server key":         {[]string{keys.ServerKey}, []string{"server.crt is there without", "server.key"}},
		"client certificate": {[]string{keys.ClientCert}, []string{"client.key is there without", "client.crt"}},
		"several":            {[]string{keys.ServerKey, keys.ClientCert, keys.ClientKey}, []string{"server.key"}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			dir := ensured(t, "localhost")
			remove(t, dir, tt.lost...)
			before := files(t, dir)
			err := keys.Ensure(dir, []string{"localhost", "new.example"}, now)
			is.True(errors.Is(err, keys.ErrIncomplete))
			for _, part := range append(tt.named, dir, "backup") {
				is.True(strings.Contains(err.Error(), part))
			}
			if d := cmp.Diff(before, files(t, dir)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestEnsureMakesWhatIsWhollyMissing(t *testing.T) {
	for name, lost := range map[string][]string{
		"server":      {keys.ServerCert, keys.ServerKey},
		"client":      {keys.ClientCert, keys.ClientKey},
		"all":         all,
		"both leaves": {keys.ServerCert, keys.ServerKey, keys.ClientCert, keys.ClientKey},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			dir := ensured(t)
			before := files(t, dir)
			remove(t, dir, lost...)
			is.NoErr(keys.Ensure(dir, nil, now))
			after := files(t, dir)
			is.Equal(slices.Sorted(maps.Keys(after)), all)
			for file := range before {
				is.Equal(after[file] != before[file], slices.Contains(lost, file))
			}
		})
	}
	t.Run("the sender's key is at the sender", func(t *testing.T) {
		is := is.New(t)
		dir := ensured(t)
		remove(t, dir, keys.ClientKey)
		before := files(t, dir)
		is.NoErr(keys.Ensure(dir, nil, now))
		is.Equal(files(t, dir), before)
	})
}

// A name that no certificate can hold stops the work in its middle, after the CA:
// nothing may be left of it.
func TestEnsureWritesAllOrNothing(t *testing.T) {
	is := is.New(t)
	parent := t.TempDir()
	for _, dir := range []string{filepath.Join(parent, "keys"), parent} { // a first start; a directory of the operator
		is.True(keys.Ensure(dir, []string{"õ"}, now) != nil)
		is.Equal(files(t, parent), map[string]string{})
	}
	below := filepath.Join(parent, "below")
	is.NoErr(keys.Ensure(filepath.Join(below, "keys")+"/", nil, now))
	entries, err := os.ReadDir(below)
	is.NoErr(err)
	is.Equal(len(entries), 1) // nothing stays beside
}

// Two first starts at once end with one whole set.
func TestEnsureTwiceAtOnce(t *testing.T) {
	is := is.New(t)
	dir := filepath.Join(t.TempDir(), "keys")
	ended := make(chan error)
	const starts = 8
	for range starts {
		go func() { ended <- keys.Ensure(dir, []string{"localhost"}, now) }()
	}
	for range starts {
		is.NoErr(<-ended)
	}
	before := files(t, dir)
	is.Equal(len(before), len(all))
	is.NoErr(keys.Ensure(dir, []string{"localhost"}, now))
	is.Equal(files(t, dir), before)
	entries, err := os.ReadDir(filepath.Dir(dir))
	is.NoErr(err)
	is.Equal(len(entries), 1)
}

func TestEnsureRefusesAnothersCAKey(t *testing.T) {
	is := is.New(t)
	dir, other := ensured(t), ensured(t)
	cert := []byte(files(t, other)[keys.CACert])
	before := files(t, dir)
	is.NoErr(os.WriteFile(filepath.Join(dir, keys.CACert), cert, 0o600))
	is.True(keys.Ensure(dir, []string{"new.example"}, now) != nil)
	// Beside the right one it is a further CA whose senders are accepted.
	is.NoErr(os.WriteFile(filepath.Join(dir, keys.CACert), append(cert, before[keys.CACert]...), 0o600))
	is.NoErr(keys.Ensure(dir, []string{"new.example"}, now))
	is.NoErr(loadServer(t, dir).Leaf.VerifyHostname("new.example"))
}

func TestIssueClient(t *testing.T) {
	is := is.New(t)
	dir := ensured(t)
	pair, err := keys.IssueClient(dir, "tara-2", now)
	is.NoErr(err)
	is.Equal(pair.Leaf.Subject.CommonName, "tara-2")
	is.True(pair.PrivateKey.(*ecdsa.PrivateKey).PublicKey.Equal(pair.Leaf.PublicKey))
	pool, err := keys.LoadPool(filepath.Join(dir, keys.CACert))
	is.NoErr(err)
	_, err = pair.Leaf.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	is.NoErr(err)
	remove(t, dir, keys.CAKey)
	for _, without := range []string{dir, t.TempDir()} {
		_, err = keys.IssueClient(without, "x", now)
		is.True(errors.Is(err, fs.ErrNotExist))
	}
}

func TestLoadRefuses(t *testing.T) {
	is := is.New(t)
	dir := ensured(t)
	cert, key := filepath.Join(dir, keys.ServerCert), filepath.Join(dir, keys.ServerKey)
	is.NoErr(os.Chmod(key, 0o640))
	loadServer(t, dir)
	is.NoErr(os.Chmod(key, 0o644))
	_, err := keys.LoadPair(cert, key)
	is.True(errors.Is(err, keys.ErrKeyMode))
	_, err = keys.LoadPair(cert, filepath.Join(dir, keys.ClientKey))
	is.True(err != nil) // another's key
	_, err = keys.LoadPool(key)
	is.True(err != nil) // no certificate in it
	_, err = keys.LoadPool(filepath.Join(dir, "absent"))
	is.True(errors.Is(err, fs.ErrNotExist))
}
