package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/internal/daemon"
)

const aboutRecount = `Counts the sums of a period anew from the records: "tarastat recount 2018-04".
Without a period it counts everything. With records in MongoDB it may be run
beside the service; an embedded log base must not be in use. It takes the same
flags as "serve".`

func (p *program) recount(ctx context.Context, args []string) error {
	fs := p.flags("recount", aboutRecount)
	cfg, err := p.configAndArgs(fs, args)
	if err != nil {
		return err
	}
	if err := noMore(fs, 1); err != nil {
		return err
	}
	loc, err := cfg.Location()
	if err != nil {
		return err
	}
	period, err := aggregate.ParsePeriod(fs.Arg(0), loc)
	if err != nil {
		return err
	}
	if period.Expr != nil {
		fmt.Fprintf(p.stderr, "%q is no period such as 2018, 2018-04 or 2018-04-01/2018-06-30\n", fs.Arg(0))
		return errUsage
	}
	logger, err := cfg.Logger(p.stderr)
	if err != nil {
		return err
	}
	store, err := daemon.OpenStore(ctx, &cfg, logger)
	if err != nil {
		return err
	}
	begun := time.Now()
	changed, err := store.Recount(ctx, period)
	if err = errors.Join(err, store.Close()); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "counted anew in %s: %d sums were wrong and are right now\n", time.Since(begun).Round(time.Millisecond), changed)
	return nil
}
