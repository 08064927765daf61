package daemon_test

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

	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/syslogjson"
)

// These tests start the service as people do, as a process of its own that can
// be stopped, frozen and killed. The command is built once for all of them.
const commandDir = "../../cmd/tarastat"

var (
	buildDir string
	tarastat = sync.OnceValues(build)
)

func TestMain(m *testing.M) {
	var err error
	if buildDir, err = os.MkdirTemp("", "tarastat"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(buildDir)
	os.Exit(code)
}

func build() (string, error) {
	args := []string{"build", "-o", buildDir}
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, commandDir)...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the command: %w\n%s", err, out)
	}
	// What a test looks at decides whether its result may be taken from the cache.
	sources, err := filepath.Glob(filepath.Join(commandDir, "*.go"))
	for _, name := range sources {
		_, _ = os.Stat(name)
	}
	return filepath.Join(buildDir, "tarastat"), err
}

// command is the command with arguments.
func command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	path, err := tarastat()
	is.New(t).NoErr(err)
	return exec.CommandContext(context.WithoutCancel(t.Context()), path, args...)
}

// tool runs a subcommand to its end and returns its exit code and what it wrote.
func tool(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	p := testenv.Start(t, command(t, args...))
	return exitCode(t, p.Wait(t)), p.Output()
}

// wellDone wants a subcommand to end well and to say all of the texts.
func wellDone(t *testing.T, args []string, texts ...string) {
	t.Helper()
	code, out := tool(t, args...)
	if code != 0 {
		t.Errorf("%s ends with %d", args[0], code)
	}
	for _, text := range texts {
		if !strings.Contains(out, text) {
			t.Errorf("%s does not say %q but:\n%s", args[0], text, out)
		}
	}
}

// process is a running service.
type process struct {
	*testenv.Process

	t             testing.TB
	dir           string // the data directory
	syslog, pages string // addresses
	client        *http.Client
}

// serve starts the service on free ports and waits until it serves.
func serve(t testing.TB, dir string, args ...string) *process {
	t.Helper()
	args = append([]string{"serve", "-data-dir", dir, "-syslog-addr", "127.0.0.1:0", "-http-addr", "127.0.0.1:0"}, args...)
	return launch(t, dir, command(t, args...))
}

// launch starts a command that serves, and waits until it says that it does, and
// where.
func launch(t testing.TB, dir string, c *exec.Cmd) *process {
	t.Helper()
	p := &process{Process: testenv.Start(t, c), t: t, dir: dir}
	m := p.line(`msg=serving .*syslog=(\S+) pages=(\S+)`)
	p.syslog, p.pages = m[1], m[2]
	pool, err := keys.LoadPool(filepath.Join(p.dir, "keys", keys.CACert))
	is.New(t).NoErr(err)
	p.client = &http.Client{
		Timeout:   testenv.Patience,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}},
	}
	t.Cleanup(p.client.CloseIdleConnections)
	return p
}

// line waits for a line of the log that matches, and returns the match.
func (p *process) line(pattern string) (match []string) {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	testenv.Await(p.t, "the line "+pattern, func() bool {
		match = re.FindStringSubmatch(p.Output())
		return match != nil
	})
	return match
}

// stop ends the service as systemd does. It has to end well.
func (p *process) stop() {
	p.t.Helper()
	if err := p.End(p.t, syscall.SIGTERM); err != nil {
		p.t.Fatalf("ended with %v", err)
	}
}

// kill ends the service as a power cut would.
func (p *process) kill() {
	p.t.Helper()
	if p.Kill() == nil {
		p.t.Fatal("ended well before it was killed")
	}
	p.client.CloseIdleConnections()
}

// get asks for a path and returns status and body.
func (p *process) get(path string) (int, string) {
	p.t.Helper()
	is := is.New(p.t)
	res, err := p.client.Get(p.pages + path)
	is.NoErr(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	is.NoErr(err)
	return res.StatusCode, string(body)
}

// await waits until a path is answered with that status, and returns the body.
func (p *process) await(path string, status int) (body string) {
	p.t.Helper()
	testenv.Await(p.t, fmt.Sprintf("status %d of %s", status, path), func() bool {
		var code int
		code, body = p.get(path)
		return code == status
	})
	return body
}

// awaitRecords waits until there are that many records.
func (p *process) awaitRecords(n int) {
	p.t.Helper()
	testenv.Await(p.t, fmt.Sprint(n, " records"), func() bool { return p.records() == n })
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

// dial connects a sender with the certificate made at first start. It writes as
// [headerOf] says.
func (p *process) dial(form string) *syslogjson.Client {
	p.t.Helper()
	c, _ := p.dialRaw(form, nil)
	return c
}

// dialRaw is dial for a sender that reads replies, and gives out what is below it.
func (p *process) dialRaw(form string, onReply func(string)) (*syslogjson.Client, net.Conn) {
	p.t.Helper()
	nc, err := tls.Dial("tcp", p.syslog, senderTLS(p.t, p.dir))
	is.New(p.t).NoErr(err)
	return syslogjson.NewClient(nc, syslogjson.ClientOptions{
		Header: headerOf(form), OnReply: onReply, WriteTimeout: testenv.Patience, CloseTimeout: testenv.Patience, // the receiver may be held back
	}), nc
}

// headerOf is the header in one of the three forms in which TARA's senders
// write: bsd, rfc5424, or octet, which is rfc5424 counted.
func headerOf(form string) syslogjson.Header {
	h := syslogjson.DefaultHeader("vm")
	if form != "bsd" {
		h.Format = syslogjson.RFC5424
	}
	if form == "octet" {
		h.Framing = syslogjson.OctetCounting
	}
	return h
}

// senderTLS is the configuration of a sender with the keys in a data directory.
func senderTLS(t testing.TB, dir string) *tls.Config {
	t.Helper()
	is := is.New(t)
	k := filepath.Join(dir, "keys")
	pair, err := keys.LoadPair(filepath.Join(k, keys.ClientCert), filepath.Join(k, keys.ClientKey))
	is.NoErr(err)
	pool, err := keys.LoadPool(filepath.Join(k, keys.CACert))
	is.NoErr(err)
	return syslogjson.ClientTLSConfig(pair, pool)
}

// exitCode is the exit code of a process that has ended so.
func exitCode(t testing.TB, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		t.Fatal(err)
	}
	return exit.ExitCode()
}
