package relay

import (
	"os/exec"
	"strings"
	"testing"
)

// Logger has util-linux logger write the messages to the relay's log socket,
// one process for all of them, tagged tara and with facility and severity
// auth.info as TARA-Server sends them.
//
// logger speaks no TLS: it reaches a receiver through a relay only.
func Logger(tb testing.TB, r *Relay, messages ...string) {
	tb.Helper()
	path, err := exec.LookPath("logger")
	if err != nil {
		missing(tb, "logger")
	}
	cmd := exec.Command(path,
		"--socket", r.LogSocket, "--socket-errors=on", "--tag", "tara", "--priority", "auth.info")
	cmd.Stdin = strings.NewReader(strings.Join(messages, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Errorf("logger: %v\n%s", err, out)
	}
}
