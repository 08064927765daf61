// Package keys makes the certificates that a first start needs, and loads those
// that the operator brings.
//
// A key directory holds three pairs of a certificate and its key: of a CA, of
// the server, and of one sender. Any of them may be the operator's own.
package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// The files of a key directory.
const (
	CACert     = "ca.crt"
	CAKey      = "ca.key"
	ServerCert = "server.crt"
	ServerKey  = "server.key"
	ClientCert = "client.crt"
	ClientKey  = "client.key"
)

// ClientName is the common name of the client certificate that is made: the
// sender's name on the pages.
const ClientName = "tara-server"

// ErrIncomplete is returned for a key directory from which something was lost
// that cannot be made again without doing harm. The error's text names the file
// and says what to do.
var ErrIncomplete = errors.New("incomplete key directory")

// Ensure makes in dir whatever is missing of a CA, a server certificate for the
// given names and addresses, and a client certificate for one sender. What is
// there stays, but for a server certificate of our making that ends within 30
// days or lacks one of hosts: it is made anew for the same key. Certificates of
// another CA are the operator's and never touched.
//
// A directory that is not there appears whole or not at all. One that is wider
// than 0700 is narrowed to it, since the CA's key is in there; keys are made
// with mode 0600.
//
// A key without its certificate, a server certificate of ours without its key,
// or certificates whose CA is gone give [ErrIncomplete], and nothing is written.
// Two keys may well be elsewhere: the sender's, and the CA's as long as nothing
// has to be made with it. A certificate to be renewed is then left as it is.
func Ensure(dir string, hosts []string, now time.Time) error {
	dir = filepath.Clean(dir)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		err := makeFirst(dir, hosts, now)
		if !errors.Is(err, fs.ErrExist) { // else another start was faster
			return err
		}
	}
	if err := narrow(dir); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return makeMissing(dir, hosts, now)
}

// IssueClient makes a certificate for one more sender by the CA in dir, and
// returns it and its key as PEM. Without the CA's certificate and key the error
// wraps [fs.ErrNotExist].
func IssueClient(dir, name string, now time.Time) (cert, key []byte, err error) {
	ca, err := readCA(dir)
	if err != nil {
		return nil, nil, err
	}
	if ca == nil || ca.key == nil {
		return nil, nil, fmt.Errorf("keys: %s: %w", filepath.Join(dir, CAKey), fs.ErrNotExist)
	}
	return ca.issue(clientTemplate(name, now))
}

// makeFirst makes everything in a directory beside dir and renames it, so that a
// crash leaves nothing half in dir. What it leaves beside it nobody trusts.
func makeFirst(dir string, hosts []string, now time.Time) error {
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	tmp, err := os.MkdirTemp(parent, "."+filepath.Base(dir)+"-*") // 0700
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := makeMissing(tmp, hosts, now); err != nil {
		return err
	}
	if err := os.Rename(tmp, dir); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return syncDir(parent)
}

func narrow(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	mode := info.Mode().Perm()
	if runtime.GOOS == "windows" || mode&^0o700 == 0 {
		return nil
	}
	return os.Chmod(dir, mode&0o700)
}
