package aggregate_test

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
)

func FuzzParsePeriod(f *testing.F) {
	for _, text := range []string{
		"", "2018", "2018-04", "2018-04-28", "2018-04-28T10", "2018-Q2", "2018-W17", "2018-04-01/2018-06-30", "2018-0[4-6]",
		"2018-03-25", "2018-10-28", "2018-04/2018-05",
	} {
		f.Add(text, uint8(1)) // more stand in testdata
	}
	locations := make([]*time.Location, len(zones))
	for i, name := range zones {
		locations[i] = zone(f, name)
	}
	now := time.Date(2018, 4, 28, 10, 51, 12, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string, zone uint8) {
		loc := locations[int(zone)%len(locations)]
		p, err := aggregate.ParsePeriod(text, loc)
		var pe *aggregate.PeriodError
		switch {
		case err != nil:
			if !errors.As(err, &pe) || pe.Err == nil || !p.Everything() {
				t.Fatalf("error %#v with %v", err, p)
			}
			return
		case p.Expr() != nil:
			checkExpr(t, p)
		default:
			checkPlain(t, p)
		}
		p.Contains(now)
		p.Shift(1)
		p.Against(aggregate.PreviousPeriod, now)
		aggregate.Series(nil, p, aggregate.AutoStep(p))
	})
}

// checkPlain: a plain period does not end before it begins, is written in one
// way only, and contains what lies in it.
func checkPlain(t *testing.T, p aggregate.Period) {
	t.Helper()
	if p.Everything() {
		if p.String() != "" {
			t.Fatalf("everything is written %q", p)
		}
		return
	}
	if !p.Bounded() || p.From().After(p.To()) {
		t.Fatalf("%q from %s to %s", p, stamp(p.From()), stamp(p.To()))
	}
	again, err := aggregate.ParsePeriod(p.String(), p.Location())
	if err != nil || boundsOf(again) != boundsOf(p) || again.String() != p.String() {
		t.Fatalf("%q is read back as %q, %v: %v", p, again, boundsOf(again), err)
	}
	if !p.From().Before(p.To()) {
		return
	}
	if !p.Contains(p.From()) || p.Contains(p.From().Add(-1)) || !p.Contains(p.To().Add(-1)) || p.Contains(p.To()) {
		t.Fatalf("%q does not hold its bounds", p)
	}
}

// checkExpr: an expression is within its limits and RE2 as Go reads it.
func checkExpr(t *testing.T, p aggregate.Period) {
	t.Helper()
	if len(p.String()) > aggregate.MaxExprBytes || p.Expr().String() != p.String() {
		t.Fatalf("expression %q of %q", p.Expr(), p)
	}
	if p.Bounded() || p.Everything() || p.WholeDays() {
		t.Fatalf("expression %q passes for bounds", p)
	}
	if _, err := regexp.Compile(p.String()); err != nil {
		t.Fatal(err)
	}
	tree, err := syntax.Parse(p.String(), syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil || len(prog.Inst) > aggregate.MaxExprProgram {
		t.Fatalf("expression %q takes %d instructions: %v", p, len(prog.Inst), err)
	}
}
