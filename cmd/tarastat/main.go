// Command tarastat receives authentication events from TARA-Server over mutual
// TLS, keeps them, and shows who authenticated where, how and with what result.
//
// Run it without arguments for the list of its subcommands.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/e-gov/tarastat/internal/daemon"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // it was tried and failed
	exitUsage  = 2 // wrong flags or settings, or the log base is in use: trying again is no use
)

// version is set by the linker.
var version = "" // the one way in for the linker

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second one ends the program at once
	p := &program{stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ()}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// program is the command with its surroundings, so that tests can run it.
type program struct {
	stdout, stderr io.Writer
	environ        []string
}

// command is one subcommand. Its first line of help says what it does.
type command struct {
	name, summary string
	run           func(p *program, ctx context.Context, args []string) error
}

func commands() []command {
	return []command{
		{"serve", "receive events and serve the pages", (*program).serve},
		{"demo", "show it all at once, with senders that play TARA-Server", (*program).demo},
		{"send", "send random events, as TARA-Server would", (*program).send},
		{"check", "check settings, keys and the log base", (*program).check},
		{"recount", "count the sums of a period anew from the records", (*program).recount},
		{"copy", "copy all records from one log base to another", (*program).copy},
		{"version", "print the version", (*program).version},
	}
}

// errUsage says that the arguments were wrong and that this has been said.
var errUsage = errors.New("usage")

// wrongSettings is an error that gives the exit code of wrong usage.
type wrongSettings struct{ error }

func (p *program) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		p.usage()
		return exitUsage
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		p.usage()
		return exitOK
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		switch err := c.run(p, ctx, args[1:]); {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return exitOK
		case errors.Is(err, errUsage):
			return exitUsage
		default:
			fmt.Fprintf(p.stderr, "tarastat %s: %v\n", c.name, err)
			if errors.As(err, new(wrongSettings)) || errors.Is(err, daemon.ErrInUse) {
				return exitUsage
			}
			return exitFailed
		}
	}
	fmt.Fprintf(p.stderr, "tarastat: no such command: %q\n", args[0])
	p.usage()
	return exitUsage
}

func (p *program) usage() {
	fmt.Fprint(p.stderr, "Usage: tarastat COMMAND [flags]\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(p.stderr, "  %-8s %s\n", c.name, c.summary)
	}
	fmt.Fprint(p.stderr, "\n\"tarastat COMMAND -h\" lists the flags of a command. \"tarastat demo\" is a good beginning.\n")
}

// flags returns a flag set for a subcommand whose help begins with about.
func (p *program) flags(name, about string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(p.stderr)
	fs.Usage = func() {
		fmt.Fprintf(p.stderr, "Usage: tarastat %s [flags]\n\n%s\n\nFlags:\n", name, about)
		fs.PrintDefaults()
	}
	return fs
}

// parse reads the flags, and leaves at most so many arguments in fs. It does not
// repeat what is too much: it may be a connection string with a password.
func parse(fs *flag.FlagSet, args []string, most int) error {
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return err // a sign, not an error
	case err != nil:
		return errUsage
	case fs.NArg() > most:
		fmt.Fprintf(fs.Output(), "unexpected arguments: %d, want %d at most\n", fs.NArg(), most)
		return errUsage
	}
	return nil
}

// programVersion returns what the linker was told, else what the Go tool knows
// of the source.
func programVersion() daemon.Program {
	p := daemon.Program{Version: version}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return p
	}
	revision := ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case "vcs.time":
			p.Packaged, _ = time.Parse(time.RFC3339, s.Value)
		}
	}
	if p.Version == "" {
		p.Version = info.Main.Version
		if revision != "" && (p.Version == "" || p.Version == "(devel)") {
			p.Version = "devel-" + revision
		}
	}
	return p
}

func (p *program) version(_ context.Context, args []string) error {
	if err := parse(p.flags("version", "Prints the version of this program and of Go."), args, 0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.stdout, "tarastat %s %s %s/%s\n", programVersion().Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
