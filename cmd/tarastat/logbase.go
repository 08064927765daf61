package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/e-gov/tarastat/internal/daemon"
)

const aboutCopy = `Copies all records from one log base to another, such as from the embedded file
to MongoDB or back:

  tarastat copy -from sqlite:tarastat-data/tarastat.db -to mongodb://host/

A connection string with a password is better given in the environment
(TARASTAT_FROM, TARASTAT_TO), where others do not see it. The source must not
take new events meanwhile. A copy that was cut off goes on
where it ended when it is started again; records are not copied twice. At the
end the sums of every day are compared.

A log base keeps the zone it was begun with. A copy is the way into another one:

  tarastat copy -from sqlite:old.db -from-zone UTC -to sqlite:new.db -zone Europe/Tallinn`

// copyPatience is how long a log base may take for one answer: nobody waits in
// front of a page for it.
const copyPatience = 10 * time.Minute

func (p *program) copy(ctx context.Context, args []string) error {
	cfg := daemon.Defaults()
	fs := p.flags("copy", aboutCopy)
	from := fs.String("from", "", "log base to copy from: sqlite:`FILE`, mongodb://... or mongodb+srv://...")
	to := fs.String("to", "", "log base to copy to, `likewise`; an embedded one is made if it is not there")
	progress := fs.Duration("progress", time.Second, "least `time` between two lines that say how far it is")
	fs.StringVar(&cfg.Zone, "zone", cfg.Zone, "`zone` whose days are counted")
	fromZone := fs.String("from-zone", "", "`zone` of the log base to copy from, when it is another")
	if err := parse(fs, args, 0); err != nil {
		return err
	}
	if err := daemon.Fill(fs, p.environ, ""); err != nil {
		return wrongSettings{err}
	}
	if *from == "" || *to == "" || *from == *to {
		fmt.Fprintln(p.stderr, "-from and -to must name two log bases")
		return errUsage
	}
	sourceCfg := cfg
	sourceCfg.Store, sourceCfg.Zone = *from, cmp.Or(*fromZone, cfg.Zone)
	source, err := understood(sourceCfg)
	if err != nil {
		return fmt.Errorf("-from: %w", err)
	}
	cfg.Store = *to
	target, err := understood(cfg)
	if err != nil {
		return fmt.Errorf("-to: %w", err)
	}
	logger := source.Logger(p.stderr)
	of, err := daemon.OpenExisting(ctx, source, copyPatience, logger)
	if err != nil {
		return fmt.Errorf("-from: %w", err)
	}
	into, err := daemon.OpenStore(ctx, target, copyPatience, logger)
	if err != nil {
		return errors.Join(fmt.Errorf("-to: %w", err), of.Close())
	}
	said := time.Now()
	done, err := daemon.Copy(ctx, of, into, target.Location(), func(c daemon.Copying) {
		if time.Since(said) >= *progress {
			said = time.Now()
			fmt.Fprintf(p.stdout, "%s: %d of %d records\n", c.Day, c.Copied+c.Present, c.Of)
		}
	})
	if err = errors.Join(err, into.Close(), of.Close()); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%d records copied, days with %d records were equal already; the sums of every day are equal\n",
		done.Copied, done.Present)
	return nil
}

const aboutRecount = `Counts the sums of a period anew from the records: "tarastat recount 2018-04".
Without a period it counts everything. With records in MongoDB it may be run
beside the service; an embedded log base must not be in use. It takes the same
flags as "serve".`

func (p *program) recount(ctx context.Context, args []string) error {
	fs := p.flags("recount", aboutRecount)
	settings, err := p.settings(fs, args, 1)
	if err != nil {
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

const aboutCheck = `Checks the settings, the keys and the log base, a line each, and ends with
exit code 1 when something is wrong. It takes the same flags as "serve". With
the service stopped it also counts every record anew and compares the sums.`

func (p *program) check(ctx context.Context, args []string) error {
	settings, err := p.settings(p.flags("check", aboutCheck), args, 0)
	if err != nil {
		return err
	}
	return daemon.Check(ctx, settings, time.Now(), p.stdout)
}
