// Package service starts the service of cmd/tarastat as people do, as a process
// of its own that can be stopped, frozen and killed:
//
//	func TestMain(m *testing.M) { service.Main(m) }
//
//	p := service.Start(t, t.TempDir())
//	c := p.Dial("bsd")
//
// The command is built once for all tests of a package.
package service

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/matryer/is"

	_ "github.com/e-gov/tarastat/internal/daemon" // what a package is made of decides whether its results may be taken from the cache
	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/syslogjson"
)

var (
	buildDir string
	tarastat = sync.OnceValues(build)
)

// Main runs the tests of a package, and removes what was built for them.
func Main(m *testing.M) {
	var err error
	if buildDir, err = os.MkdirTemp("", "tarastat"); err != nil {
		panic(err)
	}
	m.Run()
	_ = os.RemoveAll(buildDir)
}

// build makes the command in the module that it is released from, whatever
// module the test is of.
func build() (string, error) {
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/e-gov/tarastat").Output()
	if err != nil {
		return "", fmt.Errorf("find the module of the command: %w", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(root)), "cmd", "tarastat")
	args := []string{"build", "-o", buildDir}
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = append(args, "-race")
	}
	c := exec.Command("go", append(args, ".")...)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the command: %w\n%s", err, out)
	}
	// What a test looks at decides whether its result may be taken from the cache.
	sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, name := range sources {
		_, _ = os.Stat(name)
	}
	return filepath.Join(buildDir, "tarastat"), err
}

// Command is the command with arguments.
func Command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	path, err := tarastat()
	is.New(t).NoErr(err)
	return exec.CommandContext(context.WithoutCancel(t.Context()), path, args...)
}

// Tool runs a subcommand to its end and returns its exit code and what it wrote.
func Tool(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	p := testenv.Start(t, Command(t, args...))
	return ExitCode(t, p.Wait(t)), p.Output()
}

// WellDone wants a subcommand to end well and to say all of the texts.
func WellDone(t *testing.T, args []string, texts ...string) {
	t.Helper()
	code, out := Tool(t, args...)
	if code != 0 {
		t.Errorf("%s ends with %d", args[0], code)
	}
	for _, text := range texts {
		if !strings.Contains(out, text) {
			t.Errorf("%s does not say %q but:\n%s", args[0], text, out)
		}
	}
}

// Process is a running service.
type Process struct {
	*testenv.Process
	Syslog, Pages string // addresses

	tb     testing.TB
	dir    string // the data directory
	client *http.Client
}

// Start starts the service on free ports and waits until it serves.
func Start(t testing.TB, dir string, args ...string) *Process {
	t.Helper()
	args = append([]string{"serve", "-data-dir", dir, "-syslog-addr", "127.0.0.1:0", "-http-addr", "127.0.0.1:0"}, args...)
	return Launch(t, dir, Command(t, args...))
}

// Launch starts a command that serves, and waits until it says that it does, and
// where.
func Launch(t testing.TB, dir string, c *exec.Cmd) *Process {
	t.Helper()
	p := &Process{Process: testenv.Start(t, c), tb: t, dir: dir}
	m := p.Line(`msg=serving .*syslog=(\S+) pages=(\S+)`)
	p.Syslog, p.Pages = m[1], m[2]
	pool, err := keys.LoadPool(filepath.Join(p.dir, "keys", keys.CACert))
	is.New(t).NoErr(err)
	p.client = &http.Client{
		Timeout:   testenv.Patience,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}},
	}
	t.Cleanup(p.client.CloseIdleConnections)
	return p
}

// Line waits for a line of the log that matches, and returns the match.
func (p *Process) Line(pattern string) (match []string) {
	p.tb.Helper()
	re := regexp.MustCompile(pattern)
	testenv.Await(p.tb, "the line "+pattern, func() bool {
		match = re.FindStringSubmatch(p.Output())
		return match != nil
	})
	return match
}

// Stop ends the service as systemd does. It has to end well.
func (p *Process) Stop() {
	p.tb.Helper()
	if err := p.End(p.tb, syscall.SIGTERM); err != nil {
		p.tb.Fatalf("ended with %v", err)
	}
}

// Crash ends the service as a power cut would.
func (p *Process) Crash() {
	p.tb.Helper()
	if p.Kill() == nil {
		p.tb.Fatal("ended well before it was killed")
	}
	p.client.CloseIdleConnections()
}

// Get asks for a path and returns status and body.
func (p *Process) Get(path string) (int, string) {
	p.tb.Helper()
	is := is.New(p.tb)
	res, err := p.client.Get(p.Pages + path)
	is.NoErr(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	is.NoErr(err)
	return res.StatusCode, string(body)
}

// Await waits until a path is answered with that status, and returns the body.
func (p *Process) Await(path string, status int) (body string) {
	p.tb.Helper()
	testenv.Await(p.tb, fmt.Sprintf("status %d of %s", status, path), func() bool {
		var code int
		code, body = p.Get(path)
		return code == status
	})
	return body
}

// AwaitRecords waits until there are that many records.
func (p *Process) AwaitRecords(n int) {
	p.tb.Helper()
	testenv.Await(p.tb, fmt.Sprint(n, " records"), func() bool { return p.Records() == n })
}

// Records asks how many records there are.
func (p *Process) Records() int {
	p.tb.Helper()
	_, body := p.Get("/kirjeid?p=")
	var answer struct{ Kirjeid int }
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		p.tb.Fatalf("%v: %s", err, body)
	}
	return answer.Kirjeid
}

// Dial connects a sender with the certificate made at first start. It writes as
// [HeaderOf] says.
func (p *Process) Dial(form string) *syslogjson.Client {
	p.tb.Helper()
	c, _ := p.DialRaw(form, nil)
	return c
}

// DialRaw is dial for a sender that reads replies, and gives out what is below it.
func (p *Process) DialRaw(form string, onReply func(string)) (*syslogjson.Client, net.Conn) {
	p.tb.Helper()
	nc, err := tls.Dial("tcp", p.Syslog, SenderTLS(p.tb, p.dir))
	is.New(p.tb).NoErr(err)
	return syslogjson.NewClient(nc, syslogjson.ClientOptions{
		Header: HeaderOf(form), OnReply: onReply, WriteTimeout: testenv.Patience, CloseTimeout: testenv.Patience, // the receiver may be held back
	}), nc
}

// HeaderOf is the header in one of the three forms in which TARA's senders
// write: bsd, rfc5424, or octet, which is rfc5424 counted.
func HeaderOf(form string) syslogjson.Header {
	h := syslogjson.DefaultHeader("vm")
	if form != "bsd" {
		h.Format = syslogjson.RFC5424
	}
	if form == "octet" {
		h.Framing = syslogjson.OctetCounting
	}
	return h
}

// SenderTLS is the configuration of a sender with the keys in a data directory.
func SenderTLS(t testing.TB, dir string) *tls.Config {
	t.Helper()
	is := is.New(t)
	k := filepath.Join(dir, "keys")
	pair, err := keys.LoadPair(filepath.Join(k, keys.ClientCert), filepath.Join(k, keys.ClientKey))
	is.NoErr(err)
	pool, err := keys.LoadPool(filepath.Join(k, keys.CACert))
	is.NoErr(err)
	return syslogjson.ClientTLSConfig(pair, pool)
}

// ExitCode is the exit code of a process that has ended so.
func ExitCode(t testing.TB, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	var exit *exec.ExitError
	ok := errors.As(err, &exit)
	if !ok {
		t.Fatal(err)
	}
	return exit.ExitCode()
}
