package syslogjson_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// writeOnly sends events and closes at once. It never reads, as many senders do.
const writeOnly = `
import socket, ssl, sys
host, port, ca, cert, key, version, count = sys.argv[1:]
ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
ctx.load_verify_locations(ca)
ctx.load_cert_chain(cert, key)
ctx.minimum_version = ctx.maximum_version = getattr(ssl.TLSVersion, version)
s = ctx.wrap_socket(socket.create_connection((host, int(port))), server_hostname="localhost")
for i in range(int(count)):
    s.sendall(b'<38>Nov 21 19:29:11 vm {"n":%d,"clientId":"openIdDemo","method":"banklink","bank":"SEB"}\n' % i)
s.close()
`

// A write-only OpenSSL client sends 20,000 events and closes at once, while our
// reader comes 300 ms late. One byte from us, be it a session ticket, would make
// its close a reset: 724 of the events arrived then.
func TestWriteOnlyOpenSSL(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("python3 is missing: the write-only OpenSSL client was not tested")
		}
		t.Skip("python3 is missing")
	}
	const count = 20000
	for _, version := range []string{"TLSv1_2", "TLSv1_3"} {
		t.Run(version, func(t *testing.T) {
			is := is.New(t)
			first := true
			got := syslogtest.Collector{Answer: func(*syslogjson.Message) error {
				if first {
					time.Sleep(300 * time.Millisecond) // the fault itself, not a wait for something
					first = false
				}
				return nil
			}}
			srv := newServer(t, &got)
			srv.Start()
			dir := t.TempDir()
			certPEM, keyPEM := syslogtest.PEMPair(srv.CA.Issue(syslogtest.CertOptions{CommonName: "python"}))
			for name, content := range map[string][]byte{"ca.crt": srv.CA.PEM(), "client.crt": certPEM, "client.key": keyPEM} {
				is.NoErr(os.WriteFile(filepath.Join(dir, name), content, 0o600))
			}
			addr := srv.Listener.Addr().String()
			host, port := addr[:len("127.0.0.1")], addr[len("127.0.0.1:"):]
			cmd := exec.CommandContext(inTime(t), python, "-c", writeOnly, host, port,
				"ca.crt", "client.crt", "client.key", version, fmt.Sprint(count))
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			await(t, "the connection ends", func() bool { return srv.Stats().Active == 0 && srv.Stats().Accepted == 1 })
			is.Equal(got.Len(), count)
			st := srv.Stats()
			is.Equal(st.Frames, uint64(count))
			is.Equal(st.Rejected.Total(), uint64(0))
		})
	}
}
