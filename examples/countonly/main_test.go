package main

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/testenv"
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

func TestCount(t *testing.T) {
	is := is.New(t)
	ca := syslogtest.NewCA()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	is.NoErr(err)
	ctx, stop := context.WithTimeout(t.Context(), testenv.Patience)
	defer stop()
	type answer struct {
		rows []aggregate.Row
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		rows, err := count(ctx, ln, syslogjson.ServerTLSConfig(ca.ServerCert(), ca.Pool()))
		answers <- answer{rows, err}
	}()
	// Each writes all of its messages at once, no more than a socket holds: most are
	// unread when count is told to end, and the senders stay connected.
	const senders, each = 8, 400
	var clients []*syslogjson.Client
	for range senders {
		c, err := syslogjson.Dial(ctx, ln.Addr().String(), clientTLS(ca), syslogjson.ClientOptions{BufferBytes: 1 << 20})
		is.NoErr(err)
		for range each {
			is.NoErr(c.Send([]byte(`{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"START_AUTH"}`)))
		}
		is.NoErr(c.Send([]byte(`{"time":"2018-04-28"}`)))
		clients = append(clients, c)
	}
	for _, c := range clients {
		is.NoErr(c.Flush())
	}
	stop()
	got := <-answers
	is.NoErr(got.err)
	want := []aggregate.Row{{
		Key:   aggregate.Key{ClientID: "a", Method: event.MethodIDCard, Operation: event.OpStart},
		Count: senders * each,
	}}
	if d := cmp.Diff(want, got.rows); d != "" {
		t.Error(d)
	}
	for _, c := range clients {
		is.True(c.Close() != nil) // reset: the sender notices
	}
}

func clientTLS(ca *syslogtest.CA) *tls.Config {
	return syslogjson.ClientTLSConfig(ca.Issue(syslogtest.CertOptions{CommonName: "sender"}), ca.Pool())
}

// A service manager says SIGTERM.
func TestEndsOnSIGTERM(t *testing.T) {
	is := is.New(t)
	ca := syslogtest.NewCA()
	cert, key := syslogtest.PEMPair(ca.ServerCert())
	dir := t.TempDir()
	for name, data := range map[string][]byte{"server.crt": cert, "server.key": key, "ca.crt": ca.PEM()} {
		is.NoErr(os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	addr := freeAddr(t)
	self, err := os.Executable()
	is.NoErr(err)
	cmd := exec.CommandContext(t.Context(), self, "-addr", addr)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asMain+"=1")
	p := testenv.Start(t, cmd)
	var c *syslogjson.Client
	testenv.Await(t, "the program to listen", func() bool {
		c, err = syslogjson.Dial(t.Context(), addr, clientTLS(ca), syslogjson.ClientOptions{})
		return err == nil
	})
	is.NoErr(c.Send([]byte(`{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"START_AUTH"}`)))
	is.NoErr(c.Close()) // returns when the program has read it
	is.NoErr(p.End(t, syscall.SIGTERM))
	is.Equal(p.Output(), "       1  a idcard START_AUTH\n")
}

func freeAddr(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}
