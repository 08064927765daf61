// Package relay runs real syslog relays for tests: rsyslog and syslog-ng
// forwarding over mutual TLS, and util-linux logger as a sender.
//
// The programs are those that scripts/setup.sh unpacked into the cache folder,
// otherwise installed ones; see [testenv.Missing] for what happens without.
//
// A relay that turns a BSD message without a tag, such as log4j2 sends, into
// RFC 5424 takes the beginning of the JSON for the program's name, and the JSON
// is broken: such messages are forwarded with a BSD header here, as they must
// be elsewhere.
package relay

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"text/template"

	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/syslogjson"
)

// Config says where a relay forwards to and in which form.
type Config struct {
	Addr string // of the receiver, "host:port"; its certificate must carry the host

	// In PEM: the authority of the receiver's certificate, and the relay's own
	// certificate and key.
	CA, Cert, Key []byte

	Framing syslogjson.Framing
	Format  syslogjson.Format // of the header: syslogjson.BSD or syslogjson.RFC5424

	// GnuTLS makes rsyslog use GnuTLS instead of OpenSSL. syslog-ng has OpenSSL only.
	GnuTLS bool
}

// Relay is a running relay. It takes messages on two Unix sockets, so that no
// port is needed, and forwards them.
type Relay struct {
	LogSocket string // datagrams, as on /dev/log
	Stream    string // a stream of messages that end with a newline

	dir     string
	process *testenv.Process
}

// newRelay makes the folder, the names and the key files of a configuration.
func newRelay(tb testing.TB, c Config) *Relay {
	tb.Helper()
	dir, err := os.MkdirTemp("", "relay") //nolint:usetesting // a socket's path is 108 bytes at most, a test's name may be longer
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	r := &Relay{
		LogSocket: filepath.Join(dir, "log.sock"),
		Stream:    filepath.Join(dir, "stream.sock"),
		dir:       dir,
	}
	r.write(tb, "ca.crt", c.CA)
	r.write(tb, "relay.crt", c.Cert)
	r.write(tb, "relay.key", c.Key)
	return r
}

// write puts a file into the relay's folder and returns its path.
func (r *Relay) write(tb testing.TB, name string, data []byte) string {
	tb.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// configure writes the configuration file and returns its path.
func (r *Relay) configure(tb testing.TB, t *template.Template, data any) string {
	tb.Helper()
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		tb.Fatal(err)
	}
	return r.write(tb, "relay.conf", b.Bytes())
}

// run starts the relay and returns when it listens.
func (r *Relay) run(tb testing.TB, cmd *exec.Cmd) {
	tb.Helper()
	r.process = testenv.Start(tb, cmd)
	testenv.Await(tb, cmd.Path+" to listen on "+r.Stream, r.listening)
}

func (r *Relay) listening() bool {
	conn, err := net.Dial("unix", r.Stream)
	if err != nil {
		return false
	}
	_ = conn.Close()
	_, err = os.Stat(r.LogSocket)
	return err == nil
}

// Stop ends the relay and waits for it; it has to end well.
func (r *Relay) Stop(tb testing.TB) {
	tb.Helper()
	if err := r.process.End(tb, syscall.SIGTERM); err != nil {
		tb.Errorf("stop the relay: %v", err)
	}
}

// Send writes the lines to the relay's stream, each with a newline.
func (r *Relay) Send(tb testing.TB, lines ...string) {
	tb.Helper()
	conn, err := net.Dial("unix", r.Stream)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := conn.Write([]byte(strings.Join(lines, "\n") + "\n")); err != nil {
		tb.Errorf("send %d lines to the relay: %v", len(lines), err)
	}
	if err := conn.Close(); err != nil {
		tb.Errorf("close the relay's stream: %v", err)
	}
}

// Logger has util-linux logger write the messages to the relay's log socket,
// one process for all of them, tagged tara and with facility and severity
// auth.info as TARA-Server sends them.
//
// logger speaks no TLS: it reaches a receiver through a relay only.
func (r *Relay) Logger(tb testing.TB, messages ...string) {
	tb.Helper()
	cmd := exec.Command(testenv.Program(tb, "logger"),
		"--socket", r.LogSocket, "--socket-errors=on", "--tag", "tara", "--priority", "auth.info")
	cmd.Stdin = strings.NewReader(strings.Join(messages, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Errorf("logger: %v\n%s", err, out)
	}
}

// A program is a relay that can be run: installed, or unpacked somewhere else
// than it expects to be.
type program struct {
	path string
	root string // where its package was unpacked, "" when it is installed
}

// find returns the named program, unpacked or installed.
func find(tb testing.TB, name string) program {
	tb.Helper()
	if cache, err := testenv.Cache(); err == nil {
		root := filepath.Join(cache, "relays")
		path := filepath.Join(root, "usr/sbin", name)
		if _, err := os.Stat(path); err == nil {
			return program{path: path, root: root}
		}
	}
	return program{path: testenv.Program(tb, name)}
}

// glob returns what matches pattern under the program's root: nothing for an
// installed program, which finds its parts by itself.
func (p program) glob(pattern string) []string {
	if p.root == "" {
		return nil
	}
	// The only error is that of a malformed pattern.
	found, _ := filepath.Glob(filepath.Join(p.root, pattern))
	return found
}

// command is the program with the libraries that were unpacked beside it.
func (p program) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.path, args...)
	if p.root == "" {
		return cmd
	}
	libs := append([]string{filepath.Join(p.root, "usr/lib/syslog-ng")}, p.glob("lib/*-linux-gnu")...)
	libs = append(libs, p.glob("usr/lib/*-linux-gnu")...)
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+strings.Join(libs, ":"))
	return cmd
}
