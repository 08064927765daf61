package testenv

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Process is a program that runs beside a test.
type Process struct {
	cmd   *exec.Cmd
	out   output
	ended chan struct{} // closed when it has ended
	err   error         // how it ended, once that is closed
}

// Start starts a program and gathers what it writes. It is killed when the test
// ends; what it wrote is shown when the test failed.
func Start(tb testing.TB, cmd *exec.Cmd) *Process {
	tb.Helper()
	p := &Process{cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.out, &p.out
	if err := cmd.Start(); err != nil {
		tb.Fatalf("start %s: %v", cmd.Path, err)
	}
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	tb.Cleanup(func() {
		_ = p.Kill()
		if tb.Failed() {
			tb.Logf("%s wrote:\n%s", p.name(), p.Output())
		}
	})
	return p
}

func (p *Process) name() string { return filepath.Base(p.cmd.Path) }

// Output is what the program has written so far, on both its outputs.
func (p *Process) Output() string {
	p.out.mu.Lock()
	defer p.out.mu.Unlock()
	return p.out.buf.String()
}

// End sends a signal and waits, as [Process.Wait] does. A program that has ended
// already is not sent any.
func (p *Process) End(tb testing.TB, sig os.Signal) error {
	tb.Helper()
	_ = p.cmd.Process.Signal(sig) // it has ended, which Wait explains better
	return p.Wait(tb)
}

// Wait waits until the program has ended and returns what [exec.Cmd.Wait] says
// of it.
func (p *Process) Wait(tb testing.TB) error {
	tb.Helper()
	select {
	case <-p.ended:
	case <-time.After(Patience):
		tb.Fatalf("%s does not end", p.name())
	}
	return p.err
}

// Kill ends the program at once, as a power cut would, and returns how it ended
// once it is gone: nil when it had ended well before.
func (p *Process) Kill() error {
	_ = p.cmd.Process.Kill() // it has ended
	<-p.ended
	return p.err
}

// output gathers what a program writes, while it writes.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements [io.Writer].
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}
