package httpui

import (
	"net"
	"strings"
)

// connectGuide returns nil when it is not known where senders connect to.
func (r *request) connectGuide() *connectGuide {
	host, port, err := net.SplitHostPort(r.h.syslogAddr)
	if err != nil {
		return nil
	}
	if host == "" || host == "::" || host == "0.0.0.0" {
		host = "tara-stat.example" // every address of this machine: its name is not known here
	}
	return &connectGuide{
		Addr: net.JoinHostPort(host, port), Host: host, Port: port,
		Fingerprint: fingerprint(r.h.fingerprint),
		Log4j:       log4j(host, port),
		Send:        "tarastat send -addr " + net.JoinHostPort(host, port) + " -n 10",
	}
}

// fingerprint writes hexadecimal digits in pairs, as tools show them.
func fingerprint(hex string) string {
	var pairs []string
	for hex = strings.ToUpper(strings.ReplaceAll(hex, ":", "")); len(hex) >= 2; hex = hex[2:] {
		pairs = append(pairs, hex[:2])
	}
	return strings.Join(pairs, ":")
}

// log4j is the part of a log4j2 configuration that sends events here. Values
// within are addresses from our own settings. RFC 5424 over TLS is counted by
// octets; what the sender's thread carries besides the event stays there.
func log4j(host, port string) string {
	return `<Appenders>
  <Syslog name="taraStat" host="` + host + `" port="` + port + `" protocol="SSL"
          format="RFC5424" appName="tara" facility="AUTH" includeMDC="false">
    <SSL>
      <KeyStore location="client.p12" passwordEnvironmentVariable="TARA_STAT_KEY"/>
      <TrustStore location="ca.p12" passwordEnvironmentVariable="TARA_STAT_KEY"/>
    </SSL>
  </Syslog>
</Appenders>`
}
