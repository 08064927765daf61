package relay

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/template"
	"time"

	"github.com/e-gov/tarastat/syslogjson"
)

const (
	startTime = 20 * time.Second // for a relay to open its sockets
	stopTime  = 20 * time.Second // for a relay to end after SIGTERM
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

	dir  string
	cmd  *exec.Cmd
	out  output
	stop func() error
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

// run starts the relay and returns when it listens. It is stopped when the
// test ends, and what it said is shown when the test failed.
func (r *Relay) run(tb testing.TB, cmd *exec.Cmd) {
	tb.Helper()
	r.cmd = cmd
	cmd.Stdout, cmd.Stderr = &r.out, &r.out
	if err := cmd.Start(); err != nil {
		tb.Fatalf("start %s: %v", cmd.Path, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	r.stop = sync.OnceValue(func() error { return end(cmd, ended) })
	tb.Cleanup(func() {
		r.Stop(tb)
		if tb.Failed() {
			tb.Logf("%s said:\n%s", filepath.Base(cmd.Path), r.out.String())
		}
	})
	for deadline := time.Now().Add(startTime); !r.listening(); {
		if time.Now().After(deadline) {
			tb.Fatalf("%s does not listen on %s", cmd.Path, r.Stream)
		}
		time.Sleep(5 * time.Millisecond)
	}
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

// Stop ends the relay and waits for it. A second call does nothing.
func (r *Relay) Stop(tb testing.TB) {
	tb.Helper()
	if err := r.stop(); err != nil {
		tb.Errorf("stop %s: %v", filepath.Base(r.cmd.Path), err)
	}
}

// end asks the process to end, and kills it when it does not.
func end(cmd *exec.Cmd, ended <-chan error) error {
	// An error means that it has ended already, which Wait explains better.
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-ended:
		return err
	case <-time.After(stopTime):
		_ = cmd.Process.Kill()
		return errors.Join(os.ErrDeadlineExceeded, <-ended)
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

// output collects what a process writes, while it writes.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

// String returns what was written so far.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
