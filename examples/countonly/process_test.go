package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// asMain tells the test binary to be the program.
const asMain = "COUNTONLY_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// A service manager says SIGTERM.
func TestEndsOnSIGTERM(t *testing.T) {
	is := is.New(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ca := syslogtest.NewCA()
	cert, key := syslogtest.PEMPair(ca.ServerCert())
	dir := t.TempDir()
	for name, data := range map[string][]byte{"server.crt": cert, "server.key": key, "ca.crt": ca.PEM()} {
		is.NoErr(os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	addr := freeAddr(t)
	self, err := os.Executable()
	is.NoErr(err)
	cmd := exec.CommandContext(ctx, self, "-addr", addr)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asMain+"=1")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	is.NoErr(cmd.Start())
	c, err := syslogjson.Dial(ctx, addr, clientTLS(ca), syslogjson.ClientOptions{})
	for err != nil && ctx.Err() == nil { // until it listens
		c, err = syslogjson.Dial(ctx, addr, clientTLS(ca), syslogjson.ClientOptions{})
	}
	is.NoErr(err)
	is.NoErr(c.Send([]byte(`{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"START_AUTH"}`)))
	is.NoErr(c.Close()) // returns when the program has read it
	is.NoErr(cmd.Process.Signal(syscall.SIGTERM))
	is.NoErr(cmd.Wait())
	is.Equal(stderr.String(), "")
	is.Equal(stdout.String(), "       1  a idcard START_AUTH\n")
}

func freeAddr(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close() //nolint:errcheck // nobody connected
	return ln.Addr().String()
}
