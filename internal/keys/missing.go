package keys

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

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
	old, hasKey, err := readPair(dir, ServerCert, ServerKey)
	if err != nil {
		return nil, err
	}
	template := serverTemplate(hosts, now)
	switch {
	case old == nil:
		return ca.pair(ServerCert, ServerKey, template)
	case !ca.made(old, template):
		return nil, nil // the operator's
	case !hasKey:
		return nil, incomplete(dir, ServerCert, ServerKey,
			fmt.Sprintf("move %s away to have both made anew", ServerCert))
	case ca.key == nil || old.NotAfter.After(now.Add(renewBefore)) && covers(old, template):
		return nil, nil
	}
	// The same key: one file is replaced, at once, and the operator's choice of the
	// key file's owner and mode stays.
	cert, err := ca.sign(template, old.PublicKey)
	return []file{{ServerCert, cert, 0o644}}, err
}

// missingClient returns the files to be written for the sender's pair. The
// certificate is not renewed, since somebody has carried it to the sender, and
// its key rightly with it.
func (ca *authority) missingClient(dir string, now time.Time) ([]file, error) {
	old, _, err := readPair(dir, ClientCert, ClientKey)
	if err != nil || old != nil {
		return nil, err
	}
	return ca.pair(ClientCert, ClientKey, clientTemplate(ClientName, now))
}

// covers reports whether cert has all names and addresses of want.
func covers(cert, want *x509.Certificate) bool {
	for _, name := range want.DNSNames {
		if !slices.Contains(cert.DNSNames, name) {
			return false
		}
	}
	for _, ip := range want.IPAddresses {
		if !slices.ContainsFunc(cert.IPAddresses, ip.Equal) {
			return false
		}
	}
	return true
}

// readPair returns the certificate of a leaf's pair, nil when the pair is
// missing, and whether its key is there.
func readPair(dir, certFile, keyFile string) (cert *x509.Certificate, hasKey bool, err error) {
	hasKey, err = exists(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, false, err
	}
	certs, err := readCerts(filepath.Join(dir, certFile))
	switch {
	case err == nil:
		return certs[0], hasKey, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, false, err
	case hasKey:
		return nil, false, incomplete(dir, keyFile, certFile, fmt.Sprintf("move %s away to have both made anew", keyFile))
	}
	return nil, false, nil
}

// refuseOrphans refuses to make a CA where certificates of a former one are
// left: a new CA would refuse the senders that have them.
func refuseOrphans(dir string) error {
	for _, name := range []string{ServerCert, ClientCert} {
		certs, err := readCerts(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if certs[0].Issuer.CommonName == caName {
			return incomplete(dir, name, CACert, beginAnew(dir))
		}
	}
	return nil
}

func incomplete(dir, there, missing, remedy string) error {
	return fmt.Errorf("keys: %w: %s is there without %s; bring that back from a backup, or %s",
		ErrIncomplete, filepath.Join(dir, there), filepath.Join(dir, missing), remedy)
}

func beginAnew(dir string) string {
	return fmt.Sprintf("move %s away to begin anew, with new certificates for all senders", dir)
}

func exists(file string) (bool, error) {
	_, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("keys: %w", err)
	}
	return true, nil
}
