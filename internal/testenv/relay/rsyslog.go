package relay

import (
	"net"
	"os/exec"
	"testing"
	"text/template"

	"github.com/e-gov/tarastat/syslogjson"
)

// The BSD template is rsyslog's RSYSLOG_TraditionalForwardFormat without the
// space between tag and text: where a sender wrote no tag, that space would
// stand inside the JSON.
var rsyslogConf = template.Must(template.New("rsyslog").Parse(`
global(
  workDirectory="{{.Dir}}"
  maxMessageSize="64k"
  defaultNetstreamDriverCAFile="{{.Dir}}/ca.crt"
  defaultNetstreamDriverCertFile="{{.Dir}}/relay.crt"
  defaultNetstreamDriverKeyFile="{{.Dir}}/relay.key"
)
module(load="imuxsock" sysSock.use="off")
module(load="imptcp")
input(type="imuxsock" socket="{{.LogSocket}}" rateLimit.interval="0")
input(type="imptcp" path="{{.Stream}}")

template(name="bsd" type="string" string="<%PRI%>%TIMESTAMP% %HOSTNAME% %syslogtag%%msg%\n")

action(
  type="omfwd" protocol="tcp" target="{{.Host}}" port="{{.Port}}"
  template="{{.Template}}" TCP_Framing="{{.TCPFraming}}"
  streamDriver="{{.Driver}}" streamDriverMode="1" streamDriverAuthMode="x509/certvalid"
  action.resumeRetryCount="-1" action.resumeInterval="1"
)
`))

type rsyslogData struct {
	*Relay
	Dir, Host, Port, Template, TCPFraming, Driver string
}

// Rsyslog starts rsyslogd.
func Rsyslog(tb testing.TB, c Config) *Relay {
	tb.Helper()
	r := newRelay(tb, c)
	d := rsyslogData{Relay: r, Dir: r.dir, Template: "bsd", TCPFraming: "traditional", Driver: "ossl"}
	d.Host, d.Port = splitAddr(tb, c.Addr)
	if c.Format == syslogjson.RFC5424 {
		d.Template = "RSYSLOG_SyslogProtocol23Format"
	}
	if c.Framing == syslogjson.OctetCounting {
		d.TCPFraming = "octet-counted"
	}
	if c.GnuTLS {
		d.Driver = "gtls"
	}
	r.run(tb, RsyslogCommand(tb, "-n", "-f", r.configure(tb, rsyslogConf, d), "-i", "NONE"))
	return r
}

// RsyslogCommand is rsyslogd with the arguments, ready to be started with a
// configuration of the caller's own, as benchmarks do.
func RsyslogCommand(tb testing.TB, args ...string) *exec.Cmd {
	tb.Helper()
	p := find(tb, "rsyslogd")
	if dirs := p.glob("usr/lib/*-linux-gnu/rsyslog"); len(dirs) > 0 {
		args = append(args, "-M", dirs[0])
	}
	return p.command(args...)
}

func splitAddr(tb testing.TB, addr string) (host, port string) {
	tb.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		tb.Fatal(err)
	}
	return host, port
}
