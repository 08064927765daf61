package syslogjson_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// strangers names the folder of an authority that the system trusts and we do not,
// and a client certificate of it, to the child process of a test.
const strangers = "SYSLOGJSON_TEST_STRANGERS"

// Without a pool of authorities nobody gets in, also not one for whom an authority of
// the system vouches. The system's authorities are read once in a process, so a child
// is asked.
func TestNoClientCAs(t *testing.T) {
	is := is.New(t)
	if dir := os.Getenv(strangers); dir != "" {
		cert, err := tls.LoadX509KeyPair(filepath.Join(dir, "client.crt"), filepath.Join(dir, "client.key"))
		is.NoErr(err)
		_, err = cert.Leaf.Verify(x509.VerifyOptions{KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
		is.NoErr(err) // the system trusts it
		srv := newServer(t)
		srv.TLSConfig = syslogjson.ServerTLSConfig(srv.CA.ServerCert(), nil)
		srv.Start()
		c, err := syslogjson.Dial(inTime(t), srv.Addr, srv.ClientTLSWith(cert), syslogjson.ClientOptions{})
		if err == nil {
			_ = c.Send([]byte("{}"))
		}
		refused(t, srv, syslogjson.HandshakeBadCertificate)
		return
	}
	dir, ca := t.TempDir(), syslogtest.NewCA()
	certPEM, keyPEM := syslogtest.PEMPair(ca.Issue(syslogtest.CertOptions{CommonName: "anybody.example.com"}))
	for name, content := range map[string][]byte{"ca.crt": ca.PEM(), "client.crt": certPEM, "client.key": keyPEM} {
		is.NoErr(os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	self, err := os.Executable()
	is.NoErr(err)
	child := exec.CommandContext(inTime(t), self, "-test.run=^TestNoClientCAs$", "-test.v")
	child.Env = append(os.Environ(), strangers+"="+dir, "SSL_CERT_FILE="+filepath.Join(dir, "ca.crt"))
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
