package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/sqlitestore"
	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

// example is a run of the program on free ports.
type example struct {
	db            string
	syslog, pages string      // addresses
	tls           *tls.Config // of a client that it accepts
	stop          func() error
}

func start(t *testing.T) *example {
	t.Helper()
	ca := syslogtest.NewCA()
	e := &example{
		db:  filepath.Join(t.TempDir(), "events.db"),
		tls: syslogjson.ClientTLSConfig(ca.Issue(syslogtest.CertOptions{CommonName: "sender"}), ca.Pool()),
	}
	syslog, pages := listen(t), listen(t)
	e.syslog, e.pages = syslog.Addr().String(), pages.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, e.db, syslog, pages, syslogjson.ServerTLSConfig(ca.ServerCert(), ca.Pool())) }()
	e.stop = func() error {
		cancel()
		return <-ended
	}
	return e
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

const success = `{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"SUCCESSFUL_AUTH"}`

func TestRun(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	e := start(t)
	c, err := syslogjson.Dial(ctx, e.syslog, e.tls, syslogjson.ClientOptions{})
	is.NoErr(err)
	is.NoErr(c.Send([]byte(success)))
	is.NoErr(c.Close())

	browser := &http.Client{Transport: &http.Transport{TLSClientConfig: e.tls}}
	testenv.Await(t, "the event on the page", func() bool { // group commit makes it visible in a moment
		return records(t, browser, "https://"+e.pages+"/standard?p=2018-04") == 1
	})
	browser.CloseIdleConnections()
	is.NoErr(e.stop())
}

// Somebody who connects to the pages and says nothing takes no time from what
// was received.
func TestSilentBrowser(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	e := start(t)
	silent, err := new(net.Dialer).DialContext(ctx, "tcp", e.pages)
	is.NoErr(err)
	defer silent.Close()
	c, err := syslogjson.Dial(ctx, e.syslog, e.tls, syslogjson.ClientOptions{BufferBytes: 1 << 20})
	is.NoErr(err)
	const n = 400 // no more than a socket holds: all have arrived
	for range n {
		is.NoErr(c.Send([]byte(success)))
	}
	is.NoErr(c.Flush())
	is.NoErr(e.stop()) // the sender is still connected
	is.True(c.Close() != nil)

	store, err := sqlitestore.Open(ctx, e.db, sqlitestore.Options{})
	is.NoErr(err)
	bounds, err := store.Bounds(ctx)
	is.NoErr(err)
	is.Equal(bounds.Records, int64(n))
	is.NoErr(store.Close())
}

func records(t *testing.T, c *http.Client, url string) int {
	t.Helper()
	is := is.New(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	is.NoErr(err)
	res, err := c.Do(req)
	is.NoErr(err)
	defer res.Body.Close()
	var body struct {
		Kirjeid int `json:"kirjeid"`
	}
	is.NoErr(json.NewDecoder(res.Body).Decode(&body))
	return body.Kirjeid
}
