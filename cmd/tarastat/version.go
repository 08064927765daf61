package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/e-gov/tarastat/internal/daemon"
)

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
	if err := parse(p.flags("version", "Prints the version of this program and of Go."), args); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.stdout, "tarastat %s %s %s/%s\n", programVersion().Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
