package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func TestRun(t *testing.T) {
	is := is.New(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ca := syslogtest.NewCA()
	syslog, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	is.NoErr(err)
	pages, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	is.NoErr(err)
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		ended <- run(running, filepath.Join(t.TempDir(), "events.db"), syslog, pages, ca.ServerCert(), ca.Pool())
	}()
	sender := syslogjson.ClientTLSConfig(ca.Issue(syslogtest.CertOptions{CommonName: "sender"}), ca.Pool())
	c, err := syslogjson.Dial(ctx, syslog.Addr().String(), sender, syslogjson.ClientOptions{})
	is.NoErr(err)
	is.NoErr(c.Send([]byte(`{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"SUCCESSFUL_AUTH"}`)))
	is.NoErr(c.Close())

	browser := &http.Client{Transport: &http.Transport{TLSClientConfig: sender}}
	url := "https://" + pages.Addr().String() + "/standard?p=2018-04"
	for records(t, ctx, browser, url) != 1 { // group commit makes the event visible in a moment
		is.NoErr(ctx.Err())
	}
	browser.CloseIdleConnections()
	stop()
	is.NoErr(<-ended)
}

func records(t *testing.T, ctx context.Context, c *http.Client, url string) int { //nolint:revive // t first, as everywhere
	t.Helper()
	is := is.New(t)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	is.NoErr(err)
	res, err := c.Do(req)
	is.NoErr(err)
	defer res.Body.Close() //nolint:errcheck // only read
	var body struct {
		Kirjeid int `json:"kirjeid"`
	}
	is.NoErr(json.NewDecoder(res.Body).Decode(&body))
	return body.Kirjeid
}
