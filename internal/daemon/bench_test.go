package daemon_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/internal/testenv/relay"
	"github.com/e-gov/tarastat/internal/testenv/service"
	"github.com/e-gov/tarastat/internal/traffic"
	"github.com/e-gov/tarastat/syslogjson"
)

// The load of the comparison.
const (
	benchEvents = 400_000
	benchConns  = 4
)

// BenchmarkBesideRsyslog sends the same events over mutual TLS to TARA-Stat and
// to rsyslog, which parses the JSON and writes it anew to a file with fsync, one
// after the other in one run, until each has stored all. The sender shares the
// machine with the receiver.
func BenchmarkBesideRsyslog(b *testing.B) {
	for _, form := range []string{"bsd", "octet"} {
		b.Run(form, func(b *testing.B) {
			load := streams(form)
			var ours, theirs time.Duration
			for b.Loop() {
				ours += benchTarastat(b, load)
				theirs += benchRsyslog(b, form, load)
			}
			events := float64(benchEvents * b.N)
			b.ReportMetric(events/ours.Seconds(), "tarastat-events/s")
			b.ReportMetric(events/theirs.Seconds(), "rsyslog-events/s")
			b.ReportMetric(theirs.Seconds()/ours.Seconds(), "x-rsyslog")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// streams are the bytes of each connection.
func streams(form string) [][]byte {
	model := traffic.New(1, time.Now(), event.DefaultLocation())
	header := service.HeaderOf(form)
	out := make([][]byte, benchConns)
	at := time.Now().Add(-time.Hour)
	for n := 0; n < benchEvents; {
		for _, e := range model.Login(at.Add(time.Duration(n) * time.Millisecond)) {
			if n == benchEvents {
				break
			}
			i := n % benchConns
			out[i] = header.Append(out[i], at, event.AppendJSON(nil, e))
			n++
		}
	}
	return out
}

func benchTarastat(b *testing.B, load [][]byte) time.Duration {
	b.Helper()
	dir := b.TempDir()
	p := service.Start(b, dir)
	d := deliver(b, load, p.Syslog, dir, func() bool { return p.Records() == benchEvents })
	p.Crash()
	return d
}

// deliver sends the streams and returns how long it took until all was stored.
func deliver(b *testing.B, load [][]byte, addr, dir string, stored func() bool) time.Duration {
	b.Helper()
	sender := service.SenderTLS(b, dir)
	begun := time.Now()
	var wg sync.WaitGroup
	for _, stream := range load {
		wg.Go(func() {
			nc, err := tls.Dial("tcp", addr, sender)
			if err != nil {
				b.Error(err)
				return
			}
			c := syslogjson.NewClient(nc, syslogjson.ClientOptions{WriteTimeout: testenv.Patience, CloseTimeout: testenv.Patience}) // rsyslog has a queue to empty
			for chunk := range slices.Chunk(stream, 64<<10) {
				if _, err := nc.Write(chunk); err != nil {
					b.Error(err)
					break
				}
			}
			// Close waits until the receiver has read all. Cutting the connection
			// would make rsyslog, which issues session tickets, lose events.
			if err := c.Close(); err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	testenv.Await(b, "everything stored", stored)
	return time.Since(begun)
}

// rsyslogBench receives as we do: mutual TLS, the JSON parsed and written anew,
// flushed to the disk.
const rsyslogBench = `
global(workDirectory="%[1]s" maxMessageSize="64k"
  defaultNetstreamDriverCAFile="%[1]s/keys/ca.crt"
  defaultNetstreamDriverCertFile="%[1]s/keys/server.crt"
  defaultNetstreamDriverKeyFile="%[1]s/keys/server.key")
module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/certvalid")
template(name="json" type="string" string="%%$!e%%\n")
ruleset(name="store" queue.type="LinkedList" queue.size="100000" queue.dequeueBatchSize="1024") {
  set $.ret = parse_json(%[3]s, "\$!e");
  if $.ret == 0 then { action(type="omfile" file="%[1]s/stored" template="json" sync="on" asyncWriting="off" flushOnTXEnd="on" ioBufferSize="1m") }
}
input(type="imtcp" port="0" address="127.0.0.1" listenPortFileName="%[1]s/port" ruleset="%[2]s")
`

func benchRsyslog(b *testing.B, form string, load [][]byte) time.Duration {
	b.Helper()
	dir := b.TempDir()
	if err := keys.Ensure(filepath.Join(dir, "keys"), []string{"127.0.0.1"}, time.Now()); err != nil {
		b.Fatal(err)
	}
	payload := "$msg"
	if form == "bsd" { // without a tag, the JSON begins where the tag would
		payload = fmt.Sprintf("substring($rawmsg-after-pri, %d, 65536)", len("Nov 21 19:29:11 vm "))
	}
	conf := filepath.Join(dir, "rsyslog.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, rsyslogBench, dir, "store", payload), 0o600); err != nil {
		b.Fatal(err)
	}
	rsyslog := testenv.Start(b, relay.RsyslogCommand(b, "-n", "-f", conf, "-i", "NONE"))
	defer func() { _ = rsyslog.Kill() }()
	var port []byte
	testenv.Await(b, "rsyslog's port", func() bool {
		port, _ = os.ReadFile(filepath.Join(dir, "port"))
		return len(port) > 0
	})
	lines := lineCounter{name: filepath.Join(dir, "stored")}
	return deliver(b, load, "127.0.0.1:"+strings.TrimSpace(string(port)), dir, func() bool { return lines.count() == benchEvents })
}

// lineCounter counts the lines of a file that grows.
type lineCounter struct {
	name   string
	offset int64
	lines  int
}

func (l *lineCounter) count() int {
	f, err := os.Open(l.name)
	if err != nil {
		return 0 // not there yet
	}
	defer f.Close()
	buf := make([]byte, 1<<20)
	for {
		n, err := f.ReadAt(buf, l.offset)
		l.offset += int64(n)
		l.lines += bytes.Count(buf[:n], []byte("\n"))
		if err != nil {
			return l.lines
		}
	}
}
