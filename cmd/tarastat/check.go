package main

import (
	"context"
	"time"

	"github.com/e-gov/tarastat/internal/daemon"
)

const aboutCheck = `Checks the settings, the keys and the log base, a line each, and ends with
exit code 1 when something is wrong. It takes the same flags as "serve". With
the service stopped it also counts every record anew and compares the sums.`

func (p *program) check(ctx context.Context, args []string) error {
	settings, err := p.settings(p.flags("check", aboutCheck), args)
	if err != nil {
		return err
	}
	return daemon.Check(ctx, settings, time.Now(), p.stdout)
}
