package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

// programVersion returns what the linker was told, else what the Go tool knows
// of the source.
func programVersion() (string, time.Time) {
	v, at := version, time.Time{}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v, at
	}
	revision := ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case "vcs.time":
			at, _ = time.Parse(time.RFC3339, s.Value)
		}
	}
	if v == "" {
		v = info.Main.Version
		if revision != "" && (v == "" || v == "(devel)") {
			v = "devel-" + revision
		}
	}
	return v, at
}

func (p *program) version(_ context.Context, args []string) error {
	if err := parse(p.flags("version", "Prints the version of this program and of Go."), args); err != nil {
		return err
	}
	v, _ := programVersion()
	_, err := fmt.Fprintf(p.stdout, "tarastat %s %s %s/%s\n", v, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
