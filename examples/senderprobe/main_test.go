package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/syslogjson"
)

func TestProbe(t *testing.T) {
	is := is.New(t)
	ctx, cancel := context.WithTimeout(t.Context(), testenv.Patience)
	defer cancel()
	dir := t.TempDir()
	r, w := io.Pipe()
	bad := make(chan int, 1)
	go func() {
		n, err := probe(ctx, w, dir, 3)
		bad <- n
		_ = w.CloseWithError(err)
	}()
	out := bufio.NewScanner(r)
	is.True(out.Scan())
	addr, ok := strings.CutPrefix(out.Text(), "listening on ")
	is.True(ok)

	pair, err := keys.LoadPair(filepath.Join(dir, "client.crt"), filepath.Join(dir, "client.key"))
	is.NoErr(err)
	pool, err := keys.LoadPool(filepath.Join(dir, "ca.crt"))
	is.NoErr(err)
	nc, err := (&tls.Dialer{Config: syslogjson.ClientTLSConfig(pair, pool)}).DialContext(ctx, "tcp", addr)
	is.NoErr(err)
	c := syslogjson.NewClient(nc, syslogjson.ClientOptions{
		Header: syslogjson.Header{Format: syslogjson.RFC5424, Framing: syslogjson.OctetCounting},
	})
	is.NoErr(c.Send([]byte(`{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"START_AUTH"}`)))
	is.NoErr(c.Send([]byte(`{"time":"2018-04-28","clientId":"a","method":"banklink","operation":"START_AUTH"}`)))
	_, err = nc.Write([]byte("garbage\n"))
	is.NoErr(err)
	var lines []string
	for out.Scan() {
		lines = append(lines, out.Text())
	}
	is.NoErr(out.Err())
	is.Equal(len(lines), 3)
	is.True(strings.HasSuffix(lines[0], "a idcard START_AUTH"))
	is.True(strings.Contains(lines[1], "malformed: missing_bank"))
	is.True(strings.HasPrefix(lines[2], "malformed: bad_count: "))
	is.Equal(<-bad, 2)
	_ = c.Close() // the probe is gone already, which the client may notice
}
