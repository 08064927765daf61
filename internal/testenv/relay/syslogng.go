package relay

import (
	"strings"
	"testing"
	"text/template"

	"github.com/e-gov/tarastat/syslogjson"
)

var syslogNGConf = template.Must(template.New("syslog-ng").Parse(`@version: {{.Version}}
options {
  log-msg-size(65536);
  keep-hostname(yes);
  time-reopen(1);
  stats-freq(0);
};
source local {
  unix-dgram("{{.LogSocket}}");
  unix-stream("{{.Stream}}" max-connections(16));
};
destination collector {
  {{.Driver}}(
    "{{.Host}}" port({{.Port}}) transport("tls") log-fifo-size(100000) {{.Flags}}
    tls(ca-file("{{.Dir}}/ca.crt") cert-file("{{.Dir}}/relay.crt") key-file("{{.Dir}}/relay.key") peer-verify(required-trusted))
  );
};
log { source(local); destination(collector); flags(flow-control); };
`))

type syslogNGData struct {
	*Relay
	Dir, Version, Host, Port, Driver, Flags string
}

// SyslogNG starts syslog-ng. It knows no octet counting with a BSD header.
func SyslogNG(tb testing.TB, c Config) *Relay {
	tb.Helper()
	p := find(tb, "syslog-ng")
	r := newRelay(tb, c)
	d := syslogNGData{Relay: r, Dir: r.dir, Version: configVersion(tb, p), Driver: "network"}
	d.Host, d.Port = splitAddr(tb, c.Addr)
	switch {
	case c.Format == syslogjson.RFC5424 && c.Framing == syslogjson.OctetCounting:
		d.Driver = "syslog"
	case c.Format == syslogjson.RFC5424:
		d.Flags = "flags(syslog-protocol)"
	case c.Framing == syslogjson.OctetCounting:
		tb.Fatal("syslog-ng counts octets with RFC 5424 headers only")
	}
	args := []string{
		"--foreground", "--stderr", "--no-caps",
		"--cfgfile", r.configure(tb, syslogNGConf, d),
		"--persist-file", r.dir + "/persist", "--control", r.dir + "/control", "--pidfile", r.dir + "/pid",
	}
	if dirs := p.glob("usr/lib/syslog-ng/[0-9]*"); len(dirs) > 0 {
		args = append(args, "--module-path", dirs[0])
	}
	r.run(tb, p.command(args...))
	return r
}

// configVersion asks the program for the version that its configuration has to
// name: an older one brings warnings, a newer one is refused.
func configVersion(tb testing.TB, p program) string {
	tb.Helper()
	out, err := p.command("--version").Output()
	if err != nil {
		tb.Fatalf("syslog-ng --version: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		if v, ok := strings.CutPrefix(line, "Config version: "); ok {
			return strings.TrimSpace(v)
		}
	}
	tb.Fatalf("syslog-ng --version names no configuration version:\n%s", out)
	return ""
}
