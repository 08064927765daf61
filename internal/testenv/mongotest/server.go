//go:build unix

// Package mongotest gives tests a MongoDB server, like net/http/httptest gives
// them an HTTP server.
//
// The server is FerretDB, which speaks MongoDB's wire protocol over SQLite
// files; it is built once and kept in the cache folder. It knows no accounts
// and no replica sets, and searches without indexes, so tests keep their data
// small. When the environment variable TARASTAT_TEST_MONGODB_URI names a
// server, tests run on that one instead, each in a database of its own; only
// those that stop, freeze or kill their server still start FerretDB.
package mongotest

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/internal/testenv"
)

// EnvURI names the server to test on, instead of FerretDB.
const EnvURI = "TARASTAT_TEST_MONGODB_URI"

// URI returns the connection string of an empty database, on the server that
// the environment names or on a FerretDB of the test's own. It goes when the
// test ends.
func URI(t testing.TB) string {
	t.Helper()
	server := os.Getenv(EnvURI)
	if server == "" {
		return Start(t).URI
	}
	return Named(t, server, t.Name()+time.Now().String())
}

// Named returns the connection string of a database on the same server, which
// is dropped when the test ends. Equal names give the same database.
func Named(t testing.TB, server, name string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("mongotest: the server's URI: %v", err)
	}
	sum := sha256.Sum256([]byte(name))
	database := "tarastat_" + hex.EncodeToString(sum[:8])
	u.Path = "/" + database
	t.Cleanup(func() { drop(t, u.String(), database) })
	return u.String()
}

// drop tries to drop a database. The server may be gone.
func drop(t testing.TB, uri, database string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	client, err := mongo.Connect(ctx, options.Client().ApplyURI(uri).SetServerSelectionTimeout(time.Second))
	if err != nil {
		t.Logf("mongotest: drop: %v", err)
		return
	}
	_ = client.Database(database).Drop(ctx)
	_ = client.Disconnect(ctx)
}

// Server is a FerretDB on this machine. When a method cannot do what it says,
// the test fails. It is not safe for concurrent use.
type Server struct {
	URI string // without a database

	fatal   func(format string, args ...any)
	dir     string
	address string
	cmd     *exec.Cmd
	stdin   io.Closer
}

// Start starts a server with no data, which is killed when the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := newServer(t.TempDir(), func(format string, args ...any) { t.Helper(); t.Fatalf(format, args...) })
	t.Cleanup(s.Kill)
	return s
}

// StartIn starts a server with its data in dir, for examples and programs,
// which have no test to fail: it panics instead. The caller ends the server.
func StartIn(dir string) *Server {
	return newServer(dir, func(format string, args ...any) { panic(fmt.Sprintf(format, args...)) })
}

func newServer(dir string, fatal func(string, ...any)) *Server {
	s := &Server{fatal: fatal, dir: dir, address: "127.0.0.1:0"}
	s.Restart()
	return s
}

// Restart starts the server again, with its data and at its address, after
// Stop or Kill.
func (s *Server) Restart() {
	path, err := build()
	if err != nil {
		s.fatal("mongotest: %v", err)
	}
	if err := s.start(path); err != nil {
		s.fatal("mongotest: start: %v", err)
	}
}

func (s *Server) start(path string) error {
	cmd := exec.Command(path, s.dir, s.address)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe() // at its end, which is also our end, the server ends
	if err != nil {
		return err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd, s.stdin = cmd, stdin
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(stdout).ReadString('\n')
		line <- strings.TrimSpace(text)
	}()
	select {
	case s.URI = <-line:
	case <-time.After(testenv.Patience):
	}
	u, err := url.Parse(s.URI)
	if err != nil || u.Host == "" {
		s.Kill()
		return fmt.Errorf("the server said %q", s.URI)
	}
	s.address = u.Host
	return nil
}

// Stop lets the server end in order.
func (s *Server) Stop() { s.end(func(*os.Process) error { return s.stdin.Close() }) }

// Kill ends the server at once (SIGKILL). It may be called again.
func (s *Server) Kill() { s.end((*os.Process).Kill) }

func (s *Server) end(how func(*os.Process) error) {
	if s.cmd == nil {
		return
	}
	if err := how(s.cmd.Process); err != nil {
		s.fatal("mongotest: end: %v", err)
	}
	_ = s.cmd.Wait() // a killed process is no success
	s.cmd = nil
}

// Freeze stops the server in its tracks: its connections stay open and nothing
// answers. A busy machine takes its time to do so, which is waited for.
func (s *Server) Freeze() {
	s.signal(syscall.SIGSTOP)
	var status syscall.WaitStatus
	for !status.Stopped() {
		_, err := syscall.Wait4(s.cmd.Process.Pid, &status, syscall.WUNTRACED, nil)
		if err != nil && !errors.Is(err, syscall.EINTR) {
			s.fatal("mongotest: wait for the server to stop: %v", err)
		}
	}
}

// Thaw lets a frozen server go on.
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.fatal("mongotest: %v: %v", sig, err)
	}
}

// build returns the path of the server's command, which it builds when it is
// not in the cache. Its name follows from its sources, so that an old one is
// never taken for it.
func build() (string, error) {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return "", errors.New("the source of the server is not here (was the test built with -trimpath?)")
	}
	source := filepath.Join(filepath.Dir(file), "ferretdb")
	h := sha256.New()
	h.Write([]byte(runtime.Version()))
	for _, name := range []string{"main.go", "go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			return "", err
		}
		h.Write(b)
	}
	cache, err := testenv.Cache()
	if err != nil {
		return "", err
	}
	path := filepath.Join(cache, "ferretdb-"+hex.EncodeToString(h.Sum(nil)[:8]))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	// Several test processes may build at once; the rename makes one win.
	tmp, err := os.MkdirTemp(cache, "build") // beside its place, so that it can be renamed
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	built := filepath.Join(tmp, "ferretdb")
	cmd := exec.Command("go", "build", "-o", built, ".")
	cmd.Dir = source
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the server: %w\n%s", err, out)
	}
	return path, os.Rename(built, path)
}
