package keys_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/keys"
)

// present returns all files in dir and their contents.
func present(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(data)
	}
	return out
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
			dir := t.TempDir()
			is.NoErr(keys.Ensure(dir, []string{"localhost"}, now))
			for _, file := range tt.lost {
				is.NoErr(os.Remove(filepath.Join(dir, file)))
			}
			before := present(t, dir)
			err := keys.Ensure(dir, []string{"localhost", "new.example"}, now)
			is.True(errors.Is(err, keys.ErrIncomplete))
			for _, part := range append(tt.named, dir, "backup") {
				is.True(strings.Contains(err.Error(), part))
			}
			if d := cmp.Diff(before, present(t, dir)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestEnsureMakesWhatIsWhollyMissing(t *testing.T) {
	for name, lost := range map[string][]string{
		"server":      {keys.ServerCert, keys.ServerKey},
		"client":      {keys.ClientCert, keys.ClientKey},
		"all":         {keys.CACert, keys.CAKey, keys.ServerCert, keys.ServerKey, keys.ClientCert, keys.ClientKey},
		"both leaves": {keys.ServerCert, keys.ServerKey, keys.ClientCert, keys.ClientKey},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			dir := t.TempDir()
			is.NoErr(keys.Ensure(dir, nil, now))
			before := present(t, dir)
			for _, file := range lost {
				is.NoErr(os.Remove(filepath.Join(dir, file)))
			}
			is.NoErr(keys.Ensure(dir, nil, now))
			after := files(t, dir)
			for file := range before {
				is.Equal(after[file] != before[file], slices.Contains(lost, file))
			}
		})
	}
	t.Run("the sender's key is at the sender", func(t *testing.T) {
		is := is.New(t)
		dir := t.TempDir()
		is.NoErr(keys.Ensure(dir, nil, now))
		is.NoErr(os.Remove(filepath.Join(dir, keys.ClientKey)))
		before := present(t, dir)
		is.NoErr(keys.Ensure(dir, nil, now))
		is.Equal(present(t, dir), before)
	})
}

// A name that no certificate can hold stops the work in its middle, after the CA:
// nothing may be left of it.
func TestEnsureWritesAllOrNothing(t *testing.T) {
	t.Run("first start", func(t *testing.T) {
		is := is.New(t)
		parent := t.TempDir()
		is.True(keys.Ensure(filepath.Join(parent, "keys"), []string{"õ"}, now) != nil)
		is.Equal(present(t, parent), map[string]string{})
	})
	t.Run("directory of the operator", func(t *testing.T) {
		is := is.New(t)
		dir := t.TempDir()
		is.True(keys.Ensure(dir, []string{"õ"}, now) != nil)
		is.Equal(present(t, dir), map[string]string{})
	})
	t.Run("nothing stays beside", func(t *testing.T) {
		is := is.New(t)
		parent := t.TempDir()
		is.NoErr(keys.Ensure(filepath.Join(parent, "below", "keys")+"/", nil, now))
		entries, err := os.ReadDir(filepath.Join(parent, "below"))
		is.NoErr(err)
		is.Equal(len(entries), 1)
	})
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
	is.NoErr(keys.Ensure(dir, []string{"localhost"}, now))
	is.Equal(files(t, dir), before)
	entries, err := os.ReadDir(filepath.Dir(dir))
	is.NoErr(err)
	is.Equal(len(entries), 1)
}

func TestEnsureRefusesAnothersCAKey(t *testing.T) {
	is := is.New(t)
	dir, other := t.TempDir(), t.TempDir()
	is.NoErr(keys.Ensure(dir, nil, now))
	is.NoErr(keys.Ensure(other, nil, now))
	cert := []byte(files(t, other)[keys.CACert])
	before := files(t, dir)
	is.NoErr(os.WriteFile(filepath.Join(dir, keys.CACert), cert, 0o600))
	is.True(keys.Ensure(dir, []string{"new.example"}, now) != nil)
	// Beside the right one it is a further CA whose senders are accepted.
	is.NoErr(os.WriteFile(filepath.Join(dir, keys.CACert), append(cert, before[keys.CACert]...), 0o600))
	is.NoErr(keys.Ensure(dir, []string{"new.example"}, now))
	pair, err := keys.LoadPair(filepath.Join(dir, keys.ServerCert), filepath.Join(dir, keys.ServerKey))
	is.NoErr(err)
	is.NoErr(pair.Leaf.VerifyHostname("new.example"))
}
