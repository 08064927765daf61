package main

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/internal/testenv/service"
)

// What a subcommand says and how it exits is in the scripts of
// internal/acceptance. What the service does is tested in internal/daemon.

func TestMain(m *testing.M) { service.Main(m) }

func TestDemo(t *testing.T) {
	is := is.New(t)
	p := testenv.Start(t, service.Command(t, "demo", "-http-addr", "127.0.0.1:0", "-syslog-addr", "127.0.0.1:0", "-logins", "20"))
	says := func(re string) (match []string) {
		testenv.Await(t, "the line "+re, func() bool {
			match = regexp.MustCompile(re).FindStringSubmatch(p.Output())
			return match != nil
		})
		return match
	}
	pages := says(`open (https://\S+)`)[1]
	says(`history is in`)
	// Its certificates are in a directory whose name it does not tell.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	get := func(path string) string {
		res, err := client.Get(pages + path)
		is.NoErr(err)
		defer res.Body.Close()
		is.Equal(res.StatusCode, http.StatusOK)
		body, err := io.ReadAll(res.Body)
		is.NoErr(err)
		return string(body)
	}
	records := func() int {
		var answer struct{ Kirjeid int }
		is.NoErr(json.Unmarshal([]byte(get("/kirjeid?p=")), &answer))
		return answer.Kirjeid
	}
	first := records()
	is.True(first > 5000)
	testenv.Await(t, "live events", func() bool { return records() > first })
	is.True(strings.Contains(get("/stat?p="), "maksuportaal"))
	is.NoErr(p.End(t, syscall.SIGTERM))
}

// TestSendEnds ends the test sender while its receiver accepts and never reads.
func TestSendEnds(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	k := filepath.Join(dir, "keys")
	is.NoErr(keys.Ensure(k, []string{"127.0.0.1"}, time.Now()))
	pair, err := keys.LoadPair(filepath.Join(k, keys.ServerCert), filepath.Join(k, keys.ServerKey))
	is.NoErr(err)
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	is.NoErr(err)
	defer ln.Close()
	ready := make(chan error, 1)
	go func() {
		c, err := ln.Accept()
		if err == nil {
			err = c.(*tls.Conn).HandshakeContext(t.Context())
		}
		ready <- err // and that is all it ever does
	}()
	p := testenv.Start(t, service.Command(t, "send", "-data-dir", dir, "-addr", ln.Addr().String(), "-n", "100000000"))
	is.NoErr(<-ready)
	is.True(p.End(t, syscall.SIGINT) != nil) // not everything was sent
	is.True(strings.Contains(p.Output(), "events sent"))
}
