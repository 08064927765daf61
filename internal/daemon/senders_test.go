package daemon_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/internal/testenv/relay"
	"github.com/e-gov/tarastat/syslogjson"
)

// TestRelaysDeliverAll lets real relays and the logger command deliver events
// to the service, in both framings and both headers.
func TestRelaysDeliverAll(t *testing.T) {
	const each = 500
	is := is.New(t)
	dir := t.TempDir()
	p := serve(t, dir)
	base := relay.Config{
		Addr: p.syslog,
		CA:   read(t, dir, keys.CACert), Cert: read(t, dir, keys.ClientCert), Key: read(t, dir, keys.ClientKey),
	}
	want := 0
	for name, start := range map[string]func(testing.TB, relay.Config) *relay.Relay{
		"rsyslog": relay.Rsyslog, "syslog-ng": relay.SyslogNG,
	} {
		for _, format := range []syslogjson.Format{syslogjson.BSD, syslogjson.RFC5424} {
			for _, framing := range []syslogjson.Framing{syslogjson.NonTransparent, syslogjson.OctetCounting} {
				if name == "syslog-ng" && format == syslogjson.BSD && framing == syslogjson.OctetCounting {
					continue // its octet counting writes RFC 5424 only
				}
				conf := base
				conf.Format, conf.Framing = format, framing
				r := start(t, conf)
				var lines, logged []string
				for i := range each {
					lines = append(lines, "<38>Nov 21 19:29:11 vm tara[12]: "+relayed(name, i))
				}
				r.Send(t, lines...)
				for i := range 3 {
					logged = append(logged, relayed(name+"-logger", i))
				}
				r.Logger(t, logged...)
				want += each + 3
				testenv.Await(t, fmt.Sprintf("%d records by %s %s %s", want, name, format, framing), func() bool {
					return p.records() == want
				})
				r.Stop(t)
			}
		}
	}
	p.stop()
	for _, e := range kept(t, dir) {
		is.Equal(e.Error, `CODE: {a} "b" ]: õ`) // unharmed
	}
}

func relayed(client string, i int) string {
	return string(event.AppendJSON(nil, event.Event{
		TimeText: fmt.Sprintf("2018-04-28T10:11:12.%03d", i), ClientID: client,
		Method: event.MethodMobileID, Operation: event.Failed, Error: `CODE: {a} "b" ]: õ`,
	}))
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "keys", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// writeOnly is a sender that never reads, sends as fast as it can and closes at
// once, as OpenSSL's simplest clients do.
const writeOnly = `
import socket, ssl, sys
keys, host, port, version, n = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5])
ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
ctx.load_verify_locations(keys + "/ca.crt")
ctx.load_cert_chain(keys + "/client.crt", keys + "/client.key")
ctx.minimum_version = ctx.maximum_version = getattr(ssl.TLSVersion, version)
s = ctx.wrap_socket(socket.create_connection((host, port)), server_hostname=host)
line = '<38>Nov 21 19:29:11 vm {"time":"2018-04-28T10:11:12.%03d","clientId":"c","method":"idcard","operation":"START_AUTH"}\n'
for i in range(n):
    s.sendall((line % (i % 1000)).encode())
s.close()
`

// TestWriteOnlyClient holds that nothing we do makes such a sender lose its
// last events, although storing is slower than sending.
func TestWriteOnlyClient(t *testing.T) {
	const n = 20_000
	python := testenv.Program(t, "python3")
	is := is.New(t)
	dir := t.TempDir()
	p := serve(t, dir, "-max-queue", "64") // the reader waits for the log base all the time
	host, port, _ := strings.Cut(p.syslog, ":")
	for i, version := range []string{"TLSv1_2", "TLSv1_3"} {
		cmd := exec.CommandContext(t.Context(), python, "-c", writeOnly, filepath.Join(dir, "keys"), host, port, version, fmt.Sprint(n))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		testenv.Await(t, fmt.Sprintf("all records by %s", version), func() bool { return p.records() == (i+1)*n })
	}
	p.stop()
	is.Equal(len(kept(t, dir)), 2*n)
}
