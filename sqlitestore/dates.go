package sqlitestore

import (
	"regexp/syntax"
	"slices"
	"time"

	"github.com/e-gov/tarastat/aggregate"
)

// Most expressions that people write are about dates only, such as
// 2018-0[1-3]. A day of which every second matches is answered from the sums,
// and a day of which none can is not read at all; what is left are the days on
// which the time of day decides.

// plan is how an expression is answered.
type plan struct {
	whole   []aggregate.Period     // runs of days that match throughout
	settled map[aggregate.Day]bool // days that need not be read
	hours   map[int64]bool         // hours that lie in settled days
}

// plan looks at the days that have sums. One that comes later is not settled.
func (s *Store) plan(q aggregate.Query) *plan {
	p := &plan{settled: make(map[aggregate.Day]bool), hours: make(map[int64]bool)}
	if q.Period.Expr() == nil || !s.sameZone(q.Period) {
		return p
	}
	dates, ok := newDates(q.Period)
	if !ok {
		return p
	}
	var from, to aggregate.Day // the run
	flush := func() {
		if loc := s.opts.Location; from < to {
			p.whole = append(p.whole, aggregate.Between(from.Start(loc), to.Start(loc), loc))
		}
		from, to = 0, 0
	}
	for _, day := range s.daysHeld() {
		all, some := dates.match(day)
		if some && (!all || q.Step == aggregate.Hour) {
			continue // to be read
		}
		p.settle(day, s.opts.Location)
		if !some {
			continue
		}
		if day != to {
			flush()
			from = day
		}
		to = day + 1
	}
	flush()
	return p
}

func (p *plan) settle(d aggregate.Day, loc *time.Location) {
	p.settled[d] = true
	from, to := d.Start(loc).Unix(), (d + 1).Start(loc).Unix()
	for h := (from + secondsPerHour - 1) / secondsPerHour; (h+1)*secondsPerHour <= to; h++ {
		p.hours[h] = true
	}
}

// daysHeld lists the days that have sums, in order, without those of the odd
// month, which are read in any case.
func (s *Store) daysHeld() []aggregate.Day {
	loc := s.opts.Location
	from, to := aggregate.Date(firstYear, time.January, 1), aggregate.Date(lastYear+1, time.January, 1)
	q := aggregate.Query{Period: aggregate.Between(from.Start(loc), to.Start(loc), loc), Step: aggregate.EachDay}
	s.view.RLock()
	rows := s.state.cube.Rows(q)
	s.view.RUnlock()
	days := make([]aggregate.Day, len(rows))
	for i, r := range rows {
		days[i] = aggregate.DayOf(r.Start, loc)
	}
	return days
}

// dates judges whole days by an expression.
type dates struct {
	period  aggregate.Period
	prog    *syntax.Prog
	ahead   bool // the expression looks at what follows a match, or at the end
	now     []uint32
	next    []uint32
	visited []bool
}

func newDates(p aggregate.Period) (*dates, bool) {
	tree, err := syntax.Parse(p.Expr().String(), syntax.Perl)
	if err != nil {
		return nil, false
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, false
	}
	return &dates{period: p, prog: prog, ahead: looksAhead(tree), visited: make([]bool, len(prog.Inst))}, true
}

func looksAhead(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpEndLine, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	return slices.ContainsFunc(re.Sub, looksAhead)
}

// match reports whether all, or some, times of a day may match. It errs towards
// some, never the other way.
func (d *dates) match(day aggregate.Day) (all, some bool) {
	date := day.String() + "T"
	if !d.ahead && d.period.Expr().MatchString(date) {
		return true, true // whatever follows
	}
	return false, d.possible(date)
}

// timeOfDay is what may stand at each place after the T.
var timeOfDay = [...]string{"012", "0123456789", ":", "012345", "0123456789", ":", "012345", "0123456789"}

// possible runs the program of the expression over the date and every time of
// day at once.
func (d *dates) possible(date string) bool {
	at := func(i int) string { // what may stand at a place
		switch {
		case i < 0 || i >= len(date)+len(timeOfDay):
			return ""
		case i < len(date):
			return date[i : i+1]
		}
		return timeOfDay[i-len(date)]
	}
	d.now = d.now[:0]
	for i := range len(date) + len(timeOfDay) + 1 {
		// What may stand at one place is either all digits or one character, so
		// that the first of it says what kind of place this is.
		here := syntax.EmptyOpContext(first(at(i-1)), first(at(i)))
		clear(d.visited)
		d.next = d.next[:0]
		for _, pc := range append(d.now, uint32(d.prog.Start)) { //nolint:gosec // a match may begin anywhere
			if d.follow(pc, here) {
				return true
			}
		}
		d.now = d.now[:0]
		for _, pc := range d.next {
			for _, r := range at(i) {
				if d.prog.Inst[pc].MatchRune(r) {
					d.now = append(d.now, d.prog.Inst[pc].Out)
					break
				}
			}
		}
	}
	return false
}

func first(s string) rune {
	for _, r := range s {
		return r
	}
	return -1 // nothing stands there: the beginning or the end
}

// follow goes from pc to the instructions that take a character, which it
// appends to d.next. It reports whether it came to a match.
func (d *dates) follow(pc uint32, here syntax.EmptyOp) bool {
	if d.visited[pc] {
		return false
	}
	d.visited[pc] = true
	switch in := &d.prog.Inst[pc]; in.Op {
	case syntax.InstMatch:
		return true
	case syntax.InstAlt, syntax.InstAltMatch:
		return d.follow(in.Out, here) || d.follow(in.Arg, here)
	case syntax.InstCapture, syntax.InstNop:
		return d.follow(in.Out, here)
	case syntax.InstEmptyWidth:
		return syntax.EmptyOp(in.Arg)&^here == 0 && d.follow(in.Out, here) //nolint:gosec // it was one
	case syntax.InstFail:
	default:
		d.next = append(d.next, pc)
	}
	return false
}
