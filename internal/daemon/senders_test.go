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
	"github.com/e-gov/tarastat/internal/testenv/service"
	"github.com/e-gov/tarastat/syslogjson"
)

// TestRelaysDeliverAll lets real relays and the logger command deliver events
// to the service, with the keys of its first start. The framings and headers are
// held in testenv/relay.
func TestRelaysDeliverAll(t *testing.T) {
	const each = 500
	is := is.New(t)
	dir := t.TempDir()
	p := service.Start(t, dir)
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, "keys", name))
		is.NoErr(err)
		return data
	}
	conf := relay.Config{
		Addr: p.Syslog, CA: read(keys.CACert), Cert: read(keys.ClientCert), Key: read(keys.ClientKey),
		Format: syslogjson.RFC5424, Framing: syslogjson.OctetCounting,
	}
	want := 0
	for name, start := range map[string]func(testing.TB, relay.Config) *relay.Relay{
		"rsyslog": relay.Rsyslog, "syslog-ng": relay.SyslogNG,
	} {
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
		p.AwaitRecords(want)
		r.Stop(t)
	}
	p.Stop()
	for _, e := range kept(t, dir) {
		is.Equal(e.Error, `CODE: {a} "b" ]: õ`) // unharmed
	}
}

func relayed(client string, i int) string {
	return string(event.AppendJSON(nil, event.Event{
		TimeText: fmt.Sprintf("2018-04-28T10:11:12.%03d", i), ClientID: client,
		Method: event.MethodMobileID, Operation: event.OpFailure, Error: `CODE: {a} "b" ]: õ`,
	}))
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
	p := service.Start(t, dir, "-max-queue", "64") // the reader waits for the log base all the time
	host, port, _ := strings.Cut(p.Syslog, ":")
	for i, version := range []string{"TLSv1_2", "TLSv1_3"} {
		cmd := exec.CommandContext(t.Context(), python, "-c", writeOnly, filepath.Join(dir, "keys"), host, port, version, fmt.Sprint(n))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		p.AwaitRecords((i + 1) * n)
	}
	p.Stop()
	is.Equal(len(kept(t, dir)), 2*n)
}
