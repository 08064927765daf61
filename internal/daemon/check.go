package daemon

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/internal/keys"
	"github.com/e-gov/tarastat/logbase"
)

// ErrCheck is returned by [Check] when something is wrong that a line of its
// report tells.
var ErrCheck = errors.New("not everything is in order")

// warnBefore is how long before its end a certificate is worth a line.
const warnBefore = 30 * 24 * time.Hour

// Check looks at everything a start needs, and at the log base, without changing
// anything, and writes a line for each thing it looked at.
func Check(ctx context.Context, s *Settings, now time.Time, w io.Writer) error {
	c := checker{w: w, now: now}
	if _, err := os.Stat(s.KeyDir()); s.keys.own && errors.Is(err, fs.ErrNotExist) {
		c.note("keys", "not there yet; the first start makes them")
	} else {
		c.pair("certificate towards senders", s.keys.syslogCert, s.keys.syslogKey)
		c.pair("certificate of the pages", s.keys.httpCert, s.keys.httpKey)
		_, err := keys.LoadPool(s.keys.syslogClientCA)
		c.line("certificates of senders", err, "readable")
	}
	if s.Catalogue != "" {
		_, err := openCatalogue(s.Catalogue, slog.New(slog.DiscardHandler), time.Now)
		c.line("catalogue", err, "readable")
	}
	c.store(ctx, s)
	if c.failed {
		return ErrCheck
	}
	return nil
}

type checker struct {
	w      io.Writer
	now    time.Time
	failed bool
}

// line reports on one thing.
func (c *checker) line(what string, err error, ok string) {
	if err != nil {
		c.failed = true
		fmt.Fprintf(c.w, "FAIL  %s: %v\n", what, err)
		return
	}
	fmt.Fprintf(c.w, "ok    %s: %s\n", what, ok)
}

// note says what could not be looked at, and why that is no fault.
func (c *checker) note(what, why string) { fmt.Fprintf(c.w, "-     %s: %s\n", what, why) }

func (c *checker) pair(what, certFile, keyFile string) {
	pair, err := keys.LoadPair(certFile, keyFile)
	if err != nil {
		c.line(what, err, "")
		return
	}
	leaf := pair.Leaf
	c.line(what, c.dates(leaf), fmt.Sprintf("%q, valid until %s", leaf.Subject.CommonName, leaf.NotAfter.Format(time.DateOnly)))
}

func (c *checker) dates(cert *x509.Certificate) error {
	switch {
	case c.now.Before(cert.NotBefore):
		return fmt.Errorf("not valid before %s", cert.NotBefore.Format(time.DateTime))
	case c.now.After(cert.NotAfter):
		return fmt.Errorf("expired on %s", cert.NotAfter.Format(time.DateOnly))
	case c.now.After(cert.NotAfter.Add(-warnBefore)):
		return fmt.Errorf("expires on %s", cert.NotAfter.Format(time.DateOnly))
	}
	return nil
}

func (c *checker) store(ctx context.Context, settings *Settings) {
	s, err := OpenExisting(ctx, settings, 0, slog.New(slog.DiscardHandler))
	switch {
	case errors.Is(err, ErrInUse):
		c.note("log base", "in use by a running service; stop it to have the records checked")
		return
	case errors.Is(err, ErrNoStore):
		c.note("log base", "not there yet; the first start makes it")
		return
	}
	c.line("log base", err, "opened")
	if err != nil {
		return
	}
	defer func() { c.line("log base", s.Close(), "closed") }()
	c.line("log base", s.Ping(ctx), "can be written and read")
	b, err := s.Bounds(ctx)
	c.line("records", err, boundsText(b))
	c.backlog(ctx, s)
	c.sums(ctx, s, settings.zone)
}

// backlog tells of records that are in no sum.
func (c *checker) backlog(ctx context.Context, s logbase.Store) {
	b, err := s.Backlog(ctx)
	switch {
	case err != nil:
		c.line("records of others", err, "")
	case b.Uncounted > 0:
		c.note("records of others", fmt.Sprintf("%d are not counted yet; the service goes on with them", b.Uncounted))
	}
	if b.Unreadable > 0 {
		c.note("records of others", fmt.Sprintf("%d have a time that cannot be read and are counted nowhere", b.Unreadable))
	}
}

// sums holds the sums against the records. While a service writes to the same
// base, the two are read at different moments and may well differ.
func (c *checker) sums(ctx context.Context, s logbase.Store, loc *time.Location) {
	before, err := s.IDs(ctx)
	if err != nil {
		c.line("sums", err, "")
		return
	}
	differ := compareSums(ctx, s, loc)
	if after, err := s.IDs(ctx); differ != nil && err == nil && after != before {
		c.note("sums", "cannot be compared while events come in; check again when it is quiet")
		return
	}
	c.line("sums", differ, "equal a recount of the records")
}

func boundsText(b logbase.Bounds) string {
	if b.Records == 0 {
		return "none"
	}
	return fmt.Sprintf("%d, from %s to %s", b.Records, b.First, b.Last)
}

// compareSums counts every record anew and holds the sums against it.
func compareSums(ctx context.Context, s logbase.Store, loc *time.Location) error {
	q := everyDay(loc)
	recount := aggregate.Cube{Location: loc}
	for rec, err := range s.Records(ctx, q.Period) {
		if err != nil {
			return err
		}
		recount.Add(aggregate.DayOf(rec.Time, loc), aggregate.KeyOf(rec.Event), 1)
	}
	got, err := sumsByDay(ctx, s, loc)
	if err != nil {
		return err
	}
	if d, differ := firstDifference(byDay(recount.Rows(q), loc), got); differ {
		return fmt.Errorf("differ from the records on %s; \"tarastat recount %s\" puts them right", d, d)
	}
	return nil
}
