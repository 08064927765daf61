// Package keys makes the certificates that a first start needs, and loads those
// that the operator brings.
//
// A key directory holds three pairs of a certificate and its key: of a CA, of
// the server, and of one sender. Any of them may be the operator's own.
package keys

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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

// IssueClient makes a certificate for one more sender by the CA in dir. Without
// the CA's certificate and key the error wraps [fs.ErrNotExist].
func IssueClient(dir, name string, now time.Time) (tls.Certificate, error) {
	ca, err := readCA(dir)
	if err != nil {
		return tls.Certificate{}, err
	}
	if ca == nil || ca.key == nil {
		return tls.Certificate{}, fmt.Errorf("keys: %s: %w", filepath.Join(dir, CAKey), fs.ErrNotExist)
	}
	cert, key, err := ca.issue(clientTemplate(name, now))
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}, nil
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
	if mode&^0o700 == 0 {
		return nil
	}
	return os.Chmod(dir, mode&0o700)
}

// makeMissing decides first and writes then: an error leaves dir as it was.
func makeMissing(dir string, hosts []string, now time.Time) error {
	ca, err := readCA(dir)
	if err != nil {
		return err
	}
	var ofCA []file
	if ca == nil {
		if err := refuseOrphans(dir); err != nil {
			return err
		}
		if ca, ofCA, err = newCA(now); err != nil {
			return err
		}
	}
	server, err := ca.missingServer(dir, hosts, now)
	if err != nil {
		return err
	}
	client, err := ca.missingClient(dir, now)
	if err != nil {
		return err
	}
	return writeFiles(dir, slices.Concat(ofCA, server, client))
}

// missingServer returns the files to be written for the server's pair.
func (ca *authority) missingServer(dir string, hosts []string, now time.Time) ([]file, error) {
	certs, hasKey, err := readPair(dir, ServerCert, ServerKey, makeBoth(ServerKey))
	if err != nil {
		return nil, err
	}
	template := serverTemplate(hosts, now)
	if certs == nil {
		return ca.pair(ServerCert, ServerKey, template)
	}
	old := certs[0]
	switch {
	case old.CheckSignatureFrom(ca.cert) != nil || old.Subject.CommonName != serverName:
		return nil, nil // the operator's
	case !hasKey:
		return nil, incomplete(dir, ServerCert, ServerKey, makeBoth(ServerCert))
	case ca.key == nil || old.NotAfter.After(now.Add(renewBefore)) && covers(old, hosts):
		return nil, nil
	}
	// The same key: one file is replaced, at once, and the operator's choice of the
	// key file's owner and mode stays.
	cert, err := ca.sign(template, old.PublicKey)
	if err != nil {
		return nil, err
	}
	return []file{certFile(ServerCert, cert)}, nil
}

// covers reports whether cert has all the names and addresses.
func covers(cert *x509.Certificate, hosts []string) bool {
	return !slices.ContainsFunc(hosts, func(h string) bool { return cert.VerifyHostname(h) != nil })
}

// missingClient returns the files to be written for the sender's pair. The
// certificate is not renewed, since somebody has carried it to the sender, and
// its key rightly with it.
func (ca *authority) missingClient(dir string, now time.Time) ([]file, error) {
	certs, _, err := readPair(dir, ClientCert, ClientKey, makeBoth(ClientKey))
	if err != nil || certs != nil {
		return nil, err
	}
	return ca.pair(ClientCert, ClientKey, clientTemplate(ClientName, now))
}

// refuseOrphans refuses to make a CA where certificates of a former one are
// left: a new CA would refuse the senders that have them.
func refuseOrphans(dir string) error {
	for _, name := range []string{ServerCert, ClientCert} {
		certs, err := readCerts(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if certs != nil && certs[0].Issuer.CommonName == caName {
			return incomplete(dir, name, CACert, beginAnew(dir))
		}
	}
	return nil
}

// incomplete is the error of a file without the one that belongs to it, and of
// what helps beside a backup.
func incomplete(dir, there, missing, remedy string) error {
	return fmt.Errorf("keys: %w: %s is there without %s; bring that back from a backup, or %s",
		ErrIncomplete, filepath.Join(dir, there), filepath.Join(dir, missing), remedy)
}

func beginAnew(dir string) string {
	return fmt.Sprintf("move %s away to begin anew, with new certificates for all senders", dir)
}

func makeBoth(left string) string { return fmt.Sprintf("move %s away to have both made anew", left) }
