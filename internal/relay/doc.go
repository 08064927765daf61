// Package relay runs real syslog relays for tests: rsyslog and syslog-ng
// forwarding over mutual TLS, and util-linux logger as a sender.
//
// The programs are those that scripts/setup.sh unpacked into the cache folder,
// otherwise those on the PATH. When one is missing, the test that asked for it
// fails with CI=true and is skipped elsewhere.
//
// A relay that turns a BSD message without a tag, such as log4j2 sends, into
// RFC 5424 takes the beginning of the JSON for the program's name, and the JSON
// is broken: such messages are forwarded with a BSD header here, as they must
// be elsewhere.
package relay
