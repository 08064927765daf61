// Package tarastat is the landing page of TARA-Stat: it counts the
// authentications that TARA, Estonia's state authentication service, reports
// over syslog. It holds no code. The server is the command cmd/tarastat; the
// packages below are its parts, for services that want one of them.
//
// From the socket to the page:
//
//   - [github.com/e-gov/tarastat/syslogjson] receives syslog over mutual TLS
//     and hands over messages with a JSON payload; its syslogtest is to it what
//     httptest is to net/http;
//   - [github.com/e-gov/tarastat/event] parses and validates one
//     authentication event;
//   - [github.com/e-gov/tarastat/ingest] batches events into a store and
//     accounts for every frame;
//   - [github.com/e-gov/tarastat/logbase] is the contract of a log base, which
//     [github.com/e-gov/tarastat/sqlitestore] and
//     [github.com/e-gov/tarastat/mongostore] meet, and yours can: its
//     logbasetest tells;
//   - [github.com/e-gov/tarastat/aggregate] defines periods, queries and what
//     the right answer is;
//   - [github.com/e-gov/tarastat/report] makes statements of figures: totals,
//     changes, gaps, who is new;
//   - [github.com/e-gov/tarastat/httpui] is the pages, the JSON API, /status
//     and /metrics as one http.Handler.
//
// Dependencies point one way: whoever imports syslogjson, event or aggregate
// links no database driver, and nothing needs cgo. The folder examples shows
// the packages put together by hand.
//
// # Compatibility
//
// Until version 1.0.0 the API of the packages may change with each minor
// version; the changelog names each change. What senders, monitoring and
// scripts rely on does not change: the syslog forms that are accepted, the old
// endpoints with their JSON, the error codes, and the fields of a record in
// MongoDB.
package tarastat
