package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/syslogjson"
)

// patience bounds every wait of these tests; nothing is expected to take that
// long.
const patience = time.Minute

// process is a running "tarastat serve" or demo.
type process struct {
	t             testing.TB
	cmd           *exec.Cmd
	dir           string // the data directory
	syslog, pages string // addresses
	client        *http.Client
	log           *output
	ended         chan error
}

// What a demo says.
var (
	reDemoAddr    = regexp.MustCompile(`open (https://\S+)`)
	reDemoHistory = regexp.MustCompile(`history is in`)
)

// insecureClient trusts anybody: the demo's certificates are in a directory
// whose name it does not tell.
func insecureClient() *http.Client {
	return &http.Client{
		Timeout:   patience,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	}
}

// output gathers what a process writes.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements [io.Writer].
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// serve starts the service on free ports and waits until it serves.
func serve(t testing.TB, dir string, args ...string) *process {
	t.Helper()
	args = append([]string{"serve", "-data-dir", dir, "-syslog-addr", "127.0.0.1:0", "-http-addr", "127.0.0.1:0"}, args...)
	p := start(t, dir, args...)
	p.serving()
	return p
}

// serving waits until the process says that it serves, and where.
func (p *process) serving() {
	p.t.Helper()
	p.wait(regexp.MustCompile(`msg=serving .*syslog=(\S+) pages=(\S+)`), func(m []string) {
		p.syslog, p.pages = m[1], m[2]
	})
	pool, err := keys.LoadPool(filepath.Join(p.dir, "keys", keys.CACert))
	if err != nil {
		p.t.Fatal(err)
	}
	p.client = &http.Client{
		Timeout:   patience,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}},
	}
}

// start runs the program.
func start(t testing.TB, dir string, args ...string) *process {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return launch(t, dir, cmd)
}

// launch starts a command and gathers what it writes.
func launch(t testing.TB, dir string, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, cmd: cmd, dir: dir, log: new(output), ended: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		p.ended <- p.cmd.Wait()
		close(gone)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-gone // before its directory is removed
		if t.Failed() {
			t.Logf("%s", p.log)
		}
	})
	return p
}

// wait returns when the process has written a line that matches.
func (p *process) wait(re *regexp.Regexp, found func(match []string)) {
	p.t.Helper()
	await(p.t, "line "+re.String(), func() bool {
		m := re.FindStringSubmatch(p.log.String())
		if m != nil && found != nil {
			found(m)
		}
		return m != nil
	})
}

// await polls for a condition; a failure says which.
func await(t testing.TB, what string, cond func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !cond() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond) // between looks at the condition
	}
}

// stop ends the service as systemd does.
func (p *process) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	p.end()
}

// end waits until the process has ended well.
func (p *process) end() {
	p.t.Helper()
	select {
	case err := <-p.ended:
		if err != nil {
			p.t.Fatalf("ended with %v", err)
		}
	case <-time.After(patience):
		p.t.Fatal("did not end")
	}
}

// kill ends the service as a power cut would.
func (p *process) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	if err := <-p.ended; err == nil {
		p.t.Fatal("ended well before it was killed")
	}
	p.client.CloseIdleConnections()
}

// get asks for a path and returns status and body.
func (p *process) get(path string) (int, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.pages+path, http.NoBody)
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // only read
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// records asks how many records there are.
func (p *process) records() int {
	p.t.Helper()
	_, body := p.get("/kirjeid?p=")
	var answer struct{ Kirjeid int }
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		p.t.Fatalf("%v: %s", err, body)
	}
	return answer.Kirjeid
}

// dial connects a sender with the certificate made at first start.
func (p *process) dial(form string) *syslogjson.Client {
	p.t.Helper()
	c, _ := p.dialRaw(form)
	return c
}

// dialRaw is dial, and gives out what is below the sender.
func (p *process) dialRaw(form string) (*syslogjson.Client, net.Conn) {
	p.t.Helper()
	header, err := headerOf(form, "")
	if err != nil {
		p.t.Fatal(err)
	}
	nc, err := (&tls.Dialer{Config: senderTLS(p.t, p.dir)}).DialContext(p.t.Context(), "tcp", p.syslog)
	if err != nil {
		p.t.Fatal(err)
	}
	return syslogjson.NewClient(nc, syslogjson.ClientOptions{
		Header: header, CloseTimeout: patience, // the receiver may be held back
	}), nc
}

// senderTLS is the configuration of a sender with the keys in a data directory.
func senderTLS(t testing.TB, dir string) *tls.Config {
	t.Helper()
	k := filepath.Join(dir, "keys")
	pair, err := keys.LoadPair(filepath.Join(k, keys.ClientCert), filepath.Join(k, keys.ClientKey))
	if err != nil {
		t.Fatal(err)
	}
	pool, err := keys.LoadPool(filepath.Join(k, keys.CACert))
	if err != nil {
		t.Fatal(err)
	}
	return syslogjson.ClientTLSConfig(pair, pool)
}

// tool runs a subcommand in this process and returns its exit code and what it
// wrote.
func tool(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	var both output // its log comes from goroutines of its own
	p := &program{stdout: &both, stderr: &both}
	code = p.run(t.Context(), args)
	return code, both.String()
}
