package main

import (
	"context"
	"fmt"
	"time"

	"github.com/e-gov/tarastat/internal/daemon"
)

const aboutRecount = `Counts the sums of a period anew from the records: "tarastat recount 2018-04".
Without a period it counts everything. With records in MongoDB it may be run
beside the service; an embedded log base must not be in use. It takes the same
flags as "serve".`

func (p *program) recount(ctx context.Context, args []string) error {
	fs := p.flags("recount", aboutRecount)
	settings, err := p.settingsAndArgs(fs, args)
	if err != nil {
		return err
	}
	if err := noMore(fs, 1); err != nil {
		return err
	}
	begun := time.Now()
	changed, err := daemon.Recount(ctx, settings, fs.Arg(0), settings.Logger(p.stderr))
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "counted anew in %s: %d sums were wrong and are right now\n", time.Since(begun).Round(time.Millisecond), changed)
	return nil
}
