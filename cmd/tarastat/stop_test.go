package main

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/internal/testenv/mongotest"
)

// stopTime is what -stop-time is by default, doubled for a busy machine.
const stopTime = 10 * time.Second

var reStopped = regexp.MustCompile(`msg=stopped took=(\S+) received=(\d+) stored=(\d+) rejected=(\d+) lost=(\d+)`)

// stopped returns what the last line of the log says.
func (p *process) stopped() (took time.Duration, received, stored, rejected, lost int) {
	p.t.Helper()
	var m []string
	p.wait(reStopped, func(found []string) { m = found })
	took, err := time.ParseDuration(m[1])
	if err != nil {
		p.t.Fatal(err)
	}
	var n [4]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+2])
	}
	return took, n[0], n[1], n[2], n[3]
}

// TestStopUnderTraffic ends the service while senders go on: that is what an
// upgrade is. All that was read is stored, and it ends well and in time.
func TestStopUnderTraffic(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	p := serve(t, dir)
	var wg sync.WaitGroup
	var sent atomic.Int64
	enough := make(chan struct{})
	for _, form := range []string{"bsd", "rfc5424", "octet"} {
		c := p.dial(form)
		wg.Go(func() { _ = sendUntil(c, &sent, enough) }) // cut off by the receiver
	}
	await(t, "events", func() bool { return p.records() > 200 })
	p.stop()
	close(enough)
	wg.Wait()
	took, received, stored, rejected, lost := p.stopped()
	is.True(took < stopTime)
	is.Equal(rejected, 0)
	is.Equal(lost, 0)
	is.Equal(received, stored)
	is.Equal(len(kept(t, dir)), stored)
}

// TestStopWithTheLogBaseFrozen ends the service while the log base does not
// answer and events wait. They are lost, which it says, and it ends in time.
func TestStopWithTheLogBaseFrozen(t *testing.T) {
	is := is.New(t)
	base := mongotest.Start(t)
	p := serve(t, t.TempDir(), "-store", base.URI, "-max-queue", "50")
	var sent atomic.Int64
	enough := make(chan struct{})
	ended := make(chan error, 1)
	go func() { ended <- sendUntil(p.dial("octet"), &sent, enough) }()
	await(t, "events", func() bool { return p.records() > 10 })
	base.Freeze()
	await(t, "the queue to fill", func() bool {
		_, body := p.get("/metrics")
		return strings.Contains(body, "\ntarastat_records_in_flight 51\n")
	})
	is.NoErr(p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case err := <-p.ended:
		exit, ok := errors.AsType[*exec.ExitError](err)
		is.True(ok)
		is.Equal(exit.ExitCode(), exitFailed) // something was lost
	case <-time.After(patience):
		t.Fatal("did not end")
	}
	close(enough)
	t.Logf("the sender ends with: %v", <-ended)
	base.Thaw()
	took, received, stored, rejected, lost := p.stopped()
	is.True(took < stopTime)
	is.True(lost >= 50)
	is.Equal(received, stored+rejected+lost)
	is.True(strings.Contains(p.log.String(), "events were not stored"))
}

// TestSecondServiceIsRefused starts a service on a data directory that is in
// use. It ends at once, and the first one is unharmed.
func TestSecondServiceIsRefused(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	first := serve(t, dir)
	second := start(t, dir, "serve", "-data-dir", dir, "-syslog-addr", "127.0.0.1:0", "-http-addr", "127.0.0.1:0")
	err := <-second.ended
	exit, ok := errors.AsType[*exec.ExitError](err)
	is.True(ok)
	is.Equal(exit.ExitCode(), exitUsage)
	is.True(strings.Contains(second.log.String(), "in use by another process"))
	code, _ := first.get("/status")
	is.Equal(code, http.StatusOK)
	first.stop()
}

// TestSendEnds ends the test sender while its receiver accepts and never reads.
func TestSendEnds(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	k := filepath.Join(dir, "keys")
	is.NoErr(keys.Ensure(k, []string{"127.0.0.1"}, time.Now()))
	pair, err := keys.LoadPair(filepath.Join(k, keys.ServerCert), filepath.Join(k, keys.ServerKey))
	is.NoErr(err)
	inner, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	is.NoErr(err)
	ln := tls.NewListener(inner, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	defer ln.Close() //nolint:errcheck // the test is over
	ready := make(chan error, 1)
	go func() {
		c, err := ln.Accept()
		if err == nil {
			err = c.(*tls.Conn).HandshakeContext(t.Context())
		}
		ready <- err // and that is all it ever does
	}()
	p := start(t, dir, "send", "-data-dir", dir, "-addr", inner.Addr().String(), "-n", "100000000")
	is.NoErr(<-ready)
	is.NoErr(p.cmd.Process.Signal(syscall.SIGINT))
	select {
	case err := <-p.ended:
		is.True(err != nil) // not everything was sent
	case <-time.After(patience):
		t.Fatal("did not end")
	}
	is.True(strings.Contains(p.log.String(), "events sent"))
}
