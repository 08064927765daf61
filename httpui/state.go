package httpui

import (
	"net"
	"strings"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/address"
)

// emptyState stands where there is nothing to show, and says what to do.
type emptyState struct {
	Title   string
	Hints   []string
	Links   []link
	Connect *connectGuide // when the log base never had a record
}

// emptyState returns nil when there is something to show.
func (v *visit) emptyState(total aggregate.Tally) *emptyState {
	t, bounds := v.text.T, v.report.Bounds
	switch {
	case total.Events() > 0:
		return nil
	case bounds.Records == 0:
		return &emptyState{Title: t("state.never"), Hints: []string{t("state.neverIntro")}, Connect: v.h.connectGuide()}
	case v.view.Filter != aggregate.Key{}:
		e := &emptyState{Title: t("state.filtered"), Hints: []string{t("state.filteredHint")}}
		for _, c := range v.chips() {
			e.Links = append(e.Links, link{Text: c.RemoveText, URL: c.RemoveURL})
		}
		return e
	}
	e := &emptyState{Title: t("state.noData"), Hints: []string{t("state.noDataBounds", v.text.Bounds(bounds))}}
	if p, ok := v.report.Nearest(); ok {
		url := v.view.Here(address.Set(address.Period, p.String()))
		e.Links = []link{{Text: t("state.noDataNearest", v.text.Period(p, bounds)), URL: url}}
	}
	return e
}

// connectGuide tells how to connect a sender.
type connectGuide struct {
	Addr        string // host:port
	Fingerprint string
	Log4j       string
	Send        string
}

// connectGuide returns nil when it is not known where senders connect to.
func (h *Handler) connectGuide() *connectGuide {
	host, port, err := net.SplitHostPort(h.opts.SyslogAddr)
	if err != nil {
		return nil
	}
	if host == "" || host == "::" || host == "0.0.0.0" {
		host = "tara-stat.example" // every address of this machine: its name is not known here
	}
	addr := net.JoinHostPort(host, port)
	return &connectGuide{
		Addr:        addr,
		Fingerprint: fingerprint(h.opts.Fingerprint),
		Log4j:       log4j(host, port),
		Send:        "tarastat send -addr " + addr + " -n 10",
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
