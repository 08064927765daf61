package main

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/syslogjson"
	"github.com/e-gov/tarastat/syslogjson/syslogtest"
)

func TestReceiver(t *testing.T) {
	is := is.New(t)
	var out bytes.Buffer
	ours := receiver(&out)
	srv := syslogtest.NewUnstartedServer(t, ours.Handler)
	srv.OnReject = ours.OnReject
	srv.Start()
	cert := srv.CA.Issue(syslogtest.CertOptions{CommonName: "cellar"})
	ctx, cancel := context.WithTimeout(t.Context(), testenv.Patience)
	defer cancel()
	c, err := syslogjson.Dial(ctx, srv.Addr, srv.ClientTLSWith(cert), syslogjson.ClientOptions{})
	is.NoErr(err)
	for _, payload := range []string{`{"room":"cellar","celsius":11.25}`, `{"room":7}`, `warm`} {
		is.NoErr(c.Send([]byte(payload)))
	}
	is.NoErr(c.Close()) // nil: the server has read everything
	is.Equal(out.String(), fmt.Sprintf("cellar (certificate %x): cellar 11.2\ncellar: no measurement\ncellar: no_json\n", cert.Leaf.SerialNumber))
	is.Equal(srv.Stats().HandlerErrors, uint64(1))
}
